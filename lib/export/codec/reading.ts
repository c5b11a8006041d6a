// Reads a picture's pixels from the engine into memory, piece by piece, in turns with the event
// loop, so that threads encode its first rows meanwhile.

import { nextTurn } from "../../timers.ts";
import { copyBytes } from "./instance.ts";
import type { Source } from "./job.ts";
import { cut, type Piece, pixelsOf } from "./stripes.ts";

/** A picture's pixels, in memory that fills with them. */
export interface Pixels {
  bytes: Uint8Array;
  /** One number: how many bytes, from the first on, are there. */
  read: Int32Array;
}

/**
 * Pixels that are read in a turn. Memory of a copy is free for the next copy only in the next turn,
 * and new memory is slow: 16 MB in pieces of 1 or 2 MB take 2.5 ms, at once 4 ms or, in some
 * virtual machines, 50. With fewer pieces threads wait for the next one less often.
 */
const PIECE = 524_288;

let last: Promise<unknown> = Promise.resolve();

/** Pixels that are yet to be read, in the given memory. */
export function unread(bytes: Uint8Array): Pixels {
  return { bytes, read: new Int32Array(new SharedArrayBuffer(4)) };
}

/**
 * Begins to read a picture, after the pictures before it, since each holds a canvas meanwhile.
 * Resolves once the pieces `first` are read; `rest` does once all are.
 */
export async function startReading(
  pixels: Pixels,
  source: Source,
  first: readonly Piece[],
): Promise<{ rest: Promise<void> }> {
  const steps = copy(pixels, source, first);
  const begun = last.then(() => {
    for (const _ of first) steps.next();
  });
  const rest = begun
    .then(async () => {
      while (!steps.next().done) await nextTurn();
    })
    // Threads that wait for pixels which cannot be read go on, too.
    .finally(() => advance(pixels, pixels.bytes.length));
  last = rest.catch(() => {});
  await begun;
  return { rest };
}

/** Reads all of a picture now, at once. */
export function readNow(source: Source): Uint8Array | Uint8ClampedArray {
  const all: Piece = [0, source.height];
  const [pixels] = [...source.read([all])];
  assertPixels(pixels, source.width, all);
  return pixels;
}

/** How many bytes a picture takes with the pieces `first` behind it. */
export function bytesOfAll({ width, height }: Source, first: readonly Piece[]): number {
  return first.reduce((sum, piece) => sum + pixelsOf(width, piece), width * height) * 4;
}

/** Copies a piece with each step: the pieces `first`, then the rows in order. */
function* copy(
  { bytes, read }: Pixels,
  source: Source,
  first: readonly Piece[],
): Generator<undefined> {
  const { width, height } = source;
  const target = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const pieces = [...first, ...cut(height, Math.ceil(PIECE / width))];
  let i = 0;
  let at = width * height * 4;
  for (const pixels of source.read(pieces)) {
    if (i === first.length) at = 0;
    assertPixels(pixels, width, pieces[i++] as Piece);
    const { buffer, byteOffset, length } = pixels;
    copyBytes(Buffer.from(buffer, byteOffset, length), [0, length], target, at);
    destroy(pixels);
    at += length;
    if (i > first.length) advance({ read }, at);
    if (i < pieces.length) yield;
  }
  // Where nothing was read, the memory has pixels of other pictures.
  const missing = pieces[i];
  if (missing) assertPixels(undefined, width, missing);
}

/** Fails unless a piece is there with all of its pixels. */
export function assertPixels(
  pixels: Uint8Array | Uint8ClampedArray | undefined,
  width: number,
  piece: Piece,
): asserts pixels is Uint8Array | Uint8ClampedArray {
  const count = pixelsOf(width, piece);
  const rows = piece[1] - piece[0];
  const length = pixels?.length ?? 0;
  if (length !== count * 4)
    throw new RangeError(`expected ${count / rows} × ${rows} RGBA pixels, got ${length} bytes`);
}

function advance({ read }: Pick<Pixels, "read">, bytes: number): void {
  Atomics.store(read, 0, bytes);
  Atomics.notify(read, 0);
}

/**
 * Frees the memory of a copy that is no longer needed, before the garbage collector does. Node 20
 * has no way to do that: it lacks `transfer`, and the engine's memory does not go into messages.
 */
export function destroy({ buffer }: Uint8Array | Uint8ClampedArray): void {
  const { transfer } = buffer as { transfer?(length: number): void };
  try {
    transfer?.call(buffer, 0);
  } catch {
    // A stand-in, as that of SES on Node 20, may refuse: the garbage collector then frees it.
  }
}
