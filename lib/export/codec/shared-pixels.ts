// The shared memory that holds a picture's pixels for all threads. It is kept a while for the next
// picture, since new memory is slow.
import { setTimeout } from "../../timers.ts";

/**
 * Milliseconds without a picture after which the kept memory is dropped; a garbage collection then
 * frees it.
 */
const IDLE_MS = 10_000;

const spare: SharedArrayBuffer[] = [];
let timer: NodeJS.Timeout | undefined;

/** Memory for `bytes` bytes, not cleared. */
export function acquirePixels(bytes: number): Uint8Array<SharedArrayBuffer> {
  const fits = spare.findIndex(({ byteLength }) => byteLength >= bytes);
  // If none fits (−1), the last one is dropped: there are never more than there are pictures at
  // once.
  const [kept] = spare.splice(fits, 1);
  const isEnough = kept && kept.byteLength >= bytes;
  return new Uint8Array(isEnough ? kept : new SharedArrayBuffer(bytes), 0, bytes);
}

export function releasePixels({ buffer }: Uint8Array<SharedArrayBuffer>): void {
  spare.push(buffer);
  timer ??= setTimeout(dropPixels, IDLE_MS).unref();
  timer.refresh();
}

/** Drops the kept memory. */
export function dropPixels(): void {
  spare.length = 0;
}
