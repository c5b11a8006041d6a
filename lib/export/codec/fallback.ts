// Encodes with the engine's own encoder when ours cannot run: slower, but the same picture.

import { type Canvas, createCanvas, ImageData } from "../../engine/engine.ts";
import type { EncodeJob, Original, Source } from "./job.ts";
import { readNow } from "./reading.ts";

export async function encodeWithEngine(job: EncodeJob): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, type, quality, background } = job;
  const canvas = job.original ? reduce(job, job.original) : paint(job);
  if (type === "png") return own(await canvas.encode("png"));
  const page = createCanvas(width, height);
  const ctx = page.getContext("2d");
  ctx.fillStyle = `rgb(${background.join()})`;
  ctx.fillRect(0, 0, width, height);
  ctx.drawImage(canvas, 0, 0);
  return own(await page.encode("jpeg", quality));
}

/** Draws the part at the picture's size. */
function reduce({ width, height, read }: EncodeJob, { part, ...original }: Original): Canvas {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  const picture = paint({ ...original, read });
  context.drawImage(picture, part.x, part.y, part.width, part.height, 0, 0, width, height);
  return canvas;
}

function paint(source: Source): Canvas {
  const { width, height } = source;
  const { buffer, byteOffset, length } = readNow(source);
  const pixels = new Uint8ClampedArray(buffer, byteOffset, length);
  const canvas = createCanvas(width, height);
  canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas;
}

function own(bytes: Buffer): Uint8Array<ArrayBuffer> {
  return bytes as Buffer<ArrayBuffer>;
}
