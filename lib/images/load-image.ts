// host.loadImage: loads any source that drawing code may name into an image that the caller owns.
import { Image } from "../engine.ts";
import { invalid } from "../errors.ts";
import { isSignal } from "../signal.ts";
import type { Pictures } from "./picture.ts";

export interface LoadImageOptions {
  signal?: AbortSignal | null | undefined;
}

export async function loadImage(
  { pictures }: { pictures: Pictures },
  source: unknown,
  options: LoadImageOptions = {},
): Promise<Image> {
  const { signal } = options;
  const isGiven = signal !== undefined && signal !== null;
  if (isGiven && !isSignal(signal)) throw invalid("signal", "an AbortSignal", signal);
  const image = new Image();
  await pictures.loadInto(image, source, isGiven ? { signal } : {});
  return image;
}
