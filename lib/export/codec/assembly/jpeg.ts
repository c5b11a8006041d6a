// Encodes one stripe of a baseline JPEG picture, 4:2:0 or 4:4:4: pixels → luma and chroma → DCT →
// Huffman codes.

import { FACTORS, fdct, SAMPLE_BITS, setFactor } from "./dct";
import { lengths, WORK } from "./huffman";
import { ARENA, answer, EXTRA, ORDERS, reset, take } from "./memory";

/**
 * Symbols of one Huffman table, and one more that takes the code of ones only, which JPEG leaves
 * unused.
 */
const SYMBOLS: i32 = 257;
/** Bytes of a table. The four tables: DC and AC of luma, then of chroma. */
const TABLE: usize = SYMBOLS * 4;
/** Bytes of EXTRA before the lengths of codes. */
export const LENGTHS: i32 = 128;

/** The zigzag place of each coefficient, in the order in which the DCT leaves them. */
const ZIGZAG: usize = memory.data<u8>([
  0, 2, 3, 9, 10, 20, 21, 35, 1, 4, 8, 11, 19, 22, 34, 36, 5, 7, 12, 18, 23, 33, 37, 48, 6, 13, 17,
  24, 32, 38, 47, 49, 14, 16, 25, 31, 39, 46, 50, 57, 15, 26, 30, 40, 45, 51, 56, 58, 27, 29, 41,
  44, 52, 55, 59, 62, 28, 42, 43, 53, 54, 60, 61, 63,
]);
/** The coefficient of each zigzag place. */
const NATURAL: usize = memory.data(64);

/**
 * Weights of (R, B), then (G, A), in Y, Cb and Cr (JFIF), as parts of 2^15, 16 bytes each, and the
 * mask of (R, B) among pixels. Alpha, which is 255 here, takes 128 from Y, and adds a half.
 */
// biome-ignore format: a table
const WEIGHTS: usize = memory.data<i16>([
  9798, 3735, 9798, 3735, 9798, 3735, 9798, 3735,
  19235, -16444, 19235, -16444, 19235, -16444, 19235, -16444,
  -5529, 16384, -5529, 16384, -5529, 16384, -5529, 16384,
  -10855, 4, -10855, 4, -10855, 4, -10855, 4,
  16384, -2664, 16384, -2664, 16384, -2664, 16384, -2664,
  -13720, 4, -13720, 4, -13720, 4, -13720, 4,
  255, 255, 255, 255, 255, 255, 255, 255,
], 16);
/** The sums have so many bits more than samples. */
const SHIFT: i32 = 15 - SAMPLE_BITS;
/** The coefficients of a block. */
const coefficients: usize = memory.data(128, 16);
/** Whether ORDERS is filled. */
let isOrdered: bool = false;

/** The call under way: its tables and where its output goes. */
let tables: usize = 0;
let counting: bool = false;
let sink: usize = 0;
let bits: u64 = 0; // the highest of them are yet to be written: `count`, fewer than 8
let count: i32 = 0;

/**
 * Code lengths from the symbols of the pixels in the arena. The answer is what jpegStripe needs in
 * EXTRA: the two quantisers, as they are there, then four tables of 256 u8. Pixels that are only a
 * `sample` may lack symbols that the picture has, so every possible symbol gets a code.
 */
export function jpegTables(
  width: i32,
  height: i32,
  background: u32,
  full: bool,
  sample: bool,
): void {
  reset((<usize>(width * height)) << 2);
  tables = take(TABLE * 4);
  memory.fill(tables, 0, TABLE * 4);
  counting = true;
  scan(width, height, background, full);
  const out = take(LENGTHS + 256 * 4 + 1);
  const work = take(WORK);
  memory.copy(out, EXTRA, LENGTHS);
  for (let t = 0; t < 4; t++) {
    const counts = tables + <usize>t * TABLE;
    for (let s = 0; s < 256; s++) {
      const at = counts + ((<usize>s) << 2);
      const count = load<u32>(at);
      const least = sample && isPossible(s, !(t & 1)) ? 2 : 0;
      store<u32>(at, count ? count * 2 + 1 : least);
    }
    // The last symbol must keep the lowest count.
    store<u32>(counts, 1, 256 * 4);
    // Its length is written over by the next table's first.
    lengths(counts, SYMBOLS, 16, out + LENGTHS + <usize>(t << 8), work);
  }
  answer(0, <u32>out);
  answer(1, <u32>(LENGTHS + 256 * 4));
}

function isPossible(symbol: i32, isDc: bool): bool {
  if (isDc) return symbol < 12;
  const size = symbol & 15;
  return symbol == 0 || symbol == 0xf0 || (size > 0 && size < 11);
}

/** Encodes the pixels in the arena as one restart interval. */
export function jpegStripe(width: i32, height: i32, background: u32, full: bool): void {
  reset((<usize>(width * height)) << 2);
  tables = take(TABLE * 4);
  const work = take(WORK);
  for (let t: usize = 0; t < 4; t++) canonical(EXTRA + LENGTHS + t * 256, tables + t * TABLE, work);
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
 * Canonical codes, as JPEG orders them: u32 of length << 27 | code, both with the bits of the value
 * that follows a code, zeros as yet.
 */
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
    const size: u32 = <u32>s & 15;
    store<u32>(out + (s << 2), l ? ((<u32>l + size) << 27) | (c << size) : 0);
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
  const line = across << 2; // of RGBA
  const lumaLine = across << 1; // of i16
  const whole = (<usize>(width & ~(side - 1))) << 2; // of units without pixels beyond the edge
  const filled = take(line * 2);
  const luma = take(lumaLine * side);
  const blue = take(lumaLine * 8);
  const red = take(lumaLine * 8);
  const chromaLine = full ? lumaLine : across;
  const quantisers = take(2 * FACTORS);
  spread(quantisers);
  if (!isOrdered) makeOrders();
  isOrdered = true;
  const luma2 = luma + lumaLine * 8;
  const chroma = tables + TABLE * 2;
  let dcY = 0;
  let dcB = 0;
  let dcR = 0;
  for (let y = 0; y < height; y += side) {
    for (let r = 0; r < side; r += 2) {
      const above = ARENA + ((<usize>(width * min(y + r, height - 1))) << 2);
      const below = ARENA + ((<usize>(width * min(y + r + 1, height - 1))) << 2);
      const to = luma + lumaLine * r;
      const c = chromaLine * (full ? r : r >> 1);
      // Opaque pixels are read where they are; others, and those beyond the edge, are made first.
      const done = isOpaque(above, whole) && isOpaque(below, whole) ? whole : 0;
      if (done) convert(above, below, done, to, lumaLine, blue + c, red + c, full);
      if (done == line) continue;
      const rest = line - done;
      fill(above + done, width - <i32>(done >> 2), filled, rest, background);
      fill(below + done, width - <i32>(done >> 2), filled + line, rest, background);
      const d = done >> 1;
      const e = c + (full ? d : d >> 1);
      convert(filled, filled + line, rest, to + d, lumaLine, blue + e, red + e, full);
    }
    // 16 bytes are the width of a block.
    for (let x: usize = 0, c: usize = 0; x < lumaLine; x += side << 1, c += 16) {
      dcY = block(luma + x, lumaLine, quantisers, tables, dcY);
      if (!full) {
        dcY = block(luma + x + 16, lumaLine, quantisers, tables, dcY);
        dcY = block(luma2 + x, lumaLine, quantisers, tables, dcY);
        dcY = block(luma2 + x + 16, lumaLine, quantisers, tables, dcY);
      }
      dcB = block(blue + c, chromaLine, quantisers + FACTORS, chroma, dcB);
      dcR = block(red + c, chromaLine, quantisers + FACTORS, chroma, dcR);
    }
  }
}

/** The factors of the two quantisers. */
function spread(out: usize): void {
  for (let i = 0; i < 64; i++) {
    const z = <usize>load<u8>(ZIGZAG + <usize>i);
    store<u8>(NATURAL + z, i);
    setFactor(out, i, load<u8>(EXTRA + z));
    setFactor(out + FACTORS, i, load<u8>(EXTRA + 64 + z));
  }
}

function isOpaque(from: usize, bytes: usize): bool {
  let all = i32x4.splat(-1);
  for (const end = from + bytes; from < end; from += 32) {
    all = v128.and(all, v128.and(v128.load(from), v128.load(from, 16)));
  }
  return i32x4.all_true(i32x4.gt_u(all, i32x4.splat(0xfeffffff)));
}

const OPAQUE: u32 = 0xff000000;

/** Writes one row of opaque pixels; the last one is repeated to fill the units. */
function fill(from: usize, width: i32, to: usize, bytes: usize, background: u32): void {
  const stop = to + bytes;
  const end = from + ((<usize>width) << 2);
  for (; from + 16 <= end; from += 16, to += 16) {
    v128.store(to, v128.or(over4(v128.load(from), i32x4.splat(background)), i32x4.splat(OPAQUE)));
  }
  for (; from < end; from += 4, to += 4) {
    const pixel = load<u32>(from);
    store<u32>(to, pixel >= OPAQUE ? pixel : over(pixel, background) | OPAQUE);
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

/**
 * Two rows of opaque pixels: Y − 128 to rows `line` bytes apart, i16 as the DCT takes them;
 * Cb − 128 and Cr − 128 of each 2×2 pixels, or, `full`, of each pixel.
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
  const yrb = v128.load(WEIGHTS);
  const yg = v128.load(WEIGHTS, 16);
  const brb = v128.load(WEIGHTS, 32);
  const bg = v128.load(WEIGHTS, 48);
  const rrb = v128.load(WEIGHTS, 64);
  const rg = v128.load(WEIGHTS, 80);
  const odd = v128.load(WEIGHTS, 96);
  for (const end = above + bytes; above < end; above += 32, below += 32, luma += 16) {
    const x0 = v128.load(above);
    const x1 = v128.load(above, 16);
    const z0 = v128.load(below);
    const z1 = v128.load(below, 16);
    // (R, B) and (G, A) of each pixel.
    const xr0 = v128.and(x0, odd);
    const xr1 = v128.and(x1, odd);
    const zr0 = v128.and(z0, odd);
    const zr1 = v128.and(z1, odd);
    const xg0 = i16x8.shr_u(x0, 8);
    const xg1 = i16x8.shr_u(x1, 8);
    const zg0 = i16x8.shr_u(z0, 8);
    const zg1 = i16x8.shr_u(z1, 8);
    v128.store(luma, weigh(xr0, xg0, xr1, xg1, yrb, yg));
    v128.store(luma + line, weigh(zr0, zg0, zr1, zg1, yrb, yg));
    if (full) {
      v128.store(blue, weigh(xr0, xg0, xr1, xg1, brb, bg));
      v128.store(blue + line, weigh(zr0, zg0, zr1, zg1, brb, bg));
      v128.store(red, weigh(xr0, xg0, xr1, xg1, rrb, rg));
      v128.store(red + line, weigh(zr0, zg0, zr1, zg1, rrb, rg));
      blue += 16;
      red += 16;
    } else {
      const r = both(i16x8.add(xr0, zr0), i16x8.add(xr1, zr1));
      const g = both(i16x8.add(xg0, zg0), i16x8.add(xg1, zg1));
      const b4 = i32x4.add(i32x4.dot_i16x8_s(r, brb), i32x4.dot_i16x8_s(g, bg));
      const r4 = i32x4.add(i32x4.dot_i16x8_s(r, rrb), i32x4.dot_i16x8_s(g, rg));
      const c = i16x8.narrow_i32x4_s(i32x4.shr_s(b4, SHIFT + 2), i32x4.shr_s(r4, SHIFT + 2));
      v128.store_lane<u64>(blue, c, 0);
      v128.store_lane<u64>(red, c, 1);
      blue += 8;
      red += 8;
    }
  }
}

/** Sums of weighed samples of eight pixels. */
function weigh(rb0: v128, ga0: v128, rb1: v128, ga1: v128, rb: v128, ga: v128): v128 {
  const a = i32x4.add(i32x4.dot_i16x8_s(rb0, rb), i32x4.dot_i16x8_s(ga0, ga));
  const b = i32x4.add(i32x4.dot_i16x8_s(rb1, rb), i32x4.dot_i16x8_s(ga1, ga));
  return i16x8.narrow_i32x4_s(i32x4.shr_s(a, SHIFT), i32x4.shr_s(b, SHIFT));
}

/** The sums of two pixels each. */
function both(a: v128, b: v128): v128 {
  return i16x8.add(i32x4.shuffle(a, b, 0, 2, 4, 6), i32x4.shuffle(a, b, 1, 3, 5, 7));
}

/** Transforms and codes one block; returns its DC, from which the next block's is counted. */
function block(at: usize, stride: usize, quantiser: usize, table: usize, dc: i32): i32 {
  const order = inZigzag(fdct(at, stride, quantiser, coefficients) & ~1);
  const now = <i32>load<i16>(coefficients);
  code(order, now - dc, table);
  return now;
}

/** Sets the bits of a byte's eight coefficients in the order of the zigzag, for each byte. */
function makeOrders(): void {
  for (let i: usize = 0; i < 64; i += 8) {
    const orders = ORDERS + (i << 8);
    store<u64>(orders, 0);
    for (let byte: usize = 1; byte < 256; byte++) {
      const rest = load<u64>(orders + ((byte & (byte - 1)) << 3));
      const bit = (<u64>1) << load<u8>(ZIGZAG + i + ctz(byte));
      store<u64>(orders + (byte << 3), rest | bit);
    }
  }
}

/** Bits of coefficients, in the order of the zigzag. Most blocks have no high frequencies. */
function inZigzag(bits: u64): u64 {
  const low =
    load<u64>(ORDERS + ((<usize>bits & 255) << 3)) |
    load<u64>(ORDERS + ((<usize>(bits >> 8) & 255) << 3), 0x800) |
    load<u64>(ORDERS + ((<usize>(bits >> 16) & 255) << 3), 0x1000) |
    load<u64>(ORDERS + ((<usize>(bits >> 24) & 255) << 3), 0x1800);
  if (!(bits >> 32)) return low;
  return (
    low |
    load<u64>(ORDERS + ((<usize>(bits >> 32) & 255) << 3), 0x2000) |
    load<u64>(ORDERS + ((<usize>(bits >> 40) & 255) << 3), 0x2800) |
    load<u64>(ORDERS + ((<usize>(bits >> 48) & 255) << 3), 0x3000) |
    load<u64>(ORDERS + ((<usize>(bits >> 56) & 255) << 3), 0x3800)
  );
}

/**
 * Counts or writes a block's symbols: its DC, and the other coefficients that are not zero, whose
 * bits `order` has; a run of 16 zeros before one, and the end of the block, are symbols, too. A
 * symbol is written as its code, then the value, 27 bits at most, highest first.
 */
function code(order: u64, dc: i32, table: usize): void {
  const counts = counting;
  let all = bits; // of which `n`, fewer than 8, from the highest on, are to be written
  let n: u64 = count;
  let out = sink;
  let kind = 0;
  let value = dc;
  let place = 0;
  for (;;) {
    const sign = value >> 31;
    const low = value + sign;
    const zeros = clz(low ^ sign);
    const entry = table + ((<usize>(kind + 32 - zeros)) << 2);
    const symbol = load<u32>(entry);
    if (counts) store<u32>(entry, symbol + 1);
    else {
      n += symbol >>> 27;
      const written = (symbol & 0x7ffffff) | (low & (<u32>-1 >>> zeros));
      all |= (<u64>written) << (64 - n);
      v128.store_lane<u64>(out, reversed(i64x2.splat(all)), 0);
      out += <usize>(n >> 3);
      all <<= n & ~7;
      n &= 7;
    }
    if (order) {
      const next = <i32>ctz(order);
      const run = next - place - 1;
      if (run < 16) {
        place = next;
        order &= order - 1;
        kind = SYMBOLS + (run << 4);
        value = load<i16>(coefficients + ((<usize>load<u8>(NATURAL + <usize>next)) << 1));
      } else {
        place += 16;
        kind = SYMBOLS + 0xf0;
        value = 0;
      }
    } else if (place < 63) {
      place = 63;
      kind = SYMBOLS;
      value = 0;
    } else break;
  }
  if (counts) return;
  bits = all;
  count = <i32>n;
  sink = out;
}

/** The bytes of two numbers in reverse order: WebAssembly's only instruction that turns bytes. */
function reversed(x: v128): v128 {
  return i8x16.shuffle(x, x, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
}
