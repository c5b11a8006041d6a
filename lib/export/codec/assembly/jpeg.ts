// Encodes one stripe of a baseline JPEG picture, 4:2:0 or 4:4:4: pixels → luma and chroma → DCT →
// Huffman codes.

import { fdct } from "./dct";
import { lengths, WORK } from "./huffman";
import { ARENA, answer, EXTRA, reset, take } from "./memory";

/**
 * Symbols of one Huffman table, and one more that takes the code of ones only, which JPEG leaves
 * unused.
 */
export const SYMBOLS: i32 = 257;
/** Bytes of a table. The four tables: DC and AC of luma, then of chroma. */
const TABLE: usize = SYMBOLS * 4;

/** The zigzag place of each coefficient, in the order in which the DCT leaves them. */
const ZIGZAG: usize = memory.data<u8>([
  0, 2, 3, 9, 1, 4, 8, 11, 5, 7, 12, 18, 6, 13, 17, 24, 14, 16, 25, 31, 15, 26, 30, 40, 27, 29, 41,
  44, 28, 42, 43, 53, 10, 20, 21, 35, 19, 22, 34, 36, 23, 33, 37, 48, 32, 38, 47, 49, 39, 46, 50,
  57, 45, 51, 56, 58, 52, 55, 59, 62, 54, 60, 61, 63,
]);

// Weights of R, G, B in Y, Cb and Cr (JFIF), as parts of 2^15.
const YR: i16 = 9798;
const YG: i16 = 19235;
const YB: i16 = 3735;
const BR: i16 = -5529;
const BG: i16 = -10855;
const BB: i16 = 16384;
const RG: i16 = -13720;
const RB: i16 = -2664;

/** The call under way: its tables and where its output goes. */
let tables: usize = 0;
let counting: bool = false;
let sink: usize = 0;
let bits: u64 = 0; // the highest of them are yet to be written: `count`, fewer than 8
let count: i32 = 0;
let coefficients: usize = 0;

/** Counts the symbols of the pixels in the arena; the answer is four tables of 257 u32. */
export function jpegStats(width: i32, height: i32, background: u32, full: bool): void {
  reset((<usize>(width * height)) << 2);
  tables = take(TABLE * 4);
  memory.fill(tables, 0, TABLE * 4);
  counting = true;
  scan(width, height, background, full);
  answer(0, <u32>tables);
  answer(1, <u32>(TABLE * 4));
}

/** Encodes the pixels in the arena as one restart interval. */
export function jpegStripe(width: i32, height: i32, background: u32, full: bool): void {
  reset((<usize>(width * height)) << 2);
  tables = take(TABLE * 4);
  const work = take(WORK);
  for (let t: usize = 0; t < 4; t++) canonical(EXTRA + 512 + t * 256, tables + t * TABLE, work);
  counting = false;
  // A block takes at most 64 codes of 27 bits; what a picture really takes is far less, so the room
  // grows with the rows.
  const across = <usize>(width + 15) & ~15;
  const blocks = ((across * ((<usize>height + 15) & ~15)) >> 6) * (full ? 3 : 2);
  const codes = take(blocks * 216 + 64);
  sink = codes;
  bits = 0;
  count = 0;
  scan(width, height, background, full);
  // Ones fill the last byte.
  if (count) store<u8>(sink++, <u32>(bits >>> 56) | (255 >> count));
  const out = take((sink - codes) * 2 + 16);
  answer(0, <u32>out);
  answer(1, <u32>(stuff(codes, sink, out) - out));
}

/** Copies the codes; a byte of ones is followed by a zero byte. Returns the end of the copy. */
function stuff(from: usize, end: usize, to: usize): usize {
  const ones = i8x16.splat(-1);
  while (from < end) {
    const x = v128.load(from);
    if (from + 16 <= end && !v128.any_true(i8x16.eq(x, ones))) {
      v128.store(to, x);
      from += 16;
      to += 16;
      continue;
    }
    for (const stop = min(from + 16, end); from < stop; from++) {
      const value = load<u8>(from);
      store<u8>(to++, value);
      if (value == 255) store<u8>(to++, 0);
    }
  }
  return to;
}

/**
 * Code lengths from the four tables of counts in the arena; the answer is four tables of 257 u8.
 */
export function jpegTables(): void {
  reset(TABLE * 4);
  const out = take(SYMBOLS * 4);
  const work = take(WORK);
  for (let t: usize = 0; t < 4; t++) {
    lengths(ARENA + t * TABLE, SYMBOLS, 16, out + t * SYMBOLS, work);
  }
  answer(0, <u32>out);
  answer(1, SYMBOLS * 4);
}

/** Canonical codes, as JPEG orders them: u32 of length << 24 | code. */
function canonical(sizes: usize, out: usize, work: usize): void {
  memory.fill(work, 0, 128);
  for (let s: usize = 0; s < 256; s++) {
    const at = work + ((<usize>load<u8>(sizes + s)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  store<u32>(work, 0);
  let code: u32 = 0;
  for (let l: usize = 1; l <= 16; l++) {
    code = (code + load<u32>(work + ((l - 1) << 2))) << 1;
    store<u32>(work + 128 + (l << 2), code);
  }
  for (let s: usize = 0; s < 256; s++) {
    const l = <usize>load<u8>(sizes + s);
    const next = work + 128 + (l << 2);
    const c = load<u32>(next);
    if (l) store<u32>(next, c + 1);
    store<u32>(out + (s << 2), l ? ((<u32>l) << 24) | c : 0);
  }
  store<u32>(out + (256 << 2), 0);
}

/**
 * Scans all units of the stripe: 16×16 pixels with chroma of half the resolution, or, `full`, 8×8
 * of equal resolution. EXTRA has the two quantisers, 64 bytes each, in the order of the zigzag.
 */
function scan(width: i32, height: i32, background: u32, full: bool): void {
  const side = full ? 8 : 16;
  const across = <usize>(width + side - 1) & ~(side - 1);
  const line = across << 2; // of RGBA, and of f32
  const whole = (<usize>(width & ~(side - 1))) << 2; // of units without pixels beyond the edge
  const filled = take(line * 2);
  const luma = take(line * side);
  const blue = take(line * 8);
  const red = take(line * 8);
  const chromaLine = full ? line : line >> 1;
  const quantisers = take(512);
  coefficients = take(128);
  spread(quantisers, full);
  const luma2 = luma + line * 8;
  const chroma = tables + TABLE * 2;
  let dcY = 0;
  let dcB = 0;
  let dcR = 0;
  for (let y = 0; y < height; y += side) {
    for (let r = 0; r < side; r += 2) {
      const above = ARENA + ((<usize>(width * min(y + r, height - 1))) << 2);
      const below = ARENA + ((<usize>(width * min(y + r + 1, height - 1))) << 2);
      const to = luma + line * r;
      const c = chromaLine * (full ? r : r >> 1);
      // Opaque pixels are read where they are; others, and those beyond the edge, are made first.
      const done = isOpaque(above, whole) && isOpaque(below, whole) ? whole : 0;
      if (done) convert(above, below, done, to, line, blue + c, red + c, full);
      if (done == line) continue;
      const rest = line - done;
      fill(above + done, width - <i32>(done >> 2), filled, rest, background);
      fill(below + done, width - <i32>(done >> 2), filled + line, rest, background);
      const d = full ? done : done >> 1;
      convert(filled, filled + line, rest, to + done, line, blue + c + d, red + c + d, full);
    }
    // 32 bytes are the width of a block.
    for (let x: usize = 0, c: usize = 0; x < line; x += side << 2, c += 32) {
      dcY = block(luma + x, line, quantisers, tables, dcY);
      if (!full) {
        dcY = block(luma + x + 32, line, quantisers, tables, dcY);
        dcY = block(luma2 + x, line, quantisers, tables, dcY);
        dcY = block(luma2 + x + 32, line, quantisers, tables, dcY);
      }
      dcB = block(blue + c, chromaLine, quantisers + 256, chroma, dcB);
      dcR = block(red + c, chromaLine, quantisers + 256, chroma, dcR);
    }
  }
}

/**
 * The factors that coefficients are multiplied with: 1 / (quantiser · the DCT's scales · 2^15 · 8).
 */
function spread(out: usize, full: bool): void {
  // Scales of the AAN DCT: 1, then cos(k·π/16)·√2.
  const scale = memory.data<f32>([
    1, 1.387039845, 1.306562965, 1.175875602, 1, 0.785694958, 0.5411961, 0.275899379,
  ]);
  for (let t: usize = 0; t < 2; t++) {
    for (let i: usize = 0; i < 64; i++) {
      const q = <f32>load<u8>(EXTRA + t * 64 + load<u8>(ZIGZAG + i));
      const across = load<f32>(scale + (((i >> 2) & 7) << 2));
      const s = across * load<f32>(scale + (((i >> 5) * 4 + (i & 3)) << 2));
      // Chroma of half the resolution comes as the sum of four pixels.
      const unit: f32 = t && !full ? 4 * 32768 * 8 : 32768 * 8;
      store<f32>(out + (t << 8) + (i << 2), <f32>1 / (q * s * unit));
    }
  }
}

function isOpaque(from: usize, bytes: usize): bool {
  let all = i32x4.splat(-1);
  for (const end = from + bytes; from < end; from += 32) {
    all = v128.and(all, v128.and(v128.load(from), v128.load(from, 16)));
  }
  return i32x4.all_true(i32x4.gt_u(all, i32x4.splat(0xfeffffff)));
}

/** Writes one row of opaque pixels; the last one is repeated to fill the units. */
function fill(from: usize, width: i32, to: usize, bytes: usize, background: u32): void {
  const stop = to + bytes;
  const end = from + ((<usize>width) << 2);
  for (; from + 16 <= end; from += 16, to += 16) {
    v128.store(to, over4(v128.load(from), i32x4.splat(background)));
  }
  for (; from < end; from += 4, to += 4) {
    const pixel = load<u32>(from);
    store<u32>(to, pixel >= 0xff000000 ? pixel : over(pixel, background));
  }
  const last = load<u32>(to - 4);
  for (; to < stop; to += 4) store<u32>(to, last);
}

/** Four pixels over the background, as `over` does it. */
function over4(pixels: v128, background: v128): v128 {
  const alpha = i8x16.shuffle(
    pixels,
    pixels,
    3,
    3,
    3,
    3,
    7,
    7,
    7,
    7,
    11,
    11,
    11,
    11,
    15,
    15,
    15,
    15,
  );
  const rest = v128.xor(alpha, i32x4.splat(-1));
  return i8x16.narrow_i16x8_u(
    by255(
      i16x8.add(
        i16x8.extmul_low_i8x16_u(pixels, alpha),
        i16x8.extmul_low_i8x16_u(background, rest),
      ),
    ),
    by255(
      i16x8.add(
        i16x8.extmul_high_i8x16_u(pixels, alpha),
        i16x8.extmul_high_i8x16_u(background, rest),
      ),
    ),
  );
}

/** (x + 127) / 255 in whole numbers. */
function by255(x: v128): v128 {
  const sum = i16x8.add(x, i16x8.splat(128));
  return i16x8.shr_u(i16x8.add(sum, i16x8.shr_u(i16x8.sub(sum, i16x8.splat(1)), 8)), 8);
}

/** A pixel over the background. */
function over(pixel: u32, background: u32): u32 {
  const alpha = pixel >>> 24;
  let result: u32 = 0;
  for (let shift: u32 = 0; shift < 24; shift += 8) {
    const c = (pixel >>> shift) & 255;
    const under = ((background >>> shift) & 255) * (255 - alpha);
    result |= ((c * alpha + under + 127) / 255) << shift;
  }
  return result;
}

/** (a0 + a1, a2 + a3, b0 + b1, b2 + b3) */
function pairs(a: v128, b: v128): v128 {
  return i32x4.add(
    i8x16.shuffle(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27),
    i8x16.shuffle(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31),
  );
}

/**
 * Two rows of pixels: Y − 128, in parts of 2^15, to rows `line` bytes apart; Cb − 128 and Cr − 128
 * of each 2×2 pixels, in parts of 2^17, or, `full`, of each pixel, as Y.
 */
function convert(
  above: usize,
  below: usize,
  bytes: usize,
  luma: usize,
  line: usize,
  blue: usize,
  red: usize,
  full: bool,
): void {
  const y = i16x8(YR, YG, YB, 0, YR, YG, YB, 0);
  const b = i16x8(BR, BG, BB, 0, BR, BG, BB, 0);
  const r = i16x8(BB, RG, RB, 0, BB, RG, RB, 0);
  for (const end = above + bytes; above < end; above += 32, below += 32, luma += 32) {
    const x0 = v128.load_ext<u8>(above);
    const x1 = v128.load_ext<u8>(above, 8);
    const x2 = v128.load_ext<u8>(above, 16);
    const x3 = v128.load_ext<u8>(above, 24);
    const z0 = v128.load_ext<u8>(below);
    const z1 = v128.load_ext<u8>(below, 8);
    const z2 = v128.load_ext<u8>(below, 16);
    const z3 = v128.load_ext<u8>(below, 24);
    v128.store(luma, brightness(x0, x1, y));
    v128.store(luma, brightness(x2, x3, y), 16);
    v128.store(luma + line, brightness(z0, z1, y));
    v128.store(luma + line, brightness(z2, z3, y), 16);
    if (full) {
      v128.store(blue, difference(x0, x1, b));
      v128.store(blue, difference(x2, x3, b), 16);
      v128.store(blue + line, difference(z0, z1, b));
      v128.store(blue + line, difference(z2, z3, b), 16);
      v128.store(red, difference(x0, x1, r));
      v128.store(red, difference(x2, x3, r), 16);
      v128.store(red + line, difference(z0, z1, r));
      v128.store(red + line, difference(z2, z3, r), 16);
      blue += 32;
      red += 32;
    } else {
      const left = both(i16x8.add(x0, z0), i16x8.add(x1, z1));
      const right = both(i16x8.add(x2, z2), i16x8.add(x3, z3));
      v128.store(blue, difference(left, right, b));
      v128.store(red, difference(left, right, r));
      blue += 16;
      red += 16;
    }
  }
}

/** Y − 128 of two and two pixels. */
function brightness(a: v128, b: v128, weights: v128): v128 {
  const sums = pairs(i32x4.dot_i16x8_s(a, weights), i32x4.dot_i16x8_s(b, weights));
  return f32x4.convert_i32x4_s(i32x4.sub(sums, i32x4.splat(128 << 15)));
}

/** Cb − 128 or Cr − 128 of two and two pixels. */
function difference(a: v128, b: v128, weights: v128): v128 {
  return f32x4.convert_i32x4_s(pairs(i32x4.dot_i16x8_s(a, weights), i32x4.dot_i16x8_s(b, weights)));
}

/** The sums of two pixels each. */
function both(a: v128, b: v128): v128 {
  return i16x8.add(i64x2.shuffle(a, b, 0, 2), i64x2.shuffle(a, b, 1, 3));
}

/** Transforms and codes one block; returns its DC, from which the next block's is counted. */
function block(at: usize, stride: usize, quantiser: usize, table: usize, dc: i32): i32 {
  let left = fdct(at, stride, quantiser, coefficients);
  // A bit for each coefficient, set where it is not zero, in zigzag order.
  let order: u64 = 0;
  const places = coefficients;
  const values = zigzag;
  left &= ~1;
  while (left) {
    const i = <usize>ctz(left);
    left &= left - 1;
    const z = <usize>load<u8>(ZIGZAG + i);
    order |= (<u64>1) << z;
    store<i16>(values + (z << 1), load<i16>(places + (i << 1)));
  }
  const now = <i32>load<i16>(places);
  let last = symbols;
  store<u32>(last, symbol(0, now - dc));
  let before = 0;
  while (order) {
    const z = <i32>ctz(order);
    order &= order - 1;
    let run = z - before - 1;
    before = z;
    for (; run > 15; run -= 16) store<u32>((last += 4), symbol(SYMBOLS + 0xf0, 0));
    const value = <i32>load<i16>(values + ((<usize>z) << 1));
    store<u32>((last += 4), symbol(SYMBOLS + (run << 4), value));
  }
  if (before < 63) store<u32>((last += 4), symbol(SYMBOLS, 0));
  if (counting) tally(table, last);
  else put(table, last);
  return now;
}

const zigzag: usize = memory.data(128);
/**
 * The symbols of a block: its DC, the other coefficients, runs of 16 zeros among them, and its end.
 */
const symbols: usize = memory.data(4 * 80);

/**
 * Packs a symbol and its value; the symbol ends with the value's size. Bits 18 on: the symbol,
 * which is the place of its code in the table (read from bit 16 on: that place times four, in
 * bytes); 12 to 15: the size; below: the value's bits.
 */
function symbol(kind: i32, value: i32): u32 {
  const size = 32 - clz(abs(value));
  const low = (value + (value >> 31)) & ((1 << size) - 1);
  return ((kind + size) << 18) | (size << 12) | low;
}

/** A symbol without a code: it is written after an odd number of others. */
const NONE: u32 = 256 << 18;

/** Counts a block's symbols. */
function tally(table: usize, last: usize): void {
  for (let p = symbols; p <= last; p += 4) {
    const at = table + (load<u32>(p) >>> 16);
    store<u32>(at, load<u32>(at) + 1);
  }
}

/** Writes a block's symbols: the code, then the value, 27 bits at most, highest first. */
function put(table: usize, last: usize): void {
  let all = bits; // of which `n`, fewer than 8, from the highest on, are to be written
  let n: u64 = count;
  let out = sink;
  store<u32>(last, NONE, 4);
  for (let p = symbols; p <= last; p += 8) {
    const x = load<u32>(p);
    const y = load<u32>(p, 4);
    const code = load<u32>(table + (x >>> 16));
    const other = load<u32>(table + (y >>> 16));
    const size = (x >>> 12) & 15;
    const otherSize = (y >>> 12) & 15;
    const otherLength = (other >>> 24) + otherSize;
    const length = (code >>> 24) + size + otherLength;
    const value: u64 = ((code & 0xffffff) << size) | (x & 0xfff);
    const otherValue = ((other & 0xffffff) << otherSize) | (y & 0xfff);
    n += length;
    all |= ((value << otherLength) | otherValue) << (64 - n);
    store<u64>(out, bswap(all));
    out += <usize>(n >> 3);
    all <<= n & ~7;
    n &= 7;
  }
  bits = all;
  count = <i32>n;
  sink = out;
}
