// How the benchmark reaches this library: as a built package, through its public interface.
import type { Canvas } from "@napi-rs/canvas";
import { createHost } from "../dist/index.js";

/** A part of a canvas, and the size of the picture made of it. */
export interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
  outWidth: number;
  outHeight: number;
}

export interface Job {
  type: "png" | "jpeg";
  compression: "default" | "fast" | "small";
  /** If not given, the whole canvas at its size. */
  region?: Region;
}

/** The quality of every JPEG here, of 100. */
export const QUALITY = 80;

const host = createHost();

/** The whole export, to a temp file, whose name is not ours to choose. */
export async function exportToFile(
  canvas: Canvas,
  { type, compression, region }: Job,
): Promise<string> {
  const { outWidth: destWidth, outHeight: destHeight, ...rectangle } = region ?? {};
  const { tempFilePath } = await host.canvasToTempFilePath({
    canvas,
    fileType: type === "png" ? "png" : "jpg",
    quality: QUALITY / 100,
    compression,
    ...rectangle,
    destWidth,
    destHeight,
  });
  return tempFilePath;
}
