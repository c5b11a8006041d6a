// The forward DCT of 8×8 samples after Arai, Agui and Nakajima, four columns a step, in 32-bit
// floats.

const C4: f32 = 0.707106781; // cos(4π/16)
const C6: f32 = 0.382683433; // cos(6π/16)
const D26: f32 = 0.5411961; // cos(2π/16) − cos(6π/16)
const S26: f32 = 1.306562965; // cos(2π/16) + cos(6π/16)

/**
 * Four columns of eight samples, from rows `stride` bytes apart. If `factors` are given, the
 * frequencies are quantised to `out`, and the result has a bit for each that is not zero.
 * Otherwise the four low ones go to `out`, the high ones 128 bytes further, both transposed.
 */
function columns(p: usize, stride: usize, factors: usize, out: usize): u32 {
  const x0 = v128.load(p);
  const x1 = v128.load((p += stride));
  const x2 = v128.load((p += stride));
  const x3 = v128.load((p += stride));
  const x4 = v128.load((p += stride));
  const x5 = v128.load((p += stride));
  const x6 = v128.load((p += stride));
  const x7 = v128.load(p + stride);
  const s0 = f32x4.add(x0, x7);
  const s1 = f32x4.add(x1, x6);
  const s2 = f32x4.add(x2, x5);
  const s3 = f32x4.add(x3, x4);
  const d0 = f32x4.sub(x0, x7);
  const d1 = f32x4.sub(x1, x6);
  const d2 = f32x4.sub(x2, x5);
  const d3 = f32x4.sub(x3, x4);
  // Even frequencies.
  const e0 = f32x4.add(s0, s3);
  const e3 = f32x4.sub(s0, s3);
  const e1 = f32x4.add(s1, s2);
  const e2 = f32x4.sub(s1, s2);
  const r = f32x4.mul(f32x4.add(e2, e3), f32x4.splat(C4));
  const y0 = f32x4.add(e0, e1);
  const y2 = f32x4.add(e3, r);
  const y4 = f32x4.sub(e0, e1);
  const y6 = f32x4.sub(e3, r);
  // Odd frequencies.
  const o0 = f32x4.add(d3, d2);
  const o1 = f32x4.add(d2, d1);
  const o2 = f32x4.add(d1, d0);
  const t = f32x4.mul(f32x4.sub(o0, o2), f32x4.splat(C6));
  const a = f32x4.add(f32x4.mul(o0, f32x4.splat(D26)), t);
  const b = f32x4.add(f32x4.mul(o2, f32x4.splat(S26)), t);
  const c = f32x4.mul(o1, f32x4.splat(C4));
  const m = f32x4.add(d0, c);
  const n = f32x4.sub(d0, c);
  const y1 = f32x4.add(m, b);
  const y3 = f32x4.sub(n, a);
  const y5 = f32x4.add(n, a);
  const y7 = f32x4.sub(m, b);
  if (!factors) {
    turn(out, y0, y1, y2, y3);
    turn(out + 128, y4, y5, y6, y7);
    return 0;
  }
  const low = i8x16.narrow_i16x8_s(
    quantise(y0, y1, factors, out),
    quantise(y2, y3, factors + 32, out + 16),
  );
  const high = i8x16.narrow_i16x8_s(
    quantise(y4, y5, factors + 64, out + 32),
    quantise(y6, y7, factors + 96, out + 48),
  );
  const none = i8x16.splat(0);
  const zero = (i8x16.bitmask(i8x16.eq(high, none)) << 16) | i8x16.bitmask(i8x16.eq(low, none));
  return ~zero;
}

/** Stores four rows of four, transposed. */
function turn(p: usize, x0: v128, x1: v128, x2: v128, x3: v128): void {
  const l01 = i32x4.shuffle(x0, x1, 0, 4, 1, 5);
  const h01 = i32x4.shuffle(x0, x1, 2, 6, 3, 7);
  const l23 = i32x4.shuffle(x2, x3, 0, 4, 1, 5);
  const h23 = i32x4.shuffle(x2, x3, 2, 6, 3, 7);
  v128.store(p, i64x2.shuffle(l01, l23, 0, 2), 0);
  v128.store(p, i64x2.shuffle(l01, l23, 1, 3), 16);
  v128.store(p, i64x2.shuffle(h01, h23, 0, 2), 32);
  v128.store(p, i64x2.shuffle(h01, h23, 1, 3), 48);
}

/** 1.5 · 2^23: a number that is added to it is rounded to a whole number, half to even. */
const ROUND: f32 = 12582912;

/** Four coefficients of each of two frequencies, as whole numbers. */
function quantise(x: v128, y: v128, factors: usize, out: usize): v128 {
  const round = f32x4.splat(ROUND);
  const a = f32x4.add(f32x4.mul(x, v128.load(factors)), round);
  const b = f32x4.add(f32x4.mul(y, v128.load(factors, 16)), round);
  // Baseline codes hold ten bits.
  const c = i16x8.min_s(
    i16x8.max_s(i16x8.narrow_i32x4_s(i32x4.sub(a, round), i32x4.sub(b, round)), i16x8.splat(-1023)),
    i16x8.splat(1023),
  );
  v128.store(out, c);
  return c;
}

/** Columns by vertical frequency: eight of the four low frequencies, then of the high ones. */
const turned: usize = memory.data(256, 16);

/**
 * The quantised coefficients of the samples at `p` (rows `stride` bytes apart), i16: first those of
 * the four low vertical frequencies, by horizontal frequency, then of the high ones. Returns a bit
 * for each, set where it is not zero.
 */
export function fdct(p: usize, stride: usize, factors: usize, out: usize): u64 {
  columns(p, stride, 0, turned);
  columns(p + 16, stride, 0, turned + 64);
  const low = columns(turned, 16, factors, out);
  const high = columns(turned + 128, 16, factors + 128, out + 64);
  return ((<u64>high) << 32) | low;
}
