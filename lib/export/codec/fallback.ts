// The engine's own encoder, for when ours cannot run: slower, the same picture.

import { type Canvas, createCanvas, ImageData } from "@napi-rs/canvas";
import type { Picture } from "./job.ts";
import { allOf } from "./machine.ts";

export async function encodeWithEngine(picture: Picture): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, type, quality, background } = picture;
  const canvas = paint(picture);
  if (type === "png") return own(await canvas.encode("png"));
  const page = createCanvas(width, height);
  const ctx = page.getContext("2d");
  ctx.fillStyle = `rgb(${background.join()})`;
  ctx.fillRect(0, 0, width, height);
  ctx.drawImage(canvas, 0, 0);
  return own(await page.encode("jpeg", quality));
}

function paint(picture: Picture): Canvas {
  const { width, height } = picture;
  const { buffer, byteOffset, length } = allOf(picture);
  const pixels = new Uint8ClampedArray(buffer as ArrayBuffer, byteOffset, length);
  const canvas = createCanvas(width, height);
  canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas;
}

function own(bytes: Buffer): Uint8Array<ArrayBuffer> {
  return bytes as Buffer<ArrayBuffer>;
}
