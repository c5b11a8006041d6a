// Says why an image draws nothing: it has no source, has not loaded yet, or could not be loaded.
import { Image } from "../engine/engine.ts";
import { CanvasError, show } from "../errors.ts";
import { explained } from "./explained.ts";

/** What is known of an image that this library loads. */
export interface ImageState {
  /** `src` as code set it. */
  source: string;
  /** Why the source could not be loaded; undefined while it loads. */
  failure: CanvasError | undefined;
}

const states = new WeakMap<Image, () => ImageState>();
/** The engine's own images that were drawable once: asking the engine takes long. */
const drawable = new WeakSet<Image>();

/** Lets an image of this library say in which state it is. */
export function describeImage(image: Image, state: () => ImageState): void {
  states.set(image, state);
}

/** The failure of a draw that leaves out this image; undefined if it is drawn, or is no image. */
export function undrawable(image: unknown): CanvasError | undefined {
  if (!(image instanceof Image) || drawable.has(image)) return undefined;
  if (image.naturalWidth > 0) {
    if (!states.has(image)) drawable.add(image);
    return undefined;
  }
  const { source, failure } = states.get(image)?.() ?? { source: image.src, failure: undefined };
  if (!source) return new CanvasError("SOURCE", "left out an image that has no src");
  if (!failure) {
    const hint = "draw it in its onload, or after `await image.decode()`";
    return new CanvasError("SOURCE", `left out ${show(source)}: it has not loaded yet`, { hint });
  }
  const { reason, hint } = explained(source, failure);
  return new CanvasError("SOURCE", `left out ${reason}`, { cause: failure, hint });
}
