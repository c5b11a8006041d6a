// host.loadImage: loads any source that drawing code may name into an image that the caller owns.
import * as z from "zod/mini";
import { Image } from "../engine/engine.ts";
import { lazily } from "../late.ts";
import { abortSignal } from "../option-parts.ts";
import { parse } from "../validate.ts";
import type { Pictures } from "./picture.ts";

export interface LoadImageOptions {
  signal?: AbortSignal | null | undefined;
}

const schema = lazily(() => z.object({ signal: z.nullish(abortSignal()) }));

export async function loadImage(
  { pictures }: { pictures: Pictures },
  source: unknown,
  options?: LoadImageOptions,
): Promise<Image> {
  const { signal } = parse(schema, options);
  const image = new Image();
  await pictures.loadInto(image, source, signal ? { signal } : {});
  return image;
}
