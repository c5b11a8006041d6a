// How the benchmark reaches this library: the one file to change when its ways in change.
import { rename } from "node:fs/promises";
import type { Canvas } from "@napi-rs/canvas";
import { createHost } from "../lib/index.ts";

export interface Settings {
  type: "png" | "jpeg";
  compression: "default" | "fast" | "small";
  quality: number;
}

const host = createHost();

/** The whole export, to a temp file; only its name is not ours to choose. */
export async function exportToFile(
  canvas: Canvas,
  file: string,
  { type, compression, quality }: Settings,
): Promise<void> {
  const { tempFilePath } = await host.canvasToTempFilePath({
    canvas,
    fileType: type === "png" ? "png" : "jpg",
    quality: quality / 100,
    compression,
  });
  await rename(tempFilePath, file);
}
