// The five filters of PNG (section 9 of its specification), 16 bytes a step, and the choice among
// them.

export const NONE: i32 = 0;
export const SUB: i32 = 1;
export const UP: i32 = 2;
export const AVERAGE: i32 = 3;
export const PAETH: i32 = 4;

function distance(a: v128, b: v128): v128 {
  return v128.or(i8x16.sub_sat_u(a, b), i8x16.sub_sat_u(b, a));
}

/** The predictor of Paeth: the nearest of left, up and upper left to left + up − upper left. */
export function paeth(a: v128, b: v128, c: v128): v128 {
  const pa = distance(b, c);
  const pb = distance(a, c);
  // |a + b − 2c| is the sum of both distances when a and b lie on one side of c, else their
  // difference.
  const apart = v128.xor(i8x16.ge_u(a, c), i8x16.ge_u(b, c));
  const pc = v128.bitselect(distance(pa, pb), i8x16.add_sat_u(pa, pb), apart);
  const m = i8x16.min_u(pb, pc);
  const notA = i8x16.gt_u(pa, m);
  const notB = i8x16.gt_u(pb, pc);
  return v128.bitselect(v128.bitselect(c, b, notB), a, notA);
}

/** The average of left and up, rounded down (the instruction rounds up). */
function average(a: v128, b: v128): v128 {
  const up = i8x16.avgr_u(a, b);
  return i8x16.sub(up, v128.and(v128.xor(a, b), i8x16.splat(1)));
}

export function sizes(x: v128): v128 {
  return i16x8.extadd_pairwise_i8x16_u(i8x16.abs(x));
}

export function wide(x: v128): v128 {
  return i32x4.extadd_pairwise_i16x8_u(x);
}

export function total(x: v128): i32 {
  return (
    i32x4.extract_lane(x, 0) +
    i32x4.extract_lane(x, 1) +
    i32x4.extract_lane(x, 2) +
    i32x4.extract_lane(x, 3)
  );
}

/**
 * Whether a row is the same as the one above. If its bytes are no multiple of four, both have zero
 * bytes behind them.
 */
export function repeats(row: usize, above: usize, bytes: usize): bool {
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    if (v128.any_true(v128.xor(v128.load(row + i), v128.load(above + i)))) return false;
  }
  for (; i < bytes; i += 4) if (load<u32>(row + i) != load<u32>(above + i)) return false;
  return true;
}

/** Steps whose sums of two bytes each, at most 256, fit 16 bits. */
const ROUND: usize = 255;

/**
 * The filter with the smallest sum of absolute differences over the row, `step` bytes apart
 * (16 = all of it). Rows have 16 zero bytes before them.
 */
export function choose(row: usize, above: usize, bytes: i32, bpp: i32, step: i32): i32 {
  const end = row + <usize>bytes;
  let n = i32x4.splat(0);
  let s = n;
  let u = n;
  let v = n;
  let t = n;
  let p = row;
  let q = above;
  while (p + 16 <= end || p == row) {
    // Sums of 16 bits, which hold those of ROUND steps.
    const stop = min(end, p + ROUND * <usize>step);
    let n16 = i16x8.splat(0);
    let s16 = n16;
    let u16 = n16;
    let v16 = n16;
    let t16 = n16;
    do {
      const x = v128.load(p);
      const a = v128.load(p - <usize>bpp);
      const b = v128.load(q);
      const c = v128.load(q - <usize>bpp);
      n16 = i16x8.add(n16, sizes(x));
      s16 = i16x8.add(s16, sizes(i8x16.sub(x, a)));
      u16 = i16x8.add(u16, sizes(i8x16.sub(x, b)));
      v16 = i16x8.add(v16, sizes(i8x16.sub(x, average(a, b))));
      t16 = i16x8.add(t16, sizes(i8x16.sub(x, paeth(a, b, c))));
      p += <usize>step;
      q += <usize>step;
    } while (p + 16 <= stop);
    n = i32x4.add(n, wide(n16));
    s = i32x4.add(s, wide(s16));
    u = i32x4.add(u, wide(u16));
    v = i32x4.add(v, wide(v16));
    t = i32x4.add(t, wide(t16));
  }
  let best = NONE;
  let least = total(n);
  let sum = total(u);
  if (sum <= least) {
    least = sum;
    best = UP;
  }
  sum = total(s);
  if (sum < least) {
    least = sum;
    best = SUB;
  }
  sum = total(t);
  if (sum < least) {
    least = sum;
    best = PAETH;
  }
  sum = total(v);
  if (sum < least) {
    least = sum;
    best = AVERAGE;
  }
  return best;
}

/** Writes the filter's number and the filtered row at `out`. */
export function apply(
  filter: i32,
  row: usize,
  above: usize,
  bytes: i32,
  bpp: i32,
  out: usize,
): void {
  store<u8>(out++, filter);
  const end = row + <usize>bytes;
  const left = <usize>bpp;
  if (filter == NONE) {
    memory.copy(out, row, <usize>bytes);
  } else if (filter == SUB) {
    for (; row < end; row += 16, out += 16) {
      v128.store(out, i8x16.sub(v128.load(row), v128.load(row - left)));
    }
  } else if (filter == UP) {
    for (; row < end; row += 16, above += 16, out += 16) {
      v128.store(out, i8x16.sub(v128.load(row), v128.load(above)));
    }
  } else if (filter == AVERAGE) {
    for (; row < end; row += 16, above += 16, out += 16) {
      const p = average(v128.load(row - left), v128.load(above));
      v128.store(out, i8x16.sub(v128.load(row), p));
    }
  } else {
    for (; row < end; row += 16, above += 16, out += 16) {
      const p = paeth(v128.load(row - left), v128.load(above), v128.load(above - left));
      v128.store(out, i8x16.sub(v128.load(row), p));
    }
  }
}
