// Filters a row of a PNG picture of which few pixels differ from those above: the others become
// zeros, which are not even written.

import { adlerAdd, adlerAddByte, adlerAddZeros } from "./checksum";
import { BLOCK, BLOCK_PIXELS } from "./differences";
import { PAETH, paeth, sizes, total, UP, wide } from "./filter";
import { emitRun, findRuns } from "./lz";
import { grey, RGB, RGBA, rgb } from "./pixels";

/** Bytes of a run of zeros that is worth a match. */
const LEAST_ZEROS: usize = 13;

/**
 * Writes a row of which some blocks differ from those above, and the ends of the runs of zeros
 * between them. Its filter is UP or PAETH: by both, the other blocks become zeros.
 */
export function writeDifferences(
  pixels: usize,
  width: i32,
  map: usize,
  out: usize,
  format: i32,
): void {
  const filter = quickFilter(pixels, width, map);
  store<u8>(out, filter);
  adlerAddByte(filter);
  const bpp: usize = format == RGBA ? 4 : format == RGB ? 3 : 1;
  // By PAETH, a pixel whose left neighbour differs need not be zero.
  const more = filter == PAETH ? 1 : 0;
  const row = out + 1;
  let done = row;
  let zeros = row; // where the zeros begin that are yet to be a match
  for (let base = 0; base < width; base += BLOCK_PIXELS << 6, map += 8) {
    let word = load<u64>(map);
    while (word) {
      const skipped = <i32>ctz(word);
      const blocks = <i32>ctz(~(word >> skipped));
      word = skipped + blocks < 64 ? word & (~(<u64>0) << (skipped + blocks)) : 0;
      const from = base + skipped * BLOCK_PIXELS;
      const to = min(from + blocks * BLOCK_PIXELS + more, width);
      let start = row + <usize>from * bpp;
      let end = row + <usize>to * bpp;
      if (start > done) writeZeros(done, start);
      filterPixels(filter, pixels, width, from, to, start, format);
      start = max(start, done); // what the run before has
      adlerAdd(start, end - start);
      done = end;
      start += leadingZeros(start, end);
      end -= trailingZeros(start, end);
      if (start == end) continue;
      emitZeros(zeros, start);
      findRuns(start, end, true);
      zeros = end;
    }
  }
  const end = row + <usize>width * bpp;
  if (end > done) writeZeros(done, end);
  emitZeros(zeros, end);
}

/** Writes zeros; of many, only the two that are read. */
function writeZeros(p: usize, end: usize): void {
  adlerAddZeros(<u32>(end - p));
  if (end - p < 16) {
    memory.fill(p, 0, end - p);
  } else {
    store<u8>(p, 0);
    store<u8>(end - 1, 0);
  }
}

/** Adds a run of zeros. */
function emitZeros(p: usize, end: usize): void {
  if (end - p >= LEAST_ZEROS) emitRun(p + 1, <i32>(end - p - 1), 1);
}

function leadingZeros(p: usize, end: usize): usize {
  let q = p;
  for (; q < end; q += 8) {
    const x = load<u64>(q);
    if (x) return min(q + (<usize>ctz(x) >> 3), end) - p;
  }
  return end - p;
}

function trailingZeros(p: usize, end: usize): usize {
  let q = end;
  for (; q > p; q -= 8) {
    const x = load<u64>(q - 8);
    if (x) return min(end - q + (<usize>clz(x) >> 3), end - p);
  }
  return end - p;
}

/**
 * UP or PAETH for a row of at least five pixels: by a quarter of the blocks that differ from those
 * above.
 */
function quickFilter(pixels: usize, width: i32, map: usize): i32 {
  const bytes = (<usize>width) << 2;
  const end = pixels + bytes;
  let u = i32x4.splat(0);
  let t = u;
  for (let base = pixels; base < end; base += BLOCK << 6, map += 8) {
    for (let word = load<u64>(map); word; word &= word - 1) {
      const p = min(base + <usize>ctz(word) * BLOCK + 16, end - 16);
      const q = p - bytes;
      const x = v128.load(p);
      const a = v128.load(p - 4);
      const b = v128.load(q);
      const c = v128.load(q - 4);
      u = i32x4.add(u, wide(sizes(i8x16.sub(x, b))));
      t = i32x4.add(t, wide(sizes(i8x16.sub(x, paeth(a, b, c)))));
    }
  }
  return total(t) < total(u) ? PAETH : UP;
}

/**
 * Filters a part of a row of pixels by UP or PAETH, and writes samples of a format without a
 * palette. Another row lies right above it.
 */
function filterPixels(
  filter: i32,
  pixels: usize,
  width: i32,
  from: i32,
  to: i32,
  out: usize,
  format: i32,
): void {
  const bytes = (<usize>width) << 2;
  const end = pixels + ((<usize>to) << 2);
  const step: usize = format == RGBA ? 16 : format == RGB ? 12 : 4;
  // Nothing is to the left of a row.
  let isFirst = from == 0;
  for (let p = pixels + ((<usize>from) << 2); p < end; p += 16, out += step) {
    let x = v128.load(p);
    const b = v128.load(p - bytes);
    if (filter == UP) {
      x = i8x16.sub(x, b);
    } else {
      let a = v128.load(p - 4);
      let c = v128.load(p - bytes - 4);
      if (isFirst) {
        a = i32x4.replace_lane(a, 0, 0);
        c = i32x4.replace_lane(c, 0, 0);
        isFirst = false;
      }
      x = i8x16.sub(x, paeth(a, b, c));
    }
    if (format == RGBA) v128.store(out, x);
    else if (format == RGB) v128.store(out, rgb(x));
    else store<u32>(out, grey(x));
  }
}
