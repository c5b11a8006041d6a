// Makes a PNG file from pixels: analyzes the picture, cuts it into stripes, and encodes these.

import type { Run } from "./executor.ts";
import type { TaskResult } from "./instance.ts";
import type { EncodeJob } from "./job.ts";
import { assemble, type Format } from "./png-file.ts";
import { encodeQuickly } from "./png-quick.ts";
import { LARGE_STRIPE, rowsOf } from "./png-stripes.ts";
import { bytesOf, cut, type Rows } from "./stripes.ts";
import {
  DEFAULT,
  FLAT,
  GREY,
  GREYS,
  INDEX,
  LITTLE,
  MAX_COLOURS,
  OPAQUE,
  PLAIN,
  RGB,
  RGBA,
  SAMPLE,
  SAMPLE_PART,
  SAMPLE_PRIOR,
  SMALL,
  WINDOW,
} from "./wasm.ts";

export type PngJob = Pick<EncodeJob, "width" | "height" | "compression">;

/** A stripe of grey is flat if at most one pixel in so many differs from the one before. */
const FLAT_GREY = 4;
/** The most pixels of a little picture, of which there may be many. */
const LITTLE_PICTURE = 16_384;
/**
 * The most pixels that are looked at in the calling thread, and, if they have few colours, encoded
 * there: that takes 0.7 ms, and messages to threads take as long.
 */
const LOOK_HERE = 400_000;

export async function encodePng(job: PngJob, run: Run): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height } = job;
  if (job.compression === "fast") return encodeQuickly(job, run);
  const small = rowsOf(width, height);
  const isMiddling = width * height <= LOOK_HERE;
  // While a large picture is read, threads have time to try filters, too.
  const search = isMiddling || job.compression === "small" ? 0 : DEFAULT;
  const looks = await run(
    cut(height, small).map(([from, to]) => {
      const [first, end] = sampleOf([from, to]);
      return {
        call: "pngLook",
        args: [width, to - from, search, first - from, end - first],
        parts: [bytesOf(width, [from, to])],
        after: to * width * 4,
        here: isMiddling,
      };
    }),
  );
  const format = choose(looks);
  const rows = format.colours.length > 0 ? Math.ceil(LARGE_STRIPE / width) : small;
  const plan = cut(height, rows);
  const strategies = await strategiesOf(job, format, looks, plan, run);
  const line = 1 + Math.ceil((width * bits(format)) / 8);
  const { kind, depth, colours } = format;
  // A picture of one colour needs no pixels; one of few that is not large takes hardly any time.
  const isOne = kind === INDEX && colours.length === 1;
  const here = isOne || (isMiddling && colours.length > 0 && depth < 8);
  const stripes = await run(
    plan.map(([from, to], i) => {
      // One row more than the window holds: the filters of its first row look at the row above it.
      const prior = Math.min(from, rows, Math.ceil(WINDOW / line) + 1);
      const last = to === height ? 1 : 0;
      const strategy = strategies[i] as number;
      return {
        call: "pngStripe",
        args: [
          width,
          to - from,
          prior,
          kind,
          depth,
          colours.length,
          strategy,
          strategies[i - 1] ?? strategy,
          last,
        ],
        parts: isOne ? [] : [bytesOf(width, [from - prior, to])],
        extra: new Uint8Array(colours.buffer),
        here,
      };
    }),
  );
  return assemble(width, height, format, stripes);
}

/** How to filter and search each stripe. */
async function strategiesOf(
  { width, height, compression }: PngJob,
  { kind, colours }: Format,
  looks: readonly TaskResult[],
  plan: readonly Rows[],
  run: Run,
): Promise<number[]> {
  const isSmall = compression === "small";
  const isLittle = width * height <= LITTLE_PICTURE;
  const search = isSmall ? SMALL : isLittle ? LITTLE : DEFAULT;
  const strategies = plan.map((): number => (search === DEFAULT ? PLAIN : search));
  if (colours.length > 0) return strategies;

  /** Whether fewer than one pixel in `part` differs from the one before. */
  const isFlat = ([from, to]: Rows, i: number, part: number) =>
    !isSmall && ((looks[i] as TaskResult).values[2] as number) * part < (to - from) * width;
  const open: [number, Rows][] = [];
  for (const [i, rows] of plan.entries()) {
    const { values } = looks[i] as TaskResult;
    const strategy = values[3] as number;
    const own = (values[1] as number) & OPAQUE ? RGB : RGBA;
    if (strategy > 0 && kind === own) strategies[i] = strategy;
    // Text and drawings in grey need no filter; others have some tried.
    else if (kind !== GREY || !isFlat(rows, i, FLAT_GREY)) open.push([i, rows]);
  }
  const results = await run(
    open.map(([i, rows]) => {
      const [from, to] = isSmall ? rows : sampleOf(rows);
      return {
        call: "pngFilter",
        args: [width, to - from, kind, search, isFlat(rows, i, FLAT) ? 1 : 0],
        parts: [bytesOf(width, [from, to])],
      };
    }),
  );
  for (const [k, [i]] of open.entries()) strategies[i] = results[k]?.values[0] as number;
  return strategies;
}

/** The middle rows of a stripe. */
function sampleOf([from, to]: Rows): Rows {
  const height = to - from;
  const rows = Math.min(height, Math.max(SAMPLE, Math.floor(height / SAMPLE_PART)) + SAMPLE_PRIOR);
  const first = from + ((height - rows) >> 1);
  return [first, first + rows];
}

function choose(analyses: readonly TaskResult[]): Format {
  let opaque = true;
  let grey = true;
  let few = true;
  const lists: Uint32Array<ArrayBuffer>[] = [];
  for (const { bytes, values } of analyses) {
    const [count = 0, flags = 0] = values;
    opaque &&= (flags & OPAQUE) !== 0;
    grey &&= (flags & GREYS) !== 0;
    few &&= count <= MAX_COLOURS;
    lists.push(new Uint32Array(bytes.buffer));
  }
  const colours = few ? union(lists) : [];
  const none = new Uint32Array(0);
  // So many colours cannot all be grey.
  if (!few || colours.length > MAX_COLOURS)
    return { kind: opaque ? RGB : RGBA, depth: 8, colours: none };
  // Sort colours with alpha first, so that tRNS ends early; then by value, so that near colours
  // have near indices.
  const sorted = Uint32Array.from(colours).sort();
  const depth = sorted.length <= 2 ? 1 : sorted.length <= 4 ? 2 : sorted.length <= 16 ? 4 : 8;
  if (opaque && grey) {
    // Greys need no palette where the depth has them: 8 bits all 256, fewer bits evenly spaced
    // ones.
    const step = 255 / (2 ** depth - 1);
    if (depth === 8) return { kind: GREY, depth, colours: none };
    if (sorted.every((colour) => (colour & 255) % step === 0)) {
      const all = Uint32Array.from(
        { length: 2 ** depth },
        (_, i) => (0xff000000 | (i * step * 0x10101)) >>> 0,
      );
      return { kind: GREY, depth, colours: all };
    }
  }
  return { kind: INDEX, depth, colours: sorted };
}

/** The colours of all lists; stops when there are more than a palette can hold. */
function union(lists: readonly Uint32Array[]): ArrayLike<number> {
  const [first = [], ...others] = lists;
  if (others.length === 0) return first;
  const all = new Set<number>();
  for (const list of lists) {
    for (const colour of list) all.add(colour);
    if (all.size > MAX_COLOURS) break;
  }
  return [...all];
}

function bits({ kind, depth }: Format): number {
  return kind === RGBA ? 32 : kind === RGB ? 24 : depth;
}
