// Reduces a picture: averages of whole boxes of pixels first, then Lanczos-3 of these, both on
// premultiplied colours, in whole numbers.

import { highs, lows } from "./lanes";
import { ARENA, answer, reset, take } from "./memory";

/** The kernel reaches so many pixels of the result to each side. */
const LOBES: f64 = 3;
/** Weights are whole parts of 2^14. */
const UNIT: i32 = 16384;

/** How many neighbours each pixel of a result has along one side. */
let taps: i32 = 0;

/**
 * Reduces the pixels in the arena. Boxes are `boxX` × `boxY` pixels. The first pixel of the result
 * lies at `startX`, `startY`, in boxes, the next ones `stepX` and `stepY` further. The answer is
 * the result's pixels.
 */
export function reduce(
  width: i32,
  height: i32,
  boxX: i32,
  boxY: i32,
  startX: f64,
  stepX: f64,
  outWidth: i32,
  startY: f64,
  stepY: f64,
  outHeight: i32,
): void {
  const bytes = (<usize>(width * height)) << 2;
  reset(bytes);
  const across = (width + boxX - 1) / boxX;
  const down = (height + boxY - 1) / boxY;
  const line = (<usize>across) << 3;
  const columns = weigh(startX, stepX, outWidth, across);
  const columnTaps = taps;
  const rows = weigh(startY, stepY, outHeight, down);
  const rowTaps = taps;
  // Weights of nothing may fall on what lies beyond the last box.
  const boxes = take(line * <usize>(down + rowTaps));
  const isEven = boxX == 2 && boxY == 2 && !((width | height) & 1);
  let isOpaque = isEven && halve(width, height, boxes);
  if (!isOpaque) {
    isOpaque = premultiply(ARENA, ARENA + bytes);
    if (isEven) halve(width, height, boxes);
    else if (boxX * boxY == 1) widen(bytes, boxes);
    else average(width, height, boxX, boxY, boxes);
  }
  const row = take(line + ((<usize>columnTaps) << 3));
  const out = take((<usize>(outWidth * outHeight)) << 2);
  for (let y = 0; y < outHeight; y++) {
    const to = out + ((<usize>(y * outWidth)) << 2);
    sumRows(boxes, line, rows + <usize>y * (4 + <usize>rowTaps * 2), rowTaps, row);
    sumColumns(row, columns, columnTaps, outWidth, to);
  }
  const end = out + ((<usize>(outWidth * outHeight)) << 2);
  if (!isOpaque) unpremultiply(out, end);
  answer(0, <u32>out);
  answer(1, <u32>(end - out));
}

/** Premultiplies pixels in place; returns whether all are opaque. */
function premultiply(from: usize, end: usize): bool {
  let isOpaque = true;
  const opaque = i32x4.splat(0xfeffffff);
  for (; from < end; from += 4) {
    while (from + 16 <= end && i32x4.all_true(i32x4.gt_u(v128.load(from), opaque))) from += 16;
    const pixel = load<u32>(from);
    if (from == end || pixel >= 0xff000000) continue;
    isOpaque = false;
    const alpha = pixel >>> 24;
    let result = alpha << 24;
    for (let shift: u32 = 0; shift < 24; shift += 8) {
      result |= ((((pixel >>> shift) & 255) * alpha + 127) / 255) << shift;
    }
    store<u32>(from, result);
  }
  return isOpaque;
}

function unpremultiply(from: usize, end: usize): void {
  for (; from < end; from += 4) {
    const pixel = load<u32>(from);
    const alpha = pixel >>> 24;
    let result = alpha << 24;
    for (let shift: u32 = 0; alpha && shift < 24; shift += 8) {
      const colour = ((pixel >>> shift) & 255) * 255 + (alpha >> 1);
      result |= min<u32>(255, colour / alpha) << shift;
    }
    store<u32>(from, result);
  }
}

/** Averages of 2×2 pixels, times 16, i16; returns whether all of them are opaque. */
function halve(width: i32, height: i32, to: usize): bool {
  const line = (<usize>width) << 2;
  let least = i16x8.splat(-1);
  for (let y = 0; y < height; y += 2) {
    let p = ARENA + <usize>y * line;
    for (const end = p + line; p < end; p += 8, to += 8) {
      const sums = i16x8.add(v128.load_ext<u8>(p), v128.load_ext<u8>(p + line));
      const both = i16x8.shl(i16x8.add(sums, i64x2.shuffle(sums, sums, 1, 0)), 2);
      least = i16x8.min_u(least, both);
      v128.store_lane<u64>(to, both, 0);
    }
  }
  return i16x8.extract_lane_u(least, 3) == 255 * 16;
}

/** Boxes of one pixel: times 16, i16. */
function widen(bytes: usize, to: usize): void {
  for (let p = ARENA; p < ARENA + bytes; p += 16, to += 32) {
    v128.store(to, i16x8.shl(v128.load_ext<u8>(p), 4));
    v128.store(to, i16x8.shl(v128.load_ext<u8>(p, 8), 4), 16);
  }
}

/** Averages of boxes, times 16, i16. */
function average(width: i32, height: i32, boxX: i32, boxY: i32, to: usize): void {
  const line = (<usize>width) << 2;
  const sums = take(line * 2); // of columns of the box, u16
  for (let y = 0; y < height; y += boxY) {
    memory.fill(sums, 0, line * 2);
    const rows = min(boxY, height - y);
    for (let r = 0; r < rows; r++) {
      const from = ARENA + <usize>(y + r) * line;
      for (let x: usize = 0; x < line; x += 8) {
        const at = sums + x * 2;
        v128.store(at, i16x8.add(v128.load(at), v128.load_ext<u8>(from + x)));
      }
    }
    for (let x = 0; x < width; x += boxX) {
      const count = min(boxX, width - x);
      let all = i32x4.splat(0);
      for (let i = 0; i < count; i++) {
        all = i32x4.add(all, v128.load_ext<u16>(sums + ((<usize>(x + i)) << 3)));
      }
      const factor = f32x4.splat(<f32>16 / <f32>(count * rows));
      const mean = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(all), factor), f32x4.splat(0.5));
      const whole = i32x4.trunc_sat_f32x4_s(mean);
      v128.store_lane<u64>(to, i16x8.narrow_i32x4_s(whole, whole), 0);
      to += 8;
    }
  }
}

/**
 * For each pixel of a result along one side: where its first neighbour is (i32), and the weights of
 * `taps` neighbours (i16), an even number of them. Beyond the edge lies the last pixel again.
 */
function weigh(start: f64, step: f64, count: i32, length: i32): usize {
  const scale = max<f64>(1, step);
  const reach = LOBES * scale;
  taps = (<i32>Math.ceil(reach) * 2 + 2) & ~1;
  const table = take(<usize>count * (4 + <usize>taps * 2));
  const weights = take((<usize>taps) << 3);
  const size = 4 + <usize>taps * 2;
  let known: f64 = -1; // how far from its first neighbour the pixel before lies, away from the edges
  let at = table;
  for (let i = 0; i < count; i++, at += size) {
    const centre = start + step * <f64>i;
    const from = <i32>Math.ceil(centre - reach);
    const to = <i32>Math.floor(centre + reach);
    const first = max(0, min(from, length - taps));
    const isInside = first == from && to < length;
    const offset = centre - <f64>from;
    if (isInside && offset == known) {
      memory.copy(at, at - size, size);
      store<i32>(at, first);
      continue;
    }
    known = isInside ? offset : -1;
    memory.fill(weights, 0, (<usize>taps) << 3);
    let sum: f64 = 0;
    for (let j = from; j <= to; j++) {
      const weight = lanczos((<f64>j - centre) / scale);
      const place = weights + ((<usize>(max(0, min(j, length - 1)) - first)) << 3);
      store<f64>(place, load<f64>(place) + weight);
      sum += weight;
    }
    // The weights add up to UNIT exactly, so that one colour stays one: the largest takes the rest.
    let rest = UNIT;
    let largest = 0;
    for (let j = 0; j < taps; j++) {
      const weight = load<f64>(weights + ((<usize>j) << 3));
      const whole = <i32>Math.floor((weight / sum) * <f64>UNIT + 0.5);
      store<i16>(at + 4 + ((<usize>j) << 1), <i16>whole);
      rest -= whole;
      if (weight > load<f64>(weights + ((<usize>largest) << 3))) largest = j;
    }
    const place = at + 4 + ((<usize>largest) << 1);
    store<i16>(place, <i16>(<i32>load<i16>(place) + rest));
    store<i32>(at, first);
  }
  return table;
}

function lanczos(x: f64): f64 {
  if (x == 0) return 1;
  if (Math.abs(x) >= LOBES) return 0;
  return sinc(x) * sinc(x / LOBES);
}

/** sin(πx) / πx for |x| ≤ 3, in sums and products alone, which are the same everywhere. */
function sinc(x: f64): f64 {
  const whole = Math.floor(x + 0.5);
  const t = Math.PI * (x - whole);
  const u = t * t;
  // Taylor's series; t is π/2 at most.
  let sine =
    1 -
    (u / 6) * (1 - (u / 20) * (1 - (u / 42) * (1 - (u / 72) * (1 - (u / 110) * (1 - u / 156)))));
  sine *= t;
  if (<i32>whole & 1) sine = -sine;
  return x == 0 ? 1 : sine / (Math.PI * x);
}

/** Weighs rows of boxes for one row of the result. */
function sumRows(boxes: usize, line: usize, weights: usize, count: i32, to: usize): void {
  const first = boxes + <usize>load<i32>(weights) * line;
  const half = i32x4.splat(UNIT >> 1);
  const end = weights + 4 + <usize>count * 2;
  for (let x: usize = 0; x < line; x += 32) {
    let low0 = half;
    let high0 = half;
    let low1 = half;
    let high1 = half;
    let p = first + x;
    for (let w = weights + 4; w < end; w += 4, p += line * 2) {
      const two = v128.load_splat<u32>(w);
      const a0 = v128.load(p);
      const b0 = v128.load(p + line);
      const a1 = v128.load(p, 16);
      const b1 = v128.load(p + line, 16);
      low0 = i32x4.add(low0, i32x4.dot_i16x8_s(lows(a0, b0), two));
      high0 = i32x4.add(high0, i32x4.dot_i16x8_s(highs(a0, b0), two));
      low1 = i32x4.add(low1, i32x4.dot_i16x8_s(lows(a1, b1), two));
      high1 = i32x4.add(high1, i32x4.dot_i16x8_s(highs(a1, b1), two));
    }
    v128.store(to + x, i16x8.narrow_i32x4_s(i32x4.shr_s(low0, 14), i32x4.shr_s(high0, 14)));
    v128.store(to + x, i16x8.narrow_i32x4_s(i32x4.shr_s(low1, 14), i32x4.shr_s(high1, 14)), 16);
  }
}

/** Weighs pixels of that row; the result is 0 to 255. */
function sumColumns(row: usize, weights: usize, count: i32, outWidth: i32, to: usize): void {
  const half = i32x4.splat((UNIT << 4) >> 1);
  for (let x = 0; x < outWidth; x++, to += 4) {
    let p = row + ((<usize>load<i32>(weights)) << 3);
    let all = half;
    weights += 4;
    for (const end = weights + <usize>count * 2; weights < end; weights += 4, p += 16) {
      const pairs = lows(v128.load(p), v128.load(p, 8));
      all = i32x4.add(all, i32x4.dot_i16x8_s(pairs, v128.load_splat<u32>(weights)));
    }
    const words = i16x8.narrow_i32x4_s(i32x4.shr_s(all, 18), all);
    v128.store_lane<u32>(to, i8x16.narrow_i16x8_u(words, words), 0);
  }
}
