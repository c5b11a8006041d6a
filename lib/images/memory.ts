// How much memory the pictures of this process take together: those being drawn, and those kept for the next.
import { setInterval } from "node:timers";
import { LRUCache } from "lru-cache";
import { heldBytes, limitHeldBytes } from "../canvas/record/holders.ts";
import { FrozenPicture } from "../canvas/record/referents.ts";
import { imageLimits } from "../concurrency.ts";
import { CanvasError } from "../errors.ts";
import { createSemaphore, type Semaphore } from "../semaphore.ts";
import type { Picture } from "./picture.ts";
import { hasFile, holdPixels, releasePixels } from "./pixels.ts";

/** What decoders may need for a while beside the pixels. */
const DECODER_BYTES: number = 48 * 1024 * 1024;
/** A picture that was not drawn for so long goes, in milliseconds. */
const MAX_AGE = 60_000;
/** What a picture takes beside its bytes and pixels; it bounds how many small ones there are. */
const OVERHEAD_BYTES = 1024;

/**
 * One at a time, over all hosts: draws that wait hold nothing decoded, so none waits for what
 * another one holds that waits, too.
 */
export const inTurn: Semaphore = createSemaphore(1);

const kept = new LRUCache<string, Picture>({
  maxSize: Number.MAX_SAFE_INTEGER,
  sizeCalculation: bytesOf,
  ttl: MAX_AGE,
  updateAgeOnGet: true,
  dispose({ image }) {
    if (image) releasePixels(image);
  },
});
let sweep: NodeJS.Timeout | undefined;

/** The picture that is kept under this key, or its file alone. */
export function keptPicture(key: string): Picture | undefined {
  return kept.get(key);
}

/** Keeps the picture for the next draw, as far as there is room. */
export function keep(picture: Picture): void {
  const { cacheBytes, pixels } = imageLimits();
  const most = Math.min(cacheBytes, pixels * 4);
  if (bytesOf(picture) > most) return;
  if (picture.image) holdPixels(picture.image);
  kept.set(picture.file.key, picture);
  shrink(most);
  sweep ??= setInterval(sweepStale, MAX_AGE / 4).unref();
}

/** Gives up what was not drawn for long, and the timer that asks for it when nothing is left. */
export function sweepStale(): void {
  kept.purgeStale();
  if (kept.size > 0) return;
  clearInterval(sweep);
  sweep = undefined;
}

/**
 * Makes room to decode these pictures, and to hold them together; of those kept the ones drawn
 * longest ago go. Throws TOO_LARGE when they are more than all pictures may be.
 */
export function makeRoom(pictures: readonly Picture["file"][]): void {
  const limit = imageLimits().pixels;
  const pixels = pictures.reduce((sum, file) => sum + file.pixels, 0);
  const most = limit * 4 + DECODER_BYTES;
  const extraBytes = Math.max(0, ...pictures.map((file) => file.extraBytes));
  if (pixels > limit || pixels * 4 + extraBytes > most) {
    const asked = Math.max(pixels, Math.ceil((pixels * 4 + extraBytes - DECODER_BYTES) / 4));
    throw new CanvasError(
      "TOO_LARGE",
      `imagePixels allows ${limit} pixels for all pictures of a draw; with this one they take ${asked}`,
      { hint: "setConcurrency({ imagePixels }) sets it" },
    );
  }
  // What is decoded already is counted twice for a moment: rather too little is kept than too much.
  shrink(Math.max(0, limit * 4 - pixels * 4 - Math.max(0, extraBytes - DECODER_BYTES)));
}

function bytesOf({ file, image }: Picture): number {
  const copy = file.bytes === file.original ? 0 : file.bytes.length;
  return file.original.length + copy + (image ? file.pixels * 4 : 0) + OVERHEAD_BYTES;
}

/** Those that records of canvases hold for exports that are enlarged go last. */
function shrink(most: number): void {
  const held = heldBytes(takesMemory);
  while (kept.size > 0 && kept.calculatedSize + held > most) kept.pop();
  limitHeldBytes(most, takesMemory);
}

/** Pictures of this room are empty in a record, or counted where they are kept or drawn. */
function takesMemory(referent: object): boolean {
  return !(referent instanceof FrozenPicture && referent.image && hasFile(referent.image));
}
