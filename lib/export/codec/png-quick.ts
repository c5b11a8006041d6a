// Makes a PNG file in little time: each stripe is encoded as soon as it is read, in the smallest
// format that holds it. Where stripes differ in that, the smaller ones are encoded again.

import { noteFirstEncoder } from "../../concurrency.ts";
import { type Run, withInstance } from "./executor.ts";
import type { RunTask, Task, TaskResult } from "./instance.ts";
import type { EncodeJob } from "./job.ts";
import { assemble } from "./png-file.ts";
import { rowsOf } from "./png-stripes.ts";
import { assertPixels, destroy } from "./reading.ts";
import { bytesOf, cut, type Part, type Piece, type Rows } from "./stripes.ts";
import { ANY } from "./wasm.ts";

type Size = Pick<EncodeJob, "width" | "height">;

/**
 * The most pixels of a picture that is encoded in the calling thread, if it is flat: that takes
 * less than 1 ms, and messages to threads take as long. So many are encoded again there.
 */
export const MIDDLING = 400_000;

export async function encodeQuickly(size: Size, run: Run): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height } = size;
  const stripes = cut(height, rowsOf(width, height));
  const runAll = (some: readonly Rows[], format: number, here: boolean) =>
    run(
      some.map((stripe): Task => {
        const parts = [bytesOf(width, rowsFor(stripe))];
        const task = taskOf(size, stripe, format, parts);
        return { ...task, after: stripe[1] * width * 4, here, atMost: FORMAT };
      }),
    );
  const results = await runAll(stripes, ANY, false);
  const kind = formatOf(results);
  const others = [...results.keys()].filter((i) => formatOf([results[i] as TaskResult]) !== kind);
  const stripesAgain = others.map((i) => stripes[i] as Rows);
  const rows = stripesAgain.reduce((sum, [from, to]) => sum + to - from, 0);
  const again = await runAll(stripesAgain, kind, rows * width <= MIDDLING);
  for (const [k, i] of others.entries()) results[i] = again[k] as TaskResult;
  return fileOf(size, results);
}

/**
 * Encodes a picture in this thread while it is read. Gives `rest` the job instead, to be read on,
 * if the first stripe is not flat, so that more threads are quicker, or if stripes differ in their
 * formats.
 */
export async function encodeWhileRead(
  job: EncodeJob,
  rest: (job: EncodeJob) => Promise<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Piece[] = [];
  const reader = job.read(pieces);
  const next = (piece: Piece) => {
    pieces.push(piece);
    return reader.next().value as Uint8Array | Uint8ClampedArray | undefined;
  };
  try {
    const bytes = await withInstance((run) => encodeIfFlat(job, next, run));
    if (bytes) {
      noteFirstEncoder("calling thread");
      return bytes;
    }
    const read: EncodeJob["read"] = (more) => {
      pieces.push(...more);
      return reader;
    };
    return await rest({ ...job, read });
  } finally {
    reader.return();
  }
}

/** Gives nothing if the first stripe is not flat, or if stripes differ in their formats. */
function encodeIfFlat(
  size: Size,
  next: (piece: Piece) => Uint8Array | Uint8ClampedArray | undefined,
  run: RunTask,
): Uint8Array<ArrayBuffer> | undefined {
  const { width, height } = size;
  const stripes = cut(height, rowsOf(width, height));
  const results: TaskResult[] = [];
  for (const stripe of stripes) {
    const rows = rowsFor(stripe);
    const piece = next(rows);
    assertPixels(piece, width, rows);
    const onlyIfFlat = stripes.length > 1 && results.length === 0;
    const result = run(piece, taskOf(size, stripe, ANY, [[0, piece.length]], onlyIfFlat));
    destroy(piece);
    if (result.bytes.length === 0) return undefined;
    results.push(result);
  }
  const kind = formatOf(results);
  const isOneKind = results.every((result) => formatOf([result]) === kind);
  return isOneKind ? fileOf(size, results) : undefined;
}

/** The rows that are needed to encode a stripe: the one above it, too. */
function rowsFor([from, to]: Rows): Rows {
  return [Math.max(0, from - 1), to];
}

function taskOf(
  { width, height }: Size,
  [from, to]: Rows,
  format: number,
  parts: readonly Part[],
  onlyIfFlat = false,
): Task {
  const prior = Math.min(from, 1);
  const args = [width, to - from, prior, format, Number(to === height), Number(onlyIfFlat)];
  return { call: "pngQuick", args, parts };
}

/** Where the arguments and the answers have the format. */
const FORMAT = { arg: 3, value: 2 } as const;

/** The smallest format that holds all stripes: they are numbered from the largest on. */
function formatOf(results: readonly TaskResult[]): number {
  return Math.min(...results.map(({ values }) => values[FORMAT.value] as number));
}

function fileOf({ width, height }: Size, results: readonly TaskResult[]): Uint8Array<ArrayBuffer> {
  const format = { kind: formatOf(results), depth: 8, colours: new Uint32Array(0) };
  return assemble(width, height, format, results);
}
