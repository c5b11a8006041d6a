// Two vectors of eight numbers, merged in turns.

/** The first four of each: a0, b0, a1, b1, … */
export function lows(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

/** The last four of each: a4, b4, a5, b5, … */
export function highs(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
