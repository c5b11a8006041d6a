// The forward DCT of 8×8 samples and their quantisation, eight columns a step, in 16-bit whole
// numbers; products and their sums have 32 bits.

import { highs, lows } from "./lanes";

/**
 * √2 · cos(k·π/16), as parts of 2^14, in pairs of weights: 16 bytes each. They are in memory, since
 * engines make a constant of 128 bits anew at each use, in five instructions.
 */
// biome-ignore format: a table
const WEIGHTS: usize = memory.data<i16>([
  21407, 8867, 21407, 8867, 21407, 8867, 21407, 8867,
  8867, -21407, 8867, -21407, 8867, -21407, 8867, -21407,
  22725, 19266, 22725, 19266, 22725, 19266, 22725, 19266,
  12873, 4520, 12873, 4520, 12873, 4520, 12873, 4520,
  19266, -4520, 19266, -4520, 19266, -4520, 19266, -4520,
  -22725, -12873, -22725, -12873, -22725, -12873, -22725, -12873,
  12873, -22725, 12873, -22725, 12873, -22725, 12873, -22725,
  4520, 19266, 4520, 19266, 4520, 19266, 4520, 19266,
  4520, -12873, 4520, -12873, 4520, -12873, 4520, -12873,
  19266, -22725, 19266, -22725, 19266, -22725, 19266, -22725,
], 16);
/** Eight times PLUS. */
const PLUSES: usize = memory.data<i16>([16, 16, 16, 16, 16, 16, 16, 16], 16);

/** Samples have so many more bits than whole levels. */
export const SAMPLE_BITS: i32 = 4;
/** By how much the coefficients are larger than those of the orthonormal DCT of whole levels. */
const SCALE: i32 = 32;
/** Quantised coefficients are products with so many bits more. */
const FACTOR_BITS: i32 = 19;
/** Times this, the second of a pair of factors is what is added to a product. */
const PLUS: i32 = 16;

/** Bytes of a quantiser's pairs of factors, and behind them of its eight LIMITS. */
export const FACTORS: usize = 272;
/**
 * Where they are: for each vertical frequency, the largest coefficient that becomes zero at all of
 * the four highest frequencies across.
 */
const LIMITS: usize = 256;

/** Eight rows of the samples, by vertical frequency or, turned, by column. */
const rows: usize = memory.data(128, 16);

/**
 * One pass over eight rows at `p`, `stride` bytes apart, to `rows`: the DCT of each column, times
 * √2, rounded down.
 */
function transform(p: usize, stride: usize): void {
  const x0 = v128.load(p);
  const x1 = v128.load(p + stride);
  const x2 = v128.load(p + stride * 2);
  const x3 = v128.load(p + stride * 3);
  const x4 = v128.load(p + stride * 4);
  const x5 = v128.load(p + stride * 5);
  const x6 = v128.load(p + stride * 6);
  const x7 = v128.load(p + stride * 7);
  const s0 = i16x8.add(x0, x7);
  const s1 = i16x8.add(x1, x6);
  const s2 = i16x8.add(x2, x5);
  const s3 = i16x8.add(x3, x4);
  // Halves, since the sum of both may have 17 bits.
  const e0 = i16x8.shr_s(i16x8.add(s0, s3), 1);
  const e1 = i16x8.shr_s(i16x8.add(s1, s2), 1);
  v128.store(rows, i16x8.add(e0, e1));
  v128.store(rows, i16x8.sub(e0, e1), 64);
  const e2 = i16x8.sub(s1, s2);
  const e3 = i16x8.sub(s0, s3);
  const el = lows(e3, e2);
  const eh = highs(e3, e2);
  const w2 = v128.load(WEIGHTS);
  const w6 = v128.load(WEIGHTS, 16);
  v128.store(rows, narrow(i32x4.dot_i16x8_s(el, w2), i32x4.dot_i16x8_s(eh, w2)), 32);
  v128.store(rows, narrow(i32x4.dot_i16x8_s(el, w6), i32x4.dot_i16x8_s(eh, w6)), 96);
  const d0 = i16x8.sub(x0, x7);
  const d1 = i16x8.sub(x1, x6);
  const d2 = i16x8.sub(x2, x5);
  const d3 = i16x8.sub(x3, x4);
  const al = lows(d0, d1);
  const ah = highs(d0, d1);
  const bl = lows(d2, d3);
  const bh = highs(d2, d3);
  const a1 = v128.load(WEIGHTS, 32);
  const b1 = v128.load(WEIGHTS, 48);
  v128.store(rows, narrow(four(al, bl, a1, b1), four(ah, bh, a1, b1)), 16);
  const a3 = v128.load(WEIGHTS, 64);
  const b3 = v128.load(WEIGHTS, 80);
  v128.store(rows, narrow(four(al, bl, a3, b3), four(ah, bh, a3, b3)), 48);
  const a5 = v128.load(WEIGHTS, 96);
  const b5 = v128.load(WEIGHTS, 112);
  v128.store(rows, narrow(four(al, bl, a5, b5), four(ah, bh, a5, b5)), 80);
  const a7 = v128.load(WEIGHTS, 128);
  const b7 = v128.load(WEIGHTS, 144);
  v128.store(rows, narrow(four(al, bl, a7, b7), four(ah, bh, a7, b7)), 112);
}

function four(a: v128, b: v128, wa: v128, wb: v128): v128 {
  return i32x4.add(i32x4.dot_i16x8_s(a, wa), i32x4.dot_i16x8_s(b, wb));
}

function narrow(a: v128, b: v128): v128 {
  return i16x8.narrow_i32x4_s(i32x4.shr_s(a, 15), i32x4.shr_s(b, 15));
}

/** Swaps rows and columns of `rows`. */
function turn(): void {
  const x0 = v128.load(rows, 0);
  const x1 = v128.load(rows, 16);
  const x2 = v128.load(rows, 32);
  const x3 = v128.load(rows, 48);
  const x4 = v128.load(rows, 64);
  const x5 = v128.load(rows, 80);
  const x6 = v128.load(rows, 96);
  const x7 = v128.load(rows, 112);
  // Pairs of rows 4 apart, three times.
  const a0 = lows(x0, x4);
  const a1 = highs(x0, x4);
  const a2 = lows(x1, x5);
  const a3 = highs(x1, x5);
  const a4 = lows(x2, x6);
  const a5 = highs(x2, x6);
  const a6 = lows(x3, x7);
  const a7 = highs(x3, x7);
  const b0 = lows(a0, a4);
  const b1 = highs(a0, a4);
  const b2 = lows(a1, a5);
  const b3 = highs(a1, a5);
  const b4 = lows(a2, a6);
  const b5 = highs(a2, a6);
  const b6 = lows(a3, a7);
  const b7 = highs(a3, a7);
  v128.store(rows, lows(b0, b4), 0);
  v128.store(rows, highs(b0, b4), 16);
  v128.store(rows, lows(b1, b5), 32);
  v128.store(rows, highs(b1, b5), 48);
  v128.store(rows, lows(b2, b6), 64);
  v128.store(rows, highs(b2, b6), 80);
  v128.store(rows, lows(b3, b7), 96);
  v128.store(rows, highs(b3, b7), 112);
}

/** Two frequencies across, quantised to `out`; a bit is set for each that is zero. */
function quantise(at: usize, factors: usize, out: usize): i32 {
  const a = quantiseOne(v128.load(at), factors);
  const b = quantiseOne(v128.load(at, 16), factors + 32);
  v128.store(out, a);
  v128.store(out, b, 16);
  return i8x16.bitmask(i8x16.eq(i8x16.narrow_i16x8_s(a, b), i8x16.splat(0)));
}

function quantiseOne(x: v128, factors: usize): v128 {
  const plus = v128.load(PLUSES);
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.dot_i16x8_s(lows(x, plus), v128.load(factors)), FACTOR_BITS),
    i32x4.shr_s(i32x4.dot_i16x8_s(highs(x, plus), v128.load(factors, 16)), FACTOR_BITS),
  );
}

/**
 * Writes the pair of factors of coefficient `i` for its quantiser: the first is multiplied with the
 * coefficient. The second adds a half, and what the passes lose by rounding down: half a unit on
 * average, or nothing at frequency 4; the first pass in all columns, which the second one sums up
 * in its lowest frequency. LIMITS follow from both.
 */
export function setFactor(factors: usize, i: i32, quantiser: i32): void {
  const factor = ((1 << FACTOR_BITS) / SCALE + (quantiser >> 1)) / quantiser;
  const across = i >> 3;
  const lost = (across == 4 ? 0 : 1) + (across == 0 && (i & 7) != 4 ? 4 : 0);
  const half = 1 << (FACTOR_BITS - 1);
  const plus = (half + ((factor * lost) >> 1)) / PLUS;
  store<i16>(factors + ((<usize>i) << 2), <i16>factor);
  store<i16>(factors + ((<usize>i) << 2), <i16>plus, 2);
  if (across < 4) return;
  const most = min(plus * PLUS, (1 << FACTOR_BITS) - 1 - plus * PLUS) / factor;
  const limit = factors + LIMITS + ((<usize>(i & 7)) << 1);
  if (across == 4 || most < load<i16>(limit)) store<i16>(limit, <i16>most);
}

/**
 * The quantised coefficients of the samples at `p` (rows `stride` bytes apart), i16, by horizontal
 * frequency, then by vertical. Returns a bit for each, set where it is not zero.
 */
export function fdct(p: usize, stride: usize, factors: usize, out: usize): u64 {
  transform(p, stride);
  turn();
  transform(rows, 16);
  const z0 = quantise(rows, factors, out);
  const z1 = quantise(rows + 32, factors + 64, out + 32);
  const low = <u64>(<u32>~((z1 << 16) | z0));
  if (areSmall(factors)) return low;
  const z2 = quantise(rows + 64, factors + 128, out + 64);
  const z3 = quantise(rows + 96, factors + 192, out + 96);
  return ((<u64>(<u32>~((z3 << 16) | z2))) << 32) | low;
}

/** Whether all coefficients of the four highest frequencies across become zero: in most blocks. */
function areSmall(factors: usize): bool {
  const x = i16x8.max_s(i16x8.abs(v128.load(rows, 64)), i16x8.abs(v128.load(rows, 80)));
  const y = i16x8.max_s(i16x8.abs(v128.load(rows, 96)), i16x8.abs(v128.load(rows, 112)));
  return !v128.any_true(i16x8.gt_s(i16x8.max_s(x, y), v128.load(factors, LIMITS)));
}
