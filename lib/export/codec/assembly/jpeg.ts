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

/**
 * The zigzag place of each coefficient, in the order that the DCT leaves them: by horizontal
 * frequency first.
 */
const ZIGZAG: usize = memory.data<u8>([
  0, 2, 3, 9, 10, 20, 21, 35, 1, 4, 8, 11, 19, 22, 34, 36, 5, 7, 12, 18, 23, 33, 37, 48, 6, 13, 17,
  24, 32, 38, 47, 49, 14, 16, 25, 31, 39, 46, 50, 57, 15, 26, 30, 40, 45, 51, 56, 58, 27, 29, 41,
  44, 52, 55, 59, 62, 28, 42, 43, 53, 54, 60, 61, 63,
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
let bits: u64 = 0;
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
  // A block takes at most 64 codes of 27 bits, and each byte may need a zero behind it; what a
  // picture really takes is far less, so the room grows with the rows.
  const across = <usize>(width + 15) & ~15;
  const blocks = ((across * ((<usize>height + 15) & ~15)) >> 6) * (full ? 3 : 2);
  const out = take(blocks * 448 + 64);
  sink = out;
  bits = 0;
  count = 0;
  scan(width, height, background, full);
  flush();
  answer(0, <u32>out);
  answer(1, <u32>(sink - out));
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
}

/**
 * Scans all units of the stripe: 16×16 pixels with chroma of half the resolution, or, `full`, 8×8
 * of equal resolution. EXTRA has the two quantisers, 64 bytes each, in the order of the zigzag.
 */
function scan(width: i32, height: i32, background: u32, full: bool): void {
  const side = full ? 8 : 16;
  const across = <usize>(width + side - 1) & ~(side - 1);
  const line = across << 2; // of RGBA, and of f32
  const rows = take(line * side);
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
    for (let r = 0; r < side; r++) {
      const from = ARENA + ((<usize>(width * min(y + r, height - 1))) << 2);
      const row = rows + line * r;
      fill(from, width, row, across, background);
      toLuma(row, across, luma + line * r);
      if (full) toFullChroma(row, across, blue + line * r, red + line * r);
      else if (r & 1)
        toChroma(row - line, across, blue + chromaLine * (r >> 1), red + chromaLine * (r >> 1));
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
      const s = load<f32>(scale + ((i >> 3) << 2)) * load<f32>(scale + ((i & 7) << 2));
      // Chroma of half the resolution comes as the sum of four pixels.
      const unit: f32 = t && !full ? 4 * 32768 * 8 : 32768 * 8;
      store<f32>(out + (t << 8) + (i << 2), <f32>1 / (q * s * unit));
    }
  }
}

/** Writes one row of opaque pixels; the last one is repeated to fill the units. */
function fill(from: usize, width: i32, to: usize, across: usize, background: u32): void {
  const end = from + ((<usize>width) << 2);
  const stop = to + (across << 2);
  const alphas = i32x4.splat(0xff000000);
  while (from < end) {
    if (from + 16 <= end) {
      const x = v128.load(from);
      if (i32x4.all_true(i32x4.eq(v128.and(x, alphas), alphas))) {
        v128.store(to, x);
        from += 16;
        to += 16;
        continue;
      }
    }
    store<u32>(to, over(load<u32>(from), background));
    from += 4;
    to += 4;
  }
  const last = load<u32>(to - 4);
  for (; to < stop; to += 4) store<u32>(to, last);
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

function pairs(a: v128, b: v128): v128 {
  // (a0 + a1, a2 + a3, b0 + b1, b2 + b3)
  return i32x4.add(
    i8x16.shuffle(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27),
    i8x16.shuffle(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31),
  );
}

/** Y − 128 of a row, in parts of 2^15. */
function toLuma(row: usize, across: usize, out: usize): void {
  const weights = i16x8(YR, YG, YB, 0, YR, YG, YB, 0);
  const middle = i32x4.splat(128 << 15);
  for (const end = row + (across << 2); row < end; row += 16, out += 16) {
    const x = v128.load(row);
    const a = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(x), weights);
    const b = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(x), weights);
    v128.store(out, f32x4.convert_i32x4_s(i32x4.sub(pairs(a, b), middle)));
  }
}

/** Cb − 128 and Cr − 128 of two rows, each of 2×2 pixels, in parts of 2^17. */
function toChroma(row: usize, across: usize, blue: usize, red: usize): void {
  const below = across << 2;
  const b = i16x8(BR, BG, BB, 0, BR, BG, BB, 0);
  const r = i16x8(BB, RG, RB, 0, BB, RG, RB, 0);
  for (const end = row + (across << 2); row < end; row += 32, blue += 16, red += 16) {
    const x = four(row, row + below);
    const y = four(row + 16, row + below + 16);
    v128.store(
      blue,
      f32x4.convert_i32x4_s(pairs(i32x4.dot_i16x8_s(x, b), i32x4.dot_i16x8_s(y, b))),
    );
    v128.store(red, f32x4.convert_i32x4_s(pairs(i32x4.dot_i16x8_s(x, r), i32x4.dot_i16x8_s(y, r))));
  }
}

/** Cb − 128 and Cr − 128 of each pixel of a row, in parts of 2^15. */
function toFullChroma(row: usize, across: usize, blue: usize, red: usize): void {
  const b = i16x8(BR, BG, BB, 0, BR, BG, BB, 0);
  const r = i16x8(BB, RG, RB, 0, BB, RG, RB, 0);
  for (const end = row + (across << 2); row < end; row += 16, blue += 16, red += 16) {
    const x = i16x8.extend_low_i8x16_u(v128.load(row));
    const y = i16x8.extend_high_i8x16_u(v128.load(row));
    v128.store(
      blue,
      f32x4.convert_i32x4_s(pairs(i32x4.dot_i16x8_s(x, b), i32x4.dot_i16x8_s(y, b))),
    );
    v128.store(red, f32x4.convert_i32x4_s(pairs(i32x4.dot_i16x8_s(x, r), i32x4.dot_i16x8_s(y, r))));
  }
}

/** Sums of two squares of 2×2 pixels, i16. */
function four(above: usize, below: usize): v128 {
  const x = v128.load(above);
  const y = v128.load(below);
  const low = i16x8.add(i16x8.extend_low_i8x16_u(x), i16x8.extend_low_i8x16_u(y));
  const high = i16x8.add(i16x8.extend_high_i8x16_u(x), i16x8.extend_high_i8x16_u(y));
  return i16x8.add(i64x2.shuffle(low, high, 0, 2), i64x2.shuffle(low, high, 1, 3));
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

/** Counts a block's symbols. */
function tally(table: usize, last: usize): void {
  for (let p = symbols; p <= last; p += 4) {
    const at = table + (load<u32>(p) >>> 16);
    store<u32>(at, load<u32>(at) + 1);
  }
}

/** Writes a block's symbols: the code, then the value, 27 bits at most, highest first. */
function put(table: usize, last: usize): void {
  let all = bits;
  let n = count;
  let out = sink;
  for (let p = symbols; p <= last; p += 4) {
    const next = load<u32>(p);
    const code = load<u32>(table + (next >>> 16));
    const size = (next >>> 12) & 15;
    const length = (code >>> 24) + size;
    all = (all << length) | (((code & 0xffffff) << size) | (next & 0xfff));
    n += length;
    if (n < 32) continue;
    n -= 32;
    const word = <u32>(all >>> n);
    if (word & 0x80808080 & ~(word + 0x01010101)) {
      for (let shift = 24; shift >= 0; shift -= 8) out = byte(out, (word >>> shift) & 255);
    } else {
      store<u32>(out, bswap(word));
      out += 4;
    }
  }
  bits = all;
  count = n;
  sink = out;
}

/** Writes a byte; a byte of ones is followed by a zero byte. */
function byte(at: usize, value: u32): usize {
  store<u8>(at, value);
  if (value != 255) return at + 1;
  store<u8>(at, 0, 1);
  return at + 2;
}

/** Fills the last byte with ones. */
function flush(): void {
  const free = 7 & -count;
  bits = (bits << free) | ((1 << free) - 1);
  for (count += free; count > 0; count -= 8) {
    sink = byte(sink, <u32>(bits >>> (count - 8)) & 255);
  }
}
