// Every limit with its reason beside it, and the one check of a size against them.
import { CanvasError, show } from "./errors.ts";

/** How large a canvas or an exported picture may be. */
export interface SizeLimits {
  /** Longest side, in pixels. Default 16384. */
  maxSide: number;
  /** Largest area, in pixels. Default 16777216 (64 MiB of RGBA). */
  maxPixels: number;
}

/** Every limit of a host. */
export interface Limits extends SizeLimits {
  /** Most calls that a drawing context records between two draws. Default 1000000. */
  maxCalls: number;
}

/** A width and a height. */
export interface Size {
  width: number;
  height: number;
}

export const DEFAULT_LIMITS: Limits = {
  /** Four times the side at which phones begin to fail (4096). */
  maxSide: 16_384,
  /** The area at which iOS stops; 64 MiB a canvas is what a small container bears. */
  maxPixels: 16_777_216,
  /** About 200 MB of records, and far more than a picture has. */
  maxCalls: 1_000_000,
};

/** The engine addresses pixels as bytes in a signed 32-bit number: w × h × 4 < 2^31. */
export const ENGINE_MAX_PIXELS: number = 2 ** 29 - 1;

/** How pictures may be fetched, and how large they may be. */
export const DEFAULT_IMAGES = {
  /** Milliseconds of one fetch: a reader does not wait longer for a drawing. */
  timeout: 10_000,
  /** Bytes of one fetch: a photo of 50 megapixels has half as many. */
  maxBytes: 25_165_824,
  /**
   * Pixels of a decoded picture: 256 MiB of RGBA. Phones take photos of 50 megapixels, and some of
   * 64.
   */
  maxPixels: 67_108_864,
} as const;

/** Bytes of the largest local file, Buffer or data URI: four times the largest photo of a phone. */
export const LOCAL_MAX_BYTES = 134_217_728;

/**
 * Bytes of a font, packed and unpacked: collections of all Chinese, Japanese and Korean are
 * smaller.
 */
export const FONT_MAX_BYTES = 134_217_728;

/**
 * Most functions of one filter: 10 blurs take the engine 0.2 s, 80 take 7 s, and 500 do not end.
 */
export const MAX_FILTERS = 16;

/** Most characters of one filter, which is searched for lengths at every draw. */
export const MAX_FILTER_LENGTH = 1000;

/** The longest side that the JPEG encoder writes. */
export const JPEG_MAX_SIDE = 65_500;

/**
 * The lengths that were multiplied by the host's pixelRatio to give the sides: messages show them.
 */
export interface Multiplied extends Partial<Size> {
  pixelRatio: number;
}

function product(from: Multiplied, side: keyof Size, value: number): string {
  const length = from[side];
  if (length === undefined || from.pixelRatio === 1) return String(value);
  return `${length} × pixelRatio ${from.pixelRatio} = ${value}`;
}

/**
 * Throws unless both sides are positive numbers within the limits. To be called before anything is
 * allocated, since the engine answers impossible sizes with a canvas of 300 × 150, or an empty one.
 */
export function checkSize(
  what: string,
  { width, height }: Size,
  limits: SizeLimits,
  from: Multiplied = { pixelRatio: 1 },
): void {
  for (const [side, value] of [
    ["width", width],
    ["height", height],
  ] as const) {
    if (!(typeof value === "number" && value > 0)) {
      const expected = "expected a number of pixels above 0";
      throw new CanvasError("INVALID", `${what} ${side}: ${expected}, got ${show(value)}`);
    }
    if (value > limits.maxSide) {
      const limit = `maxSide allows ${limits.maxSide} pixels`;
      const asked = product(from, side, value);
      throw new CanvasError("TOO_LARGE", `${what} ${side}: ${limit}, asked for ${asked}`);
    }
  }
  if (width * height > limits.maxPixels) {
    const limit = `maxPixels allows ${limits.maxPixels} pixels`;
    const sides = [product(from, "width", width), product(from, "height", height)];
    const isMultiplied = sides.some((side) => side.includes("="));
    const [across, down] = isMultiplied ? sides.map((side) => `(${side})`) : sides;
    const asked = `${across} × ${down} = ${width * height}`;
    throw new CanvasError("TOO_LARGE", `${what}: ${limit}, asked for ${asked}`);
  }
}
