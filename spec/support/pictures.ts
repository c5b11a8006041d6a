// Pictures as the specs look at them: decoded by a second library.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { Canvas } from "@napi-rs/canvas";
import sharp from "sharp";

export type Pixel = [red: number, green: number, blue: number, alpha: number];

export interface Picture {
  width: number;
  height: number;
  format: string | undefined;
  hasAlpha: boolean | undefined;
  /** RGBA, not premultiplied, row by row. */
  data: Buffer;
  at(x: number, y: number): Pixel;
}

/** Decodes PNG or JPEG bytes, or the file of that path. */
export async function decode(source: Uint8Array | string): Promise<Picture> {
  // sharp keeps files open, and Windows removes no open file.
  const bytes = typeof source === "string" ? await readFile(source) : source;
  const { format, hasAlpha } = await sharp(bytes).metadata();
  const { data, info } = await sharp(bytes)
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return picture(data, info.width, info.height, format, hasAlpha);
}

/** The pixels of a canvas, or of a part of it, as the engine gives them. */
export function pixelsOf(
  canvas: Canvas,
  x = 0,
  y = 0,
  width: number = canvas.width,
  height: number = canvas.height,
): Picture {
  const { data } = canvas.getContext("2d").getImageData(x, y, width, height);
  return picture(Buffer.from(data), width, height, undefined, true);
}

function picture(
  data: Buffer,
  width: number,
  height: number,
  format: string | undefined,
  hasAlpha: boolean | undefined,
): Picture {
  const at = (x: number, y: number) => [...data.subarray((y * width + x) * 4).subarray(0, 4)];
  return { data, width, height, format, hasAlpha, at: at as unknown as Picture["at"] };
}

/** Fails unless every channel of every pixel is the same. */
export function assertSamePixels(actual: Picture, expected: Picture, note = ""): void {
  assert.deepEqual([actual.width, actual.height], [expected.width, expected.height], note);
  if (actual.data.equals(expected.data)) return;
  const index = actual.data.findIndex((value, i) => value !== expected.data[i]);
  const x = Math.floor(index / 4) % actual.width;
  const y = Math.floor(index / 4 / actual.width);
  assert.deepEqual(actual.at(x, y), expected.at(x, y), `${note} first difference at ${x}, ${y}`);
}

/** Fails unless the pixel is within `tolerance` a channel. */
export function assertPixel(actual: Pixel, expected: Pixel, tolerance = 0): void {
  const far = actual.some((value, i) => Math.abs(value - (expected[i] ?? 0)) > tolerance);
  if (far) assert.deepEqual(actual, expected);
}

/** Peak signal-to-noise ratio over red, green and blue, in dB. */
export function psnr(a: Picture, b: Picture): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) {
    if (i % 4 !== 3) sum += ((a.data[i] ?? 0) - (b.data[i] ?? 0)) ** 2;
  }
  return 10 * Math.log10(255 ** 2 / (sum / (a.width * a.height * 3)));
}

/**
 * The share of pixels that are off by more levels in a channel, as they look on white and black.
 */
export function shareOff(actual: Picture, expected: Picture, levels = 16): number {
  let off = 0;
  for (let i = 0; i < actual.data.length; i += 4) {
    const [alphaA = 0, alphaB = 0] = [actual.data[i + 3], expected.data[i + 3]];
    const isOff = [0, 1, 2].some((channel) => {
      const a = ((actual.data[i + channel] ?? 0) * alphaA) / 255;
      const b = ((expected.data[i + channel] ?? 0) * alphaB) / 255;
      return Math.abs(a - b) > levels;
    });
    if (isOff || Math.abs(alphaA - alphaB) > levels) off++;
  }
  return off / (actual.data.length / 4);
}
