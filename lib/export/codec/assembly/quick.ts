// Encodes one stripe of a PNG picture quickly: where a row is like the one above it, nothing is
// done; the rest is converted, filtered and searched for runs while it is in the cache.

import { adlerAdd, adlerBegin, adlerEnd } from "./checksum";
import { deflateAtOnce } from "./deflate";
import { bitBytes, blocksOf, differences, formatSeen, see, startSeeing } from "./differences";
import { apply, choose } from "./filter";
import { endRuns, findRepeats, findRuns, MANY, startRuns } from "./lz";
import { ARENA, answer, reset, take } from "./memory";
import { changes, convert, RGB, RGBA } from "./pixels";
import { writeDifferences } from "./sparse";

/** Instead of a format: any. */
export const ANY: i32 = 15;

/** Zero bytes before and behind a row, which filters look at. */
const MARGIN: usize = 32;
/** Bytes of a row of which a quarter shows the best filter. */
const SHORT_ROW: usize = 256;
const LONG_ROW: usize = 1024;
/**
 * Rows that show whether a stripe is flat: if at most one pixel in FLAT differs from its left one.
 */
const SHOWN: i32 = 8;
const FLAT: i32 = 4;
/** Rows that are not searched for a period after those that had none. */
const LONGEST_PAUSE: i32 = 15;

/**
 * Encodes `height` rows in the smallest format that holds them, GREY, RGB or RGBA, and that is at
 * most `format`: the smaller, the larger its number. `prior` (0 or 1) rows of the stripe above lie
 * before them. Answers: the bytes, 2 = Adler-32 of the filtered rows, 3 = their length, 4 = the
 * format. If the stripe is to be flat and is not, there are no bytes.
 */
export function pngQuick(
  width: i32,
  height: i32,
  prior: i32,
  format: i32,
  last: bool,
  onlyIfFlat: bool,
): void {
  const pixelBytes = (<usize>width) << 2;
  reset(pixelBytes * <usize>(prior + height));
  answer(1, 0);
  if (onlyIfFlat && !isFlat(ARENA, width, height)) return;
  const first = ARENA + pixelBytes * <usize>prior;
  const counts = take((<usize>height) << 2);
  const rowBits = bitBytes(width);
  const bits = take(rowBits * <usize>height);
  memory.fill(bits, 0, rowBits * <usize>height);
  startSeeing();
  see(first, first + pixelBytes);
  let pixels = first;
  for (let y = 0; y < height; y++, pixels += pixelBytes) {
    const count =
      y + prior > 0 ? differences(pixels, width, bits + rowBits * <usize>y) : blocksOf(width);
    store<i32>(counts + ((<usize>y) << 2), count);
  }
  format = min(format, formatSeen());
  const bpp = format == RGBA ? 4 : format == RGB ? 3 : 1;
  const rowBytes = <usize>(width * bpp);
  const line = rowBytes + 1;
  let above = emptyRow(rowBytes);
  let row = emptyRow(rowBytes);
  // The row of pixels that `above` holds; 0 = none.
  let held: usize = prior ? 0 : first;

  const filtered = take(line * <usize>height);
  const sequences = take(((line * <usize>height) / 3 + 64) * 8);
  const step = rowBytes < SHORT_ROW ? 16 : rowBytes < LONG_ROW ? 32 : 64;
  const few = blocksOf(width) >> 1;
  adlerBegin();
  startRuns(filtered, sequences, MANY);
  let pause = 0;
  let rest = 0;
  let out = filtered;
  pixels = first;
  for (let y = 0; y < height; y++, pixels += pixelBytes, out += line) {
    const count = load<i32>(counts + ((<usize>y) << 2));
    const map = bits + rowBits * <usize>y;
    if (count <= few) {
      writeDifferences(pixels, width, map, out, format);
      if (count == 0 && held == pixels - pixelBytes) held = pixels;
      continue;
    }
    if (held != pixels - pixelBytes && y + prior > 0)
      fill(pixels - pixelBytes, width, above, rowBytes, format);
    fill(pixels, width, row, rowBytes, format);
    apply(choose(row, above, <i32>rowBytes, bpp, step), row, above, <i32>rowBytes, bpp, out);
    adlerAdd(out, line);
    if (rest > 0) {
      rest--;
      findRuns(out + 1, out + line, true);
    } else {
      pause = findRepeats(out + 1, out + line) ? 0 : min(2 * pause + 1, LONGEST_PAUSE);
      rest = pause;
    }
    const other = above;
    above = row;
    row = other;
    held = pixels;
  }
  const sequencesEnd = endRuns(out);
  const bytes = out - filtered;
  // A literal takes 14 bits at most.
  const end = take(bytes * 2 + 1024);
  answer(0, <u32>end);
  answer(1, <u32>(deflateAtOnce(sequences, sequencesEnd, filtered, last, end) - end));
  answer(2, adlerEnd());
  answer(3, <u32>bytes);
  answer(4, format);
}

function isFlat(pixels: usize, width: i32, height: i32): bool {
  let changed = 0;
  for (let i = 0; i < SHOWN; i++) {
    const y = ((2 * i + 1) * height) / (2 * SHOWN);
    changed += changes(pixels + ((<usize>(y * width)) << 2), width);
  }
  return changed * FLAT <= SHOWN * width;
}

function emptyRow(bytes: usize): usize {
  const block = take(MARGIN + bytes + MARGIN);
  memory.fill(block, 0, MARGIN + bytes + MARGIN);
  return block + MARGIN;
}

function fill(pixels: usize, width: i32, row: usize, bytes: usize, format: i32): void {
  convert(pixels, width, row, format, 8, 0);
  memory.fill(row + bytes, 0, MARGIN); // clears what the conversion wrote behind the row
}
