// How the benchmark reaches this library: the one file to change when its ways in change.

import { writeFile } from "node:fs/promises";
import type { Canvas } from "@napi-rs/canvas";
import { encodePixels } from "../lib/export/codec/codec.ts";

export interface Settings {
  type: "png" | "jpeg";
  compression: "default" | "fast" | "small";
  quality: number;
}

export async function exportToFile(
  canvas: Canvas,
  file: string,
  settings: Settings,
): Promise<void> {
  const { width, height } = canvas;
  const bytes = await encodePixels({
    pixels: canvas.data(),
    width,
    height,
    premultiplied: true,
    ...settings,
  });
  await writeFile(file, bytes);
}
