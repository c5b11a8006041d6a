// placeholder until the assets room lands
import { type Image, loadImage } from "@napi-rs/canvas";
import type { Canvas } from "../engine.ts";
export interface Pictures {
  load(source: unknown): Promise<Image | Canvas>;
}
export function createPictures(): Pictures {
  return { load: (source) => loadImage(source as string) };
}
