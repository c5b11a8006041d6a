// Compares two pictures: whether they are the same, and if not, where and how much they differ.
import pixelmatch from "pixelmatch";
import type { Rectangle, Tolerance } from "./options.ts";
import type { Pixels } from "./pixels.ts";

/** How two pictures differ. */
export interface Difference {
  /** Sizes in pixels; equal unless the pictures differ in size. */
  expected: { width: number; height: number };
  actual: { width: number; height: number };
  /** How many pixels differ; pixels that only one picture has all count. */
  pixels: number;
  /** Their share of all pixels, from 0 to 1. */
  ratio: number;
  /** The rectangle around all pixels that differ; undefined when none does. */
  bounds: Rectangle | undefined;
  /** The largest difference of a channel, of 255. */
  largest: number;
}

export interface Verdict {
  isSame: boolean;
  difference: Difference;
  /** Draws what differs in red over a faint grey copy. */
  diff(): Pixels;
}

/** Compares two pictures of any sizes. */
export function compare(expected: Pixels, actual: Pixels, tolerance: Tolerance): Verdict {
  const width = Math.max(expected.width, actual.width);
  const height = Math.max(expected.height, actual.height);
  const [before, after] = [padded(expected, width, height), padded(actual, width, height)];
  const mask = new Uint8Array(width * height * 4);
  const { threshold = 0, ignore = [] } = tolerance;
  pixelmatch(before, after, mask, width, height, {
    threshold,
    includeAA: tolerance.includeAA ?? threshold === 0,
    diffMask: true,
    ignoreMask: maskOf(ignore, width, height),
  });
  const sameSize = expected.width === actual.width && expected.height === actual.height;
  if (!sameSize) markBeyond(mask, expected, actual, width);
  const found = measure(mask, before, after, width);
  const difference = {
    expected: { width: expected.width, height: expected.height },
    actual: { width: actual.width, height: actual.height },
    ...found,
    ratio: found.pixels / (width * height),
  };
  return {
    isSame: sameSize && allows(tolerance, difference),
    difference,
    diff: () => ({ width, height, data: highlight(after, mask) }),
  };
}

function allows(
  { maxDiffPixels, maxDiffRatio }: Tolerance,
  { pixels, ratio }: Difference,
): boolean {
  if (maxDiffPixels === undefined && maxDiffRatio === undefined) return pixels === 0;
  return pixels <= (maxDiffPixels ?? Infinity) && ratio <= (maxDiffRatio ?? 1);
}

/** A copy of the picture in a larger size; the added pixels are transparent. */
function padded({ width, height, data }: Pixels, toWidth: number, toHeight: number): Uint8Array {
  // A copy that starts at offset 0: pixelmatch reads it as 32-bit numbers.
  if (width === toWidth && height === toHeight) return Uint8Array.from(data);
  const all = new Uint8Array(toWidth * toHeight * 4);
  for (let y = 0; y < height; y++) {
    all.set(data.subarray(y * width * 4, (y + 1) * width * 4), y * toWidth * 4);
  }
  return all;
}

/** One byte for each pixel: 1 if the pixel is not compared. */
function maskOf(ignore: readonly Rectangle[], width: number, height: number): Uint8Array {
  const mask = new Uint8Array(width * height);
  for (const { x, y, ...size } of ignore) {
    const right = Math.min(width, Math.ceil(x + size.width));
    const bottom = Math.min(height, Math.ceil(y + size.height));
    for (let row = Math.floor(y); row < bottom; row++) {
      const left = Math.floor(x);
      if (left < right) mask.fill(1, row * width + left, row * width + right);
    }
  }
  return mask;
}

/** Marks each pixel that only one of the two has. */
function markBeyond(mask: Uint8Array, a: Pixels, b: Pixels, width: number): void {
  const has = ({ width, height }: Pixels, x: number, y: number) => x < width && y < height;
  for (let at = 0; at < mask.length; at += 4) {
    const x = (at / 4) % width;
    const y = Math.floor(at / 4 / width);
    if (has(a, x, y) !== has(b, x, y)) mask.set([255, 0, 0, 255], at);
  }
}

function measure(mask: Uint8Array, before: Uint8Array, after: Uint8Array, width: number) {
  let [pixels, largest] = [0, 0];
  let [left, top, right, bottom] = [Infinity, Infinity, -1, -1];
  for (let at = 0; at < mask.length; at += 4) {
    if (mask[at + 3] === 0) continue;
    pixels++;
    const x = (at / 4) % width;
    const y = Math.floor(at / 4 / width);
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
    for (let channel = at; channel < at + 4; channel++) {
      const apart = Math.abs((before[channel] as number) - (after[channel] as number));
      largest = Math.max(largest, apart);
    }
  }
  const bounds = { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
  return { pixels, largest, bounds: pixels === 0 ? undefined : bounds };
}

/** A grey copy with 15 % of the contrast: enough to find the place, too little to hide the red. */
function highlight(picture: Uint8Array, mask: Uint8Array): Uint8Array {
  const result = new Uint8Array(picture.length);
  for (let at = 0; at < picture.length; at += 4) {
    if (mask[at + 3] !== 0) {
      result.set([255, 0, 0, 255], at);
      continue;
    }
    const channel = (offset: number) => picture[at + offset] as number;
    const luminance = 0.299 * channel(0) + 0.587 * channel(1) + 0.114 * channel(2);
    const grey = Math.round(255 + ((luminance - 255) * channel(3) * 0.15) / 255);
    result.fill(grey, at, at + 3);
    result[at + 3] = 255;
  }
  return result;
}
