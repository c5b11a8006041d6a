// Bounds the memory of this process's pictures: those being drawn, and those cached for the next.
import { LRUCache } from "lru-cache";
import { heldBytes, limitHeldBytes } from "../canvas/record/holders.ts";
import { imageLimits } from "../concurrency.ts";
import { CanvasError } from "../errors.ts";
import { createSemaphore, type Semaphore } from "../semaphore.ts";
import { clearInterval, setInterval } from "../timers.ts";
import type { Picture } from "./picture.ts";
import { fileBytes, holdPixels, releasePixels } from "./pixels.ts";

/** Memory that decoders may need temporarily beside the pixels. */
const DECODER_BYTES: number = 48 * 1024 * 1024;
/**
 * What records may hold beside pictures in any case: thousands of small files, which no large
 * picture takes from them. Decoders and records together stay below 64 MiB.
 */
const RECORD_BYTES: number = 2 * 1024 * 1024;
/** A picture that was not drawn for this long leaves the cache, in milliseconds. */
const MAX_AGE = 60_000;
/** What a picture takes beside its bytes and pixels; it bounds the number of small ones. */
const OVERHEAD_BYTES = 1024;

/**
 * One draw decodes at a time, over all hosts. A draw that waits for its turn has decoded nothing
 * itself, so two draws never wait for what the other one holds.
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

/** The picture that is cached under this key; it may be the file without decoded pixels. */
export function keptPicture(key: string): Picture | undefined {
  return kept.get(key);
}

/** Caches the picture for the next draw, as far as there is room. */
export function keep(picture: Picture): void {
  const { cacheBytes, pixels } = imageLimits();
  const most = Math.min(cacheBytes, pixels * 4);
  if (bytesOf(picture) > most) return;
  if (picture.image) holdPixels(picture.image);
  kept.set(picture.file.key, picture);
  shrink(most);
  sweep ??= setInterval(sweepStale, MAX_AGE / 4).unref();
}

/** Drops pictures that were not drawn for long, and stops the timer once the cache is empty. */
export function sweepStale(): void {
  kept.purgeStale();
  if (kept.size > 0) return;
  clearInterval(sweep);
  sweep = undefined;
}

/** What pictures take that are decoded one after another and held together. */
export type Needed = Pick<Picture["file"], "pixels" | "extraBytes">;

export const NOTHING: Needed = { pixels: 0, extraBytes: 0 };

/** What they need with one more: the pixels of all, and once what a decoder needs temporarily. */
export function withOneMore(some: Needed, { pixels, extraBytes }: Needed): Needed {
  return {
    pixels: some.pixels + pixels,
    extraBytes: Math.max(some.extraBytes, extraBytes),
  };
}

/**
 * Makes room to decode pictures and to hold them together: cached pictures go, least recently drawn
 * first. Throws TOO_LARGE when the pictures exceed the limit for all pictures.
 */
export function makeRoom({ pixels, extraBytes }: Needed): void {
  const limit = imageLimits().pixels;
  const most = limit * 4 + DECODER_BYTES;
  if (pixels > limit || pixels * 4 + extraBytes > most) {
    const asked = Math.max(pixels, Math.ceil((pixels * 4 + extraBytes - DECODER_BYTES) / 4));
    throw new CanvasError(
      "TOO_LARGE",
      `imagePixels allows ${limit} pixels for all pictures of a draw; with this one they take ${asked}`,
      { hint: "setConcurrency({ imagePixels }) sets it" },
    );
  }
  // Pictures that are decoded already count twice for a moment: better to cache too little.
  shrink(Math.max(0, limit * 4 - pixels * 4 - Math.max(0, extraBytes - DECODER_BYTES)));
}

function bytesOf({ file, image }: Picture): number {
  return fileBytes(file) + (image ? file.pixels * 4 : 0) + OVERHEAD_BYTES;
}

/**
 * Shrinks the cache first, then what canvas records hold for enlarged exports. A file that both have
 * counts twice: better to cache too little.
 */
function shrink(most: number): void {
  const held = heldBytes();
  while (kept.size > 0 && kept.calculatedSize + held > most) kept.pop();
  limitHeldBytes(most + RECORD_BYTES);
}
