// Makes a baseline JPEG file from pixels: its tables, the stripes joined by restart markers, and
// the file around them.

import { type Run, runHere } from "./executor.ts";
import type { TaskResult } from "./instance.ts";
import type { EncodeJob } from "./job.ts";
import { bytesOf, cut, type Part, type Rows } from "./stripes.ts";
import { SYMBOLS } from "./wasm.ts";

export type JpegJob = Pick<
  EncodeJob,
  "width" | "height" | "quality" | "background" | "compression"
>;

/** About how many pixels a stripe has. As in png.ts, the cut depends on the picture alone. */
const STRIPE = 150_000;
/**
 * The quality at which chroma has full resolution, as in the engine's files; below, it has half of
 * it in both directions.
 */
const FULL_CHROMA = 100;
/**
 * Pixels that give good statistics. Of larger pictures one row of units in several is sampled, in
 * MOST_SKIPPED at most, so that their sample may be larger.
 */
const SAMPLE = 60_000;
const MOST_SKIPPED = 8;
/** At most so many tasks look at the sample, so that all threads are done at about the same time. */
const SAMPLE_PIECES = 8;
/** Of more for `"fast"`: the fewer rows are read first, the sooner threads begin. */
const MOST_SKIPPED_FAST = 32;
/** By how many places the samples of `"fast"` move from one row of units to the next. */
const STEP = 5;

// Annex K of the JPEG specification (ITU T.81), by rows.
// biome-ignore format: a table
const LUMA = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
  14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
  18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
  49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];
// biome-ignore format: a table
const CHROMA = [
  17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
  24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];
/** Places in a table by rows, in zigzag order. */
// biome-ignore format: a table
const ZIGZAG = [
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
  12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
  58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

export async function encodeJpeg(
  job: JpegJob,
  sample: Sample,
  run: Run,
): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height } = job;
  const isFast = job.compression === "fast";
  const [r, g, b] = job.background;
  const unit = unitOf(job);
  const settings = [(b << 16) | (g << 8) | r, unit === 8 ? 1 : 0];
  const stripes = intervals(width, height, unit);
  const quantisers = [quantiser(LUMA, job.quality), quantiser(CHROMA, job.quality)];
  const extra = new Uint8Array(512 + 4 * 256);
  for (const [i, table] of quantisers.entries()) extra.set(table, i * 64);

  const { across } = sample;
  const stats = await run(
    sample.pieces.map((parts) => {
      const bytes = parts.reduce((sum, [from, to]) => sum + to - from, 0);
      return {
        call: "jpegStats",
        args: [across, bytes / across / 4, ...settings],
        parts,
        extra,
        after: sample.rows.length > 0 ? 0 : (parts.at(-1) as Part)[1],
        here: isFast && sample.rows.length > 0,
      };
    }),
  );
  const counts = new Uint8Array(countSymbols(stats, sample.every > 1).buffer);
  const parts = [[0, counts.length]] as const;
  const tables = await runHere(counts, { call: "jpegTables", args: [], parts });
  const lengths = [0, 1, 2, 3].map((t) => tables.bytes.subarray(t * SYMBOLS, t * SYMBOLS + 256));
  for (const [i, table] of lengths.entries()) extra.set(table, 512 + i * 256);

  const scans = await run(
    stripes.map(([from, to]) => ({
      call: "jpegStripe",
      args: [width, to - from, ...settings],
      parts: [bytesOf(width, [from, to])],
      extra,
      after: to * width * 4,
    })),
  );
  const [, firstEnd] = stripes[0] as Rows;
  const interval = stripes.length > 1 ? (Math.ceil(width / unit) * firstEnd) / unit : 0;
  return Buffer.concat([
    ...head(job, unit, quantisers, lengths, interval),
    ...scans.flatMap(({ bytes }, i) => (i === 0 ? [bytes] : [marker(0xd0 + ((i - 1) % 8)), bytes])),
    marker(0xd9),
  ]);
}

/** Pixels of a unit's side. */
function unitOf({ quality }: JpegJob): number {
  return quality >= FULL_CHROMA ? 8 : 16;
}

/**
 * Cuts the picture into stripes of whole units. Each stripe is a restart interval: all but the last
 * have the same number of units, 65,535 at most.
 */
function intervals(width: number, height: number, unit: number): Rows[] {
  const across = Math.ceil(width / unit);
  const most = Math.floor(65_535 / across);
  return cut(height, unit * Math.max(1, Math.min(Math.round(STRIPE / width / unit), most)));
}

/** What of a picture gives the statistics: nearly as good as those of all, in less time. */
interface Sample {
  /** One row of units in so many. */
  every: number;
  /** These rows; none if all of the picture is looked at. */
  rows: Rows[];
  /** How many pixels of each row. */
  across: number;
  /** Those pixels, in pieces. */
  pieces: Part[][];
}

export function sampleOf(job: JpegJob): Sample {
  const { width, height } = job;
  const unit = unitOf(job);
  const isFast = job.compression === "fast";
  const most = isFast ? MOST_SKIPPED_FAST : MOST_SKIPPED;
  const every = Math.max(1, Math.min(most, Math.round((width * height) / SAMPLE)));
  const rows: Rows[] = [];
  for (let y = (every >> 1) * unit; y + unit <= height; y += every * unit) rows.push([y, y + unit]);
  if (every === 1 || rows.length === 0) {
    const pieces = intervals(width, height, unit).map((rows) => [bytesOf(width, rows)]);
    return { every, rows: [], across: width, pieces };
  }
  if (isFast) {
    const across = Math.min(width, unit * Math.ceil(SAMPLE / (rows.length * unit * unit)));
    return { every, rows, across, pieces: [columnsOf(width, rows, across)] };
  }
  const perPiece = Math.ceil(rows.length / SAMPLE_PIECES);
  const pieces = Array.from({ length: Math.ceil(rows.length / perPiece) }, (_, i) =>
    rows.slice(i * perPiece, (i + 1) * perPiece).map((some) => bytesOf(width, some)),
  );
  return { every, rows, across: width, pieces };
}

/** Some columns of each row of units, further to the right from one to the next. */
function columnsOf(width: number, rows: readonly Rows[], columns: number): Part[] {
  const places = Math.floor(width / columns);
  return rows.flatMap(([from, to], i) => {
    const x = ((i * STEP) % places) * columns;
    return Array.from({ length: to - from }, (_, row): Part => {
      const start = ((from + row) * width + x) * 4;
      return [start, start + columns * 4];
    });
  });
}

/** A table of Annex K at a quality, scaled as by libjpeg and so by the engine, in zigzag order. */
function quantiser(table: readonly number[], quality: number): Uint8Array {
  const q = Math.min(100, Math.max(1, Math.round(quality)));
  const scale = q < 50 ? Math.floor(5000 / q) : 200 - 2 * q;
  return Uint8Array.from(ZIGZAG, (place) => {
    const value = Math.floor(((table[place] as number) * scale + 50) / 100);
    return Math.min(255, Math.max(1, value));
  });
}

function countSymbols(stats: readonly TaskResult[], sampled: boolean): Uint32Array<ArrayBuffer> {
  const counts = new Uint32Array(SYMBOLS * 4);
  for (const { bytes } of stats) {
    const part = new Uint32Array(bytes.buffer);
    for (const [i, count] of part.entries()) counts[i] = (counts[i] as number) + count;
  }
  for (let t = 0; t < 4; t++) {
    const table = counts.subarray(t * SYMBOLS, (t + 1) * SYMBOLS);
    const dc = t % 2 === 0;
    for (let s = 0; s < 256; s++) {
      // Symbol 256, set below, must keep the lowest count. A sample may lack symbols that the
      // picture has, so every possible symbol gets a count.
      const possible = dc ? s < 12 : s === 0 || s === 0xf0 || (s % 16 > 0 && s % 16 < 11);
      const count = table[s] as number;
      table[s] = count > 0 ? count * 2 + 1 : sampled && possible ? 2 : 0;
    }
    table[256] = 1;
  }
  return counts;
}

function marker(code: number, ...data: (number | Uint8Array)[]): Uint8Array {
  const parts = data.map((part) => (typeof part === "number" ? Uint8Array.of(part) : part));
  const length = parts.reduce((sum, part) => sum + part.length, 2);
  const start = parts.length > 0 ? [0xff, code, length >> 8, length & 255] : [0xff, code];
  return Buffer.concat([Uint8Array.from(start), ...parts]);
}

function head(
  { width, height }: JpegJob,
  unit: number,
  quantisers: readonly Uint8Array[],
  lengths: readonly Uint8Array[],
  interval: number,
): Uint8Array[] {
  const parts = [
    marker(0xd8),
    // JFIF 1.1, square pixels.
    marker(0xe0, Buffer.from("JFIF\0", "latin1"), Uint8Array.of(1, 1, 0, 0, 1, 0, 1, 0, 0)),
    ...quantisers.map((table, i) => marker(0xdb, i, table)),
    marker(
      0xc0,
      Uint8Array.of(8, height >> 8, height & 255, width >> 8, width & 255, 3),
      Uint8Array.of(1, unit === 8 ? 0x11 : 0x22, 0, 2, 0x11, 1, 3, 0x11, 1),
    ),
    ...lengths.map((table, i) => marker(0xc4, ((i % 2) << 4) | (i >> 1), ...huffmanTable(table))),
  ];
  if (interval > 0) parts.push(marker(0xdd, interval >> 8, interval & 255));
  parts.push(marker(0xda, Uint8Array.of(3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0)));
  return parts;
}

/** How many codes each length has, then the symbols in the order of their codes. */
function huffmanTable(lengths: Uint8Array): [counts: Uint8Array, symbols: Uint8Array] {
  const byLength = Array.from({ length: 17 }, (): number[] => []);
  for (const [symbol, length] of lengths.entries()) byLength[length]?.push(symbol);
  const used = byLength.slice(1);
  return [Uint8Array.from(used, (symbols) => symbols.length), Uint8Array.from(used.flat())];
}
