// Finds where a row differs from the one above, in blocks of 16 pixels, and which format holds what
// was seen.

import { repeats } from "./filter";
import { GREY, RGB, RGBA } from "./pixels";

export const BLOCK_PIXELS: i32 = 16;
export const BLOCK: usize = (<usize>BLOCK_PIXELS) << 2;
/**
 * Blocks whose bits are written at once. If a row's first ones all differ, the others count as
 * such.
 */
const MANY: i32 = 16;

/** Blocks of a row; the last may be shorter. */
export function blocksOf(width: i32): i32 {
  return (width + BLOCK_PIXELS - 1) / BLOCK_PIXELS;
}

/** Bytes that hold a bit for each block of a row. */
export function bitBytes(width: i32): usize {
  return (<usize>((blocksOf(width) + 63) >> 6)) << 3;
}

// Of the pixels seen: the bits that are set in all, and those that differ from the next sample's.
let all: v128 = i32x4.splat(-1);
let odd: v128 = i32x4.splat(0);

/** Forgets what was seen. */
export function startSeeing(): void {
  all = i32x4.splat(-1);
  odd = i32x4.splat(0);
}

/** The smallest format that holds the pixels seen without a palette: GREY, RGB or RGBA. */
export function formatSeen(): i32 {
  if (!i32x4.all_true(i32x4.eq(i32x4.shr_u(all, 24), i32x4.splat(255)))) return RGBA;
  return v128.any_true(v128.and(odd, i32x4.splat(0xffff))) ? RGB : GREY;
}

/** Sees the pixels between two places. */
export function see(p: usize, end: usize): void {
  let both = all;
  let either = odd;
  for (; p + 16 <= end; p += 16) {
    const x = v128.load(p);
    both = v128.and(both, x);
    either = v128.or(either, v128.xor(x, i32x4.shr_u(x, 8)));
  }
  for (; p < end; p += 4) {
    const x = i32x4.splat(load<u32>(p));
    both = v128.and(both, x);
    either = v128.or(either, v128.xor(x, i32x4.shr_u(x, 8)));
  }
  all = both;
  odd = either;
}

/**
 * Compares a row of pixels with the one right above it, and sees the blocks that differ. Returns
 * how many do, and sets a bit for each at `bits`, which are clear before; if all count as such, the
 * bits are not set.
 */
export function differences(row: usize, width: i32, bits: usize): i32 {
  const bytes = (<usize>width) << 2;
  const end = row + bytes;
  const whole = row + (bytes & ~(BLOCK - 1));
  let both = all;
  let either = odd;
  let count = 0;
  let p = row;
  while (p < whole) {
    const stop = min(p + BLOCK * MANY, whole);
    let word: u32 = 0;
    for (let bit: u32 = 1; p < stop; p += BLOCK, bit <<= 1) {
      const q = p - bytes;
      const x0 = v128.load(p);
      const x1 = v128.load(p, 16);
      const x2 = v128.load(p, 32);
      const x3 = v128.load(p, 48);
      const front = v128.or(v128.xor(x0, v128.load(q)), v128.xor(x1, v128.load(q, 16)));
      const back = v128.or(v128.xor(x2, v128.load(q, 32)), v128.xor(x3, v128.load(q, 48)));
      if (!v128.any_true(v128.or(front, back))) continue;
      word |= bit;
      both = v128.and(both, v128.and(v128.and(x0, x1), v128.and(x2, x3)));
      const a = v128.or(v128.xor(x0, i32x4.shr_u(x0, 8)), v128.xor(x1, i32x4.shr_u(x1, 8)));
      const b = v128.or(v128.xor(x2, i32x4.shr_u(x2, 8)), v128.xor(x3, i32x4.shr_u(x3, 8)));
      either = v128.or(either, v128.or(a, b));
    }
    store<u16>(bits + ((p - row - 1) / (BLOCK * MANY)) * 2, word);
    count += popcnt(word);
    if (word == 0xffff && p == row + BLOCK * MANY) {
      count = blocksOf(width);
      break;
    }
  }
  all = both;
  odd = either;
  if (p < whole) see(p, end);
  else if (p < end && !repeats(p, p - bytes, end - p)) {
    const block = (p - row) / BLOCK;
    const place = bits + (block >> 3);
    store<u8>(place, load<u8>(place) | ((<u8>1) << (<u8>(block & 7))));
    count++;
    see(p, end);
  }
  return count;
}
