// Where the pixels of pictures lie that all threads read; kept a while for the next one, since new memory is slow.
import { setTimeout } from "node:timers";

/** Shared memory only goes with a garbage collection: what is kept is dropped after so long without a picture. */
const IDLE_MS = 10_000;

const spare: SharedArrayBuffer[] = [];
let timer: NodeJS.Timeout | undefined;

/** Memory for so many bytes, with anything in it. */
export function acquirePixels(bytes: number): Uint8Array<SharedArrayBuffer> {
  const fits = spare.findIndex(({ byteLength }) => byteLength >= bytes);
  // If none does, the last goes: there are never more than there are pictures at once.
  const [kept] = spare.splice(fits, 1);
  const isEnough = kept && kept.byteLength >= bytes;
  return new Uint8Array(isEnough ? kept : new SharedArrayBuffer(bytes), 0, bytes);
}

export function releasePixels({ buffer }: Uint8Array<SharedArrayBuffer>): void {
  spare.push(buffer);
  timer ??= setTimeout(dropPixels, IDLE_MS).unref();
  timer.refresh();
}

/** Gives up what is kept. */
export function dropPixels(): void {
  spare.length = 0;
}
