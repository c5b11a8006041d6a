// Makes a baseline JPEG file from pixels: its tables, the stripes joined by restart markers, and
// the file around them.

import type { Run } from "./executor.ts";
import type { Needed, TaskResult } from "./instance.ts";
import type { EncodeJob } from "./job.ts";
import { bytesOf, cut, type Part, type Piece, type Rows } from "./stripes.ts";
import { LENGTHS } from "./wasm.ts";

export type JpegJob = Pick<
  EncodeJob,
  "width" | "height" | "quality" | "background" | "compression"
>;

/**
 * About how many pixels a stripe has. As in png-stripes.ts, the cut depends on the picture alone.
 */
const STRIPE = 150_000;
/**
 * The quality at which chroma has full resolution, as in the engine's files; below, it has half of
 * it in both directions.
 */
const FULL_CHROMA = 100;
/**
 * Pixels that give good statistics. Of larger pictures one row of units in several is sampled, so
 * that each sample has this many or more.
 */
const LEAST_SAMPLE = 60_000;
/**
 * The most rows of units of which one is sampled, and about how many pixels are. For `"fast"`
 * there are fewer rows, since those are read first: threads begin sooner.
 */
const SAMPLES = {
  default: [7, 196_608],
  fast: [32, 60_000],
} as const;
/**
 * By how many places the samples move from one row of units to the next: the first that is no
 * divisor of their number, so that they come to every place.
 */
const STEPS = [5, 7, 11, 13] as const;

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
  parts: readonly Part[],
): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height } = job;
  const [r, g, b] = job.background;
  const unit = unitOf(job);
  const settings = [(b << 16) | (g << 8) | r, unit === 8 ? 1 : 0];
  const stripes = intervals(width, height, unit);
  const quantisers = [quantiser(LUMA, job.quality), quantiser(CHROMA, job.quality)] as const;
  const isSampled = sample.pieces.length > 0;
  const tables: Needed = {
    call: "jpegTables",
    outputBytes: LENGTHS + 4 * 256,
    args: [sample.width, sample.height, ...settings, isSampled ? 1 : 0],
    parts: isSampled ? parts : [bytesOf(width, [0, height])],
    extra: Buffer.concat(quantisers),
  };
  const scans = await run(
    stripes.map(([from, to]) => ({
      call: "jpegStripe",
      args: [width, to - from, ...settings],
      parts: [bytesOf(width, [from, to])],
      needs: tables,
      after: (isSampled ? to : height) * width * 4,
    })),
  );
  const { needed } = scans[0] as TaskResult;
  const lengths = [0, 1, 2, 3].map((t) => {
    const start = LENGTHS + t * 256;
    return (needed as Uint8Array).subarray(start, start + 256);
  });
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
  /** What is read for it before the picture; none if it is all of the picture. */
  pieces: Piece[];
  /** Pixels across and down. */
  width: number;
  height: number;
}

export function sampleOf(job: JpegJob): Sample {
  const { width, height } = job;
  const unit = unitOf(job);
  const [most, pixels] = SAMPLES[job.compression === "fast" ? "fast" : "default"];
  const every = Math.max(1, Math.min(most, Math.round((width * height) / LEAST_SAMPLE)));
  const last = Math.floor(height / unit) - 1;
  const rows: number[] = [];
  for (let y = Math.max(0, Math.min(every, last) >> 1); y <= last; y += every) rows.push(y * unit);
  if (every === 1 || rows.length === 0) return { pieces: [], width, height };

  const columns = Math.min(width, unit * Math.ceil(pixels / (rows.length * unit * unit)));
  const places = Math.floor(width / columns);
  const step = STEPS.find((prime) => places % prime > 0) as number;
  const pieces = rows.map((y, i): Piece => {
    // Further to the right from one to the next.
    const left = ((i * step) % places) * columns;
    return [y, y + unit, left, left + columns];
  });
  return { pieces, width: columns, height: rows.length * unit };
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
  lengths.forEach((length, symbol) => {
    byLength[length]?.push(symbol);
  });
  const used = byLength.slice(1);
  return [Uint8Array.from(used, (symbols) => symbols.length), Uint8Array.from(used.flat())];
}
