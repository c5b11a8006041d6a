// What the encoder's specs share: pictures from seeds, and decoding with other libraries.

import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { PNG } from "pngjs";
import sharp from "sharp";
import { type EncodeJob, encodePixels } from "../../../lib/export/codec/codec.ts";
import { copyOf } from "../../../lib/export/codec/stripes.ts";

export interface Picture {
  pixels: Uint8Array;
  width: number;
  height: number;
}

/** Numbers 0 ≤ x < 1 from a seed (mulberry32). */
export function generator(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A picture whose pixels a function of the place gives, as RGBA in one number: 0xRRGGBBAA. */
export function paint(
  width: number,
  height: number,
  colour: (x: number, y: number) => number,
): Picture {
  const pixels = Buffer.alloc(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      pixels.writeUInt32BE(colour(x, y) >>> 0, (y * width + x) * 4);
    }
  }
  return { pixels, width, height };
}

/** Smooth light with a little noise, as in a photo. */
export function photo(width: number, height: number, seed = 1): Picture {
  const random = generator(seed);
  return paint(width, height, (x, y) => {
    const base = 120 + 60 * Math.sin(x / 97) + 50 * Math.cos(y / 61 + x / 211);
    const noise = random() * 4 - 2;
    const r = Math.round(base + noise);
    const g = Math.round(base * 0.8 + noise + 20);
    const b = Math.round(base * 0.6 + noise + random() * 2 + 40);
    return ((r << 24) | (g << 16) | (b << 8) | 255) >>> 0;
  });
}

export function job(picture: Picture, settings: Partial<EncodeJob> = {}): EncodeJob {
  const { width, height } = picture;
  return {
    *read(pieces) {
      for (const piece of pieces) yield copyOf(picture.pixels, width, piece);
    },
    width,
    height,
    type: "png",
    compression: "default",
    quality: 80,
    background: [255, 255, 255],
    ...settings,
  };
}

/** Decodes with pngjs, which shares no code with the encoder: straight RGBA, 8 bits. */
export function decodePng(bytes: Uint8Array): Picture {
  const { data, width, height } = PNG.sync.read(Buffer.from(bytes), { checkCRC: true });
  return { pixels: data, width, height };
}

export async function decode(bytes: Uint8Array): Promise<Picture> {
  const { data, info } = await sharp(bytes, { limitInputPixels: false })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { pixels: data, width: info.width, height: info.height };
}

/**
 * Encodes, and asserts that the engine did not: its files name their colour space, ours do not.
 */
export async function encodeOurs(settings: EncodeJob): Promise<Uint8Array> {
  const bytes = await encodePixels(settings);
  const head = Buffer.from(bytes).subarray(0, 200).toString("latin1");
  ok(!/sRGB|ICC_PROFILE/.test(head), "encoded by the engine");
  return bytes;
}

/** Encodes to PNG and decodes again with two libraries: every byte must be the same. */
export async function comesBack(
  picture: Picture,
  settings: Partial<EncodeJob> = {},
  expected: Uint8Array = picture.pixels,
): Promise<Uint8Array> {
  const bytes = await encodeOurs(job(picture, settings));
  const small = picture.pixels.length < 4_000_000;
  for (const back of [await decode(bytes), ...(small ? [decodePng(bytes)] : [])]) {
    deepStrictEqual([back.width, back.height], [picture.width, picture.height]);
    strictEqual(firstDifference(back.pixels, expected), -1, "first byte that differs");
  }
  return bytes;
}

function firstDifference(a: Uint8Array, b: Uint8Array): number {
  if (Buffer.compare(a, b) === 0) return -1;
  const i = a.findIndex((value, at) => value !== b[at]);
  return i === -1 ? Math.min(a.length, b.length) : i;
}

/** Bit depth and colour type of a PNG's header. */
export function kindOf(png: Uint8Array): { depth: number; colourType: number } {
  return { depth: png[24] ?? 0, colourType: png[25] ?? 0 };
}

/** Peak signal-to-noise ratio of the colours, in decibels. */
export function psnr(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) if (i % 4 < 3) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return 10 * Math.log10(255 ** 2 / (sum / ((a.length / 4) * 3)));
}
