// Encodes one stripe of a PNG picture quickly: each row is compared with the one above, converted,
// filtered and searched for runs while it is in the cache.

import { adlerAdd, adlerAddZeros, adlerBegin, adlerEnd } from "./checksum";
import { deflateAtOnce } from "./deflate";
import { apply, choose, repeats, UP } from "./filter";
import { emitRun, endRuns, findRepeats, findRuns, startRuns } from "./lz";
import { ARENA, answer, reset, take } from "./memory";
import { convert, GREY, RGB, RGBA, smallestFormat } from "./pixels";

/** Instead of a format: the smallest that holds the stripe. */
export const ANY: i32 = 15;

/** Zero bytes before and behind a row, which filters look at. */
const MARGIN: usize = 32;
/** Bytes of a row of which a quarter shows the best filter. */
const SHORT_ROW: usize = 256;
const LONG_ROW: usize = 1024;
/** Rows that are not searched for a period after those that had none. */
const LONGEST_PAUSE: i32 = 15;

/**
 * Encodes `height` rows in GREY, RGB or RGBA; `prior` (0 or 1) rows of the stripe above lie before
 * them. Answers: the bytes, 2 = Adler-32 of the filtered rows, 3 = their length, 4 = the smallest
 * format that holds the stripe.
 */
export function pngQuick(width: i32, height: i32, prior: i32, format: i32, last: bool): void {
  const pixelBytes = (<usize>width) << 2;
  reset(pixelBytes * <usize>(prior + height));
  const first = ARENA + pixelBytes * <usize>prior;
  const repeated = take(<usize>height);
  let smallest = GREY;
  let pixels = first;
  for (let y = 0; y < height; y++, pixels += pixelBytes) {
    const isRepeated = y + prior > 0 && repeats(pixels, pixels - pixelBytes, pixelBytes);
    store<u8>(repeated + <usize>y, isRepeated);
    if (!isRepeated || y == 0) smallest = min(smallest, smallestFormat(pixels, width));
  }
  if (format == ANY) format = smallest;
  const bpp = format == RGBA ? 4 : format == RGB ? 3 : 1;
  const rowBytes = <usize>(width * bpp);
  const line = rowBytes + 1;
  let above = emptyRow(rowBytes);
  let row = emptyRow(rowBytes);
  if (prior) fill(ARENA, width, above, rowBytes, format);

  const filtered = take(line * <usize>height);
  const sequences = take(((line * <usize>height) / 3 + 64) * 8);
  const step = rowBytes < SHORT_ROW ? 16 : rowBytes < LONG_ROW ? 32 : 64;
  adlerBegin();
  startRuns(filtered, sequences);
  let pause = 0;
  let rest = 0;
  let out = filtered;
  pixels = first;
  for (let y = 0; y < height; y++, pixels += pixelBytes, out += line) {
    if (load<u8>(repeated + <usize>y)) {
      // Zeros, of which all but the first are a run: they are not read.
      store<u64>(out, UP);
      adlerAddZeros(UP, <u32>rowBytes);
      if (rowBytes > 7) emitRun(out + 2, <i32>rowBytes - 1, 1);
      continue;
    }
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
  }
  const sequencesEnd = endRuns(out);
  const bytes = out - filtered;
  // A literal takes 14 bits at most.
  const result = take(bytes * 2 + 1024);
  const end = deflateAtOnce(sequences, sequencesEnd, filtered, last, result);
  answer(0, <u32>result);
  answer(1, <u32>(end - result));
  answer(2, adlerEnd());
  answer(3, <u32>bytes);
  answer(4, smallest);
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
