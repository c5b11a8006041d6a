// The pixels of decoded pictures: given back as soon as nothing holds them any more.
import { Image } from "../engine.ts";
import { markRevivable, quietly } from "../engine-changes.ts";
import { decodeInto, setSource } from "./decode.ts";
import type { PictureFile } from "./picture.ts";

/** By image: the file that it was made of, and how many draws and caches hold its pixels. */
const states = new WeakMap<Image, { file: PictureFile; holders: number }>();

/** Decodes the file into an image of this library's own; its pixels are held once. */
export async function decode(file: PictureFile): Promise<Image> {
  const image = new Image();
  await decodeInto(image, file);
  states.set(image, { file, holders: 1 });
  markRevivable(image);
  return image;
}

export function holdPixels(image: Image): void {
  const state = states.get(image);
  if (state) state.holders++;
}

/**
 * Gives the pixels back when nobody holds them any more: the engine would do so when the image is
 * collected, which is late. A canvas on which it was drawn has what it needs of it.
 */
export function releasePixels(image: Image): void {
  const state = states.get(image);
  if (!state || --state.holders > 0) return;
  // Unnoticed by records that refer to it: they would copy the picture before it changes.
  quietly(() => setSource(image, NOTHING));
}

const NOTHING: Buffer = Buffer.alloc(0);

/** Whether the image was made here, and its pixels can be made again. */
export function hasFile(image: Image): boolean {
  return states.has(image);
}

/** The file of an image whose pixels were given back. */
export function fileOfEmpty(image: Image): PictureFile | undefined {
  const state = states.get(image);
  return state?.holders === 0 ? state.file : undefined;
}
