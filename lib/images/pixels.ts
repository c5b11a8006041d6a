// Counts the holders of decoded pictures, and releases the pixels with the last of them.

import { markRevivable, quietly } from "../engine/changes.ts";
import { Image } from "../engine/engine.ts";
import { decodeInto } from "./decode.ts";
import type { PictureFile } from "./picture.ts";

/** For each image: the file that it was decoded from, and how many draws and caches hold it. */
const states = new WeakMap<Image, { file: PictureFile; holders: number }>();

/** Decodes the file into a new image; the caller is the first holder of its pixels. */
export async function decode(file: PictureFile, deadline?: AbortSignal): Promise<Image> {
  const image = new Image();
  await decodeInto(image, file, { deadline });
  states.set(image, { file, holders: 1 });
  markRevivable(image, fileBytes(file));
  return image;
}

export function holdPixels(image: Image): void {
  const state = states.get(image);
  if (state) state.holders++;
}

/**
 * Frees the pixels with the last holder: the engine would free them only when the image is
 * garbage-collected, which is late. A canvas on which the image was drawn has its own pixels.
 */
export function releasePixels(image: Image): void {
  const state = states.get(image);
  if (!state || --state.holders > 0) return;
  // Without informing records that refer to it: they would copy the picture before it changes.
  quietly(() => {
    image.src = NOTHING;
  });
}

const NOTHING: Buffer = Buffer.alloc(0);

/** The memory of the file, without pixels. */
export function fileBytes({ bytes, original }: PictureFile): number {
  return original.length + (bytes.buffer === original.buffer ? 0 : bytes.length);
}

/** The file of an image whose pixels were freed; undefined for any other image. */
export function fileOfEmpty(image: Image): PictureFile | undefined {
  const state = states.get(image);
  return state?.holders === 0 ? state.file : undefined;
}
