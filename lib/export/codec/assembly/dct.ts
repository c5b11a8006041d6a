// The forward DCT of 8×8 samples after Arai, Agui and Nakajima, four columns a step, in 32-bit floats.

const C4: f32 = 0.707106781; // cos(4π/16)
const C6: f32 = 0.382683433; // cos(6π/16)
const D26: f32 = 0.5411961; // cos(2π/16) − cos(6π/16)
const S26: f32 = 1.306562965; // cos(2π/16) + cos(6π/16)

/** One column pass over eight rows of four samples, in place. */
function pass(p: usize): void {
  const x0 = v128.load(p, 0);
  const x1 = v128.load(p, 16);
  const x2 = v128.load(p, 32);
  const x3 = v128.load(p, 48);
  const x4 = v128.load(p, 64);
  const x5 = v128.load(p, 80);
  const x6 = v128.load(p, 96);
  const x7 = v128.load(p, 112);
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
  v128.store(p, f32x4.add(e0, e1), 0);
  v128.store(p, f32x4.sub(e0, e1), 64);
  const r = f32x4.mul(f32x4.add(e2, e3), f32x4.splat(C4));
  v128.store(p, f32x4.add(e3, r), 32);
  v128.store(p, f32x4.sub(e3, r), 96);
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
  v128.store(p, f32x4.add(n, a), 80);
  v128.store(p, f32x4.sub(n, a), 48);
  v128.store(p, f32x4.add(m, b), 16);
  v128.store(p, f32x4.sub(m, b), 112);
}

/** Two halves of 8 rows × 4 columns, f32. */
const left: usize = memory.data(128, 16);
const right: usize = memory.data(128, 16);

/** The 4×4 floats at `a` change place with those at `b`, each turned over its diagonal. */
function turn(a: usize, b: usize): void {
  const a0 = v128.load(a, 0);
  const a1 = v128.load(a, 16);
  const a2 = v128.load(a, 32);
  const a3 = v128.load(a, 48);
  const b0 = v128.load(b, 0);
  const b1 = v128.load(b, 16);
  const b2 = v128.load(b, 32);
  const b3 = v128.load(b, 48);
  put4(b, a0, a1, a2, a3);
  put4(a, b0, b1, b2, b3);
}

function put4(p: usize, x0: v128, x1: v128, x2: v128, x3: v128): void {
  const l01 = i32x4.shuffle(x0, x1, 0, 4, 1, 5);
  const h01 = i32x4.shuffle(x0, x1, 2, 6, 3, 7);
  const l23 = i32x4.shuffle(x2, x3, 0, 4, 1, 5);
  const h23 = i32x4.shuffle(x2, x3, 2, 6, 3, 7);
  v128.store(p, i64x2.shuffle(l01, l23, 0, 2), 0);
  v128.store(p, i64x2.shuffle(l01, l23, 1, 3), 16);
  v128.store(p, i64x2.shuffle(h01, h23, 0, 2), 32);
  v128.store(p, i64x2.shuffle(h01, h23, 1, 3), 48);
}

function quantise(p: usize, factors: usize): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(p), v128.load(factors))));
}

/**
 * The quantised coefficients of the samples at `p` (rows `stride` bytes apart), i16, by horizontal frequency
 * and then by vertical. Returns which of them are not zero.
 */
export function fdct(p: usize, stride: usize, factors: usize, out: usize): u64 {
  for (let r: usize = 0; r < 8; r++, p += stride) {
    v128.store(left + (r << 4), v128.load(p));
    v128.store(right + (r << 4), v128.load(p, 16));
  }
  pass(left);
  pass(right);
  turn(left, left);
  turn(left + 64, right);
  turn(right + 64, right + 64);
  pass(left);
  pass(right);
  let set: u64 = 0;
  const most = i16x8.splat(1023);
  const least = i16x8.splat(-1023);
  for (let r: usize = 0; r < 8; r++) {
    const a = quantise(left + (r << 4), factors + (r << 5));
    const b = quantise(right + (r << 4), factors + (r << 5) + 16);
    // Baseline codes hold ten bits.
    const c = i16x8.max_s(i16x8.min_s(i16x8.narrow_i32x4_s(a, b), most), least);
    v128.store(out + (r << 4), c);
    const zero = i16x8.bitmask(i16x8.eq(c, i16x8.splat(0)));
    set |= (<u64>(~zero & 255)) << (r << 3);
  }
  return set;
}
