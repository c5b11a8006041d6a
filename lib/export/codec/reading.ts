// Reads a picture's pixels from the engine into memory, piece by piece, in turns with the event
// loop, so that threads encode its first rows meanwhile.

import { nextTurn } from "../../timers.ts";
import { copyBytes } from "./instance.ts";
import type { Source } from "./job.ts";
import { bytesOf, cut, type Rows } from "./stripes.ts";

/** A picture's pixels, in memory that fills with them. */
export interface Pixels {
  bytes: Uint8Array;
  /** One number: how many bytes, from the first on, are there. */
  read: Int32Array;
}

/**
 * Pixels that are read in a turn. Memory of a copy is free for the next copy only in the next turn,
 * and new memory is slow: 16 MB in pieces of 1 or 2 MB take 2.5 ms, at once 4 ms or, in some virtual
 * machines, 50. With fewer pieces threads wait for the next one less often.
 */
const PIECE = 524_288;

let last: Promise<unknown> = Promise.resolve();

/** Pixels that are yet to be read, in the given memory. */
export function unread(bytes: Uint8Array): Pixels {
  return { bytes, read: new Int32Array(new SharedArrayBuffer(4)) };
}

/**
 * Begins to read a picture, after the pictures before it, since each holds a canvas meanwhile.
 * Resolves once the rows `first` are read; `rest` does once all are.
 */
export async function startReading(
  pixels: Pixels,
  source: Source,
  first: readonly Rows[],
): Promise<{ rest: Promise<void> }> {
  const steps = copy(pixels, source, first);
  const begun = last.then(() => {
    for (const _ of first) steps.next();
  });
  const rest = begun
    .then(async () => {
      while (!steps.next().done) await nextTurn();
    })
    // Whoever waits for pixels that cannot be read goes on, too.
    .finally(() => advance(pixels, pixels.bytes.length));
  last = rest.catch(() => {});
  await begun;
  return { rest };
}

/** Reads all of a picture now. */
export function readInto(bytes: Uint8Array, source: Source): void {
  for (const _ of copy({ bytes, read: new Int32Array(1) }, source, []));
}

/** Copies a piece with each step: the rows `first`, then those between them. */
function* copy(
  { bytes, read }: Pixels,
  source: Source,
  first: readonly Rows[],
): Generator<undefined> {
  const { width, height } = source;
  const target = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const pieces = [...first, ...between(height, first, Math.ceil(PIECE / width))];
  let i = 0;
  for (const piece of source.read(pieces)) {
    const rows = pieces[i++] as Rows;
    assertPixels(piece, width, rows);
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    copyBytes(bytes, [0, bytes.length], target, bytesOf(width, rows)[0]);
    destroy(piece);
    // What lies before the next piece is there: the first rows, and the pieces between them.
    if (i > first.length) advance({ read }, (pieces[i]?.[0] ?? height) * width * 4);
    if (i < pieces.length) yield;
  }
}

/** Fails unless a piece has all pixels of its rows. */
export function assertPixels(
  { length }: Uint8Array | Uint8ClampedArray,
  width: number,
  [from, to]: Rows,
): void {
  const expected = `${width} × ${to - from} RGBA pixels`;
  if (length !== (to - from) * width * 4)
    throw new RangeError(`expected ${expected}, got ${length} bytes`);
}

function advance({ read }: Pick<Pixels, "read">, bytes: number): void {
  Atomics.store(read, 0, bytes);
  Atomics.notify(read, 0);
}

/** The rows that are not among `first`, in pieces of at most `most` rows. */
function between(height: number, first: readonly Rows[], most: number): Rows[] {
  const ends = [...first.map(([from]) => from), height];
  return ends.flatMap((end, i) => {
    const start = first[i - 1]?.[1] ?? 0;
    return cut(end - start, most).map(([from, to]): Rows => [start + from, start + to]);
  });
}

/**
 * Frees the memory of a copy that is no longer needed, before the garbage collector does. Node 20
 * has no way to do that: it lacks `transfer`, and the engine's memory does not go into messages.
 */
export function destroy({ buffer }: Uint8Array | Uint8ClampedArray): void {
  const { transfer } = buffer as { transfer?(length: number): void };
  transfer?.call(buffer, 0);
}
