// The engine's own encoder, for when ours cannot run: slower, the same picture.

import { type Canvas, createCanvas, ImageData } from "@napi-rs/canvas";
import type { Picture } from "./job.ts";

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

function paint({ read, width, height, premultiplied }: Picture): Canvas {
  const straight = new Uint8ClampedArray(read());
  if (premultiplied) {
    for (let i = 0; i < straight.length; i += 4) {
      const alpha = straight[i + 3] as number;
      if (alpha === 255) continue;
      for (let k = i; k < i + 3; k++) straight[k] = unpremultiplied(straight[k] as number, alpha);
    }
  }
  const canvas = createCanvas(width, height);
  canvas.getContext("2d").putImageData(new ImageData(straight, width, height), 0, 0);
  return canvas;
}

/** As in assembly/pixels.ts: the array rounds half to even as it clamps, and has 0 for what is clear. */
function unpremultiplied(colour: number, alpha: number): number {
  const { fround } = Math;
  const part = fround(1 / 255);
  const inverse = fround(1 / fround(alpha * part));
  return fround(fround(fround(colour * part) * inverse) * 255);
}

function own(bytes: Buffer): Uint8Array<ArrayBuffer> {
  return bytes as Buffer<ArrayBuffer>;
}
