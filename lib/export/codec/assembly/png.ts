// Encodes one stripe of a PNG picture: pixels → rows → filtered rows → deflate blocks.

import { adler32 } from "./checksum";
import { deflate, estimate } from "./deflate";
import { AVERAGE, apply, choose, NONE, PAETH, repeats, SUB, UP } from "./filter";
import { HEADS, hashBytes, LINKS, matches, runs, WINDOW } from "./lz";
import { ARENA, answer, EXTRA, mark, release, reset, take } from "./memory";
import { optimal } from "./optimal";
import {
  changes,
  convert,
  GREY,
  GREYS,
  look,
  MAX_COLOURS,
  OPAQUE,
  put,
  RGB,
  RGBA,
  SLOTS,
} from "./pixels";

// A strategy to encode a stripe: its filter in bits 0–2, its search from bit 4 on
// (0 = runs only, n = hash chains 2^(n−1) deep).

/** Instead of one filter: the best of the five for each row. */
const ADAPTIVE: i32 = 7;
const RUNS: i32 = 0;
/** Instead of a depth: the cheapest of all sequences. */
const OPTIMAL: i32 = 15;

function strategyOf(filter: i32, search: i32): i32 {
  return filter | (search << 4);
}

/** Strategies without a filter: the searches of little pictures: by default, for fewest bytes. */
export const LITTLE: i32 = 3 << 4;
export const DEFAULT: i32 = 7 << 4;
export const SMALL: i32 = OPTIMAL << 4;
/** By default where a picture is flat: deeper searches find hardly more. */
export const PLAIN: i32 = 6 << 4;

/** The most colours of a stripe that is flat for certain. */
const FEW: i32 = 16;
/** A stripe is flat if at most one pixel in so many differs from the one before. */
export const FLAT: i32 = 8;

/**
 * Looks at a stripe. Answers: its colours (at most 257 of them counted, 256 listed), 2 = their
 * number, 3 = flags (see look()), 4 = how many pixels differ from the one before (0 where few
 * colours say that it is flat). If there are too many colours for a palette and a search is given,
 * it tries filters on `rows` rows from `from` on, too: 5 = the strategy, as of pngFilter, in RGB
 * or, if the stripe has alpha, RGBA; or 0.
 */
export function pngLook(width: i32, height: i32, search: i32, from: i32, rows: i32): void {
  const count = width * height;
  reset((<usize>count) << 2);
  const set = take(SLOTS << 3);
  const list = take(MAX_COLOURS << 2);
  const found = look(ARENA, count, set, list);
  const colours = found & 0xffff;
  const flags = found >>> 16;
  const changed = colours > FEW ? changes(ARENA, count) : 0;
  answer(0, <u32>list);
  answer(1, min(colours, MAX_COLOURS) << 2);
  answer(2, colours);
  answer(3, flags);
  answer(4, changed);
  answer(5, 0);
  if (colours <= MAX_COLOURS || !search) return;
  const sample = ARENA + ((<usize>(width * from)) << 2);
  const format = flags & OPAQUE ? RGB : RGBA;
  answer(5, bestStrategy(sample, width, rows, format, search, changed * FLAT < count));
}

/**
 * Tries filters on rows in a format. Answers: 2 = the strategy by which they become smallest: the
 * given search with a filter, or for noise a filter with a search for runs. The rows are the middle
 * ones of a stripe (see SAMPLE_PART); if the search is SMALL, all of them. In flat rows there is no
 * noise, and the filter is none or adaptive.
 */
export function pngFilter(width: i32, height: i32, format: i32, search: i32, flat: bool): void {
  reset((<usize>(width * height)) << 2);
  answer(1, 0);
  answer(2, bestStrategy(ARENA, width, height, format, search, flat));
}

/** Rows of a sample that are measured at least, the part of a stripe that they are otherwise. */
export const SAMPLE: i32 = 16;
export const SAMPLE_PART: i32 = 8;
/** Rows above them that are only looked back to. */
export const SAMPLE_PRIOR: i32 = 8;
const SAMPLE_COLUMNS: i32 = 128;
const NOISE_ROWS: i32 = 4;
const NOISE_COLUMNS: i32 = 256;
/** The search with which filters are tried. */
const TRIAL: i32 = 3;
/** Filters this close in a sample are measured on the whole stripe. */
const CLOSE: f32 = 1.03;

function bestStrategy(
  pixels: usize,
  width: i32,
  height: i32,
  format: i32,
  search: i32,
  flat: bool,
): i32 {
  const small = search == SMALL;
  const all = prepare(pixels, width, height, format, 8, 0);
  const band = small ? min(height, max(SAMPLE, height / SAMPLE_PART) + SAMPLE_PRIOR) : height;
  const rows = all + stride * ((height - band) >> 1);
  const prior = min(band >> 1, SAMPLE_PRIOR);
  if (!small && !flat) {
    const noisy = noiseFilter(rows, width, band, prior);
    if (noisy) return strategyOf(noisy, RUNS);
  }

  let best = NONE;
  let second = NONE;
  let least: f32 = Infinity;
  let less: f32 = Infinity;
  for (let f = NONE; f <= ADAPTIVE; f++) {
    // 5 and 6 are no filters. Alone, up, average and Paeth are seldom best where repetitions are.
    const isSeldom = (f >= UP && f <= PAETH && !small) || (f == SUB && flat);
    if (f == 5 || f == 6 || isSeldom) continue;
    const bits = measure(rows, band, prior, strategyOf(f, TRIAL));
    if (bits < least) {
      second = best;
      less = least;
      best = f;
      least = bits;
    } else if (bits < less) {
      second = f;
      less = bits;
    }
  }
  if (small && less < least * CLOSE) {
    const bits = measure(all, height, 0, strategyOf(best, TRIAL));
    if (measure(all, height, 0, strategyOf(second, TRIAL)) < bits) best = second;
  }
  return flat && best == NONE && search == DEFAULT ? PLAIN : best | search;
}

/**
 * A search takes six times as long as runs alone, so it must make a sample smaller by this factor.
 */
const WORTH: f32 = 1.05;

/**
 * The filter for a noisy stripe; 0 = not noisy. Where repetitions hardly help, the picture is
 * noisy: runs alone are nearly as small and many times faster. The test itself must be quick: a few
 * rows with filters, a few columns without.
 */
function noiseFilter(rows: usize, width: i32, band: i32, prior: i32): i32 {
  const few = min(band, NOISE_ROWS << 1);
  const half = few >> 1;
  const bytes = <f32>(<i32>rowBytes * (few - half));
  const noise = measure(rows, few, half, strategyOf(ADAPTIVE, RUNS));
  if (noise <= bytes * <f32>0.5) return 0;
  const averaged = measure(rows, few, half, strategyOf(AVERAGE, RUNS));
  const filter = averaged < noise ? AVERAGE : ADAPTIVE;
  const whole = rowBytes;
  let crop = cropTo(NOISE_COLUMNS, rows, width);
  const runs = measure(crop, few, half, strategyOf(ADAPTIVE, RUNS));
  const searched = measure(crop, few, half, strategyOf(ADAPTIVE, 2));
  rowBytes = whole;
  if (runs > searched * WORTH) return 0;
  crop = cropTo(SAMPLE_COLUMNS, rows, width);
  const bits = measure(crop, band, prior, strategyOf(filter, RUNS));
  const plain = measure(crop, band, prior, strategyOf(NONE, TRIAL));
  rowBytes = whole;
  return bits <= plain * WORTH ? filter : 0;
}

/** Shortens the rows to columns of their middle; returns where these begin. */
function cropTo(columns: i32, rows: usize, width: i32): usize {
  const n = min(width, columns);
  rowBytes = <usize>(n * bpp);
  return rows + <usize>(((width - n) >> 1) * bpp);
}

function measure(rows: usize, height: i32, prior: i32, strategy: i32): f32 {
  const before = mark();
  const line = <i32>rowBytes + 1;
  const filtered = take(line * height);
  for (let y = 0; y < height; y++) filter(rows, y, strategy, filtered + line * y);
  const start = line * prior;
  const bytes = line * (height - prior);
  const sequences = take((<usize>bytes / 3 + 64) * 8);
  const end = search(filtered, start, start + bytes, strategy, sequences);
  const bits = estimate(sequences, end, filtered + start);
  release(before);
  return bits;
}

// The rows of the call under way.
let rowBytes: usize = 0;
/** Distance of the pixel to the left, in bytes; 1 where pixels are smaller than bytes. */
let bpp: i32 = 1;
let stride: usize = 0;

/**
 * Zero bytes before each row (the first pixel's left neighbour) and room that 16-byte steps may
 * dirty.
 */
const MARGIN: usize = 32;

function rowAt(rows: usize, y: i32): usize {
  return rows + <usize>(y + 1) * stride + MARGIN;
}

/**
 * Encodes `height` rows that lie in the arena after `prior` rows of the stripe above: the row right
 * above is needed by the filters, the others fill the window. EXTRA holds the palette, if there is
 * one; a picture of one colour needs no pixels. Answers: the bytes, 2 = Adler-32 of the filtered
 * rows, 3 = their length.
 */
export function pngStripe(
  width: i32,
  height: i32,
  prior: i32,
  format: i32,
  depth: i32,
  colours: i32,
  strategy: i32,
  priorStrategy: i32,
  last: bool,
): void {
  const all = prior + height;
  reset(colours == 1 ? 0 : (<usize>width * <usize>all) << 2);
  const rows = prepare(ARENA, width, all, format, depth, colours);

  const line = rowBytes + 1;
  const filtered = take(line * <usize>all);
  const skip = prior > 0 ? 1 : 0; // the first row above has no row above itself here
  for (let y = skip; y < all; y++) {
    filter(rows, y, y < prior ? priorStrategy : strategy, filtered + line * <usize>(y - skip));
  }
  const start = filtered + line * <usize>(prior - skip);
  const bytes = <i32>line * height;
  const window = min(<i32>(start - filtered), WINDOW);

  const sequences = take((<usize>bytes / 3 + 64) * 8);
  const sequencesEnd = search(start - window, window, window + bytes, strategy, sequences);
  const out = take(<usize>bytes + (<usize>bytes >> 6) + 1024);
  const end = deflate(sequences, sequencesEnd, start, last, out);
  answer(0, <u32>out);
  answer(1, <u32>(end - out));
  answer(2, adler32(start, bytes));
  answer(3, bytes);
}

/** Prepares unfiltered rows with zero margins; a row of zeros is above the first. */
function prepare(
  pixels: usize,
  width: i32,
  height: i32,
  format: i32,
  depth: i32,
  colours: i32,
): usize {
  bpp = format == RGBA ? 4 : format == RGB ? 3 : 1;
  rowBytes = format <= RGB ? <usize>(width * bpp) : <usize>((width * depth + 7) >> 3);
  stride = rowBytes + MARGIN + 16;
  let set: usize = 0;
  if (colours) {
    set = take(SLOTS << 3);
    memory.fill(set, 0, SLOTS << 3);
    for (let i = 0; i < colours; i++) put(set, load<u32>(EXTRA + ((<usize>i) << 2)), i);
  }
  const rows = take(stride * <usize>(height + 2));
  memory.fill(rows, 0, stride + MARGIN);
  for (let y = 0; y < height; y++) {
    const row = rowAt(rows, y);
    if (colours == 1) memory.fill(row, 0, rowBytes);
    else convert(pixels + ((<usize>(width * y)) << 2), width, row, format, depth, set);
    // Clear what the conversion wrote behind the row: it is the next row's margin.
    memory.fill(row + rowBytes, 0, MARGIN + 16);
  }
  return rows;
}

function filter(rows: usize, y: i32, strategy: i32, out: usize): void {
  const row = rowAt(rows, y);
  const above = row - stride;
  let f = strategy & 7;
  if (f == ADAPTIVE) {
    if (repeats(row, above, rowBytes)) {
      store<u8>(out, UP);
      memory.fill(out + 1, 0, rowBytes);
      return;
    }
    f = choose(row, above, <i32>rowBytes, bpp, 16);
  }
  apply(f, row, above, <i32>rowBytes, bpp, out);
}

function search(base: usize, start: i32, end: i32, strategy: i32, out: usize): usize {
  const kind = strategy >> 4;
  const above = <i32>rowBytes + 1;
  if (kind == RUNS) return runs(base, start, end, out);
  // Hash two pixels; more behind a filter, where short repetitions are mostly chance.
  hashBytes(strategy & ADAPTIVE ? 8 : bpp == 1 ? 5 : 6);
  if (kind == OPTIMAL) return optimal(base, start, end, bpp, above, out);
  const before = mark();
  const heads = take(HEADS);
  const links = take(LINKS);
  const depth = 1 << (kind - 1);
  // Where a picture is flat or filtered, repetitions begin at whole pixels; gradients need each
  // byte.
  const apart = kind > 6 && (strategy & ADAPTIVE) != ADAPTIVE ? 1 : max(bpp, 3);
  const to = matches(
    base,
    start,
    end,
    depth,
    kind > 5 ? 258 : 130,
    24,
    bpp,
    above,
    apart,
    heads,
    links,
    out,
  );
  release(before);
  return to;
}
