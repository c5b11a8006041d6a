// Draws very large images smaller from a reduced copy: the engine would reduce all of it at once,
// in copies that take a third of its memory.
import { type Canvas, createCanvas, free, Image, type SKRSContext2D } from "./engine.ts";
import type { Size } from "./limits.ts";

/** In pixels: the engine's copies of a smaller image take less than 43 MiB. */
const LARGE_PIXELS = 33_554_432;
/** In pixels: how much is reduced at a time. */
const BAND_PIXELS = 1_048_576;
/** The engine reduces by two, again and again; further than this it reduces the copy. */
const MAX_LEVEL = 8;

type Draw = (context: SKRSContext2D, args: readonly unknown[]) => void;

/** Draws the image if it is a very large one that gets much smaller; `draw` is the engine's way. */
export function drawLarge(context: SKRSContext2D, args: readonly unknown[], draw: Draw): boolean {
  const [image, ...place] = args;
  if (!(image instanceof Image)) return false;
  const { width, height } = pixelSize(image);
  if (width * height <= LARGE_PIXELS || !context.imageSmoothingEnabled) return false;
  const numbers = place.map(Number);
  const isPart = numbers.length >= 8;
  const [sx, sy, sw, sh] = isPart ? (numbers as Place) : [0, 0, width, height];
  const [dx = 0, dy = 0, dw = width, dh = height] = isPart ? numbers.slice(4) : numbers;
  const [x, y] = [Math.floor(sx), Math.floor(sy)];
  const [w, h] = [Math.ceil(sx + sw) - x, Math.ceil(sy + sh) - y];
  const isInside = sw > 0 && sh > 0 && x >= 0 && y >= 0 && x + w <= width && y + h <= height;
  if (!isInside || w * h <= LARGE_PIXELS) return false;
  const { a, b, c, d } = context.getTransform();
  const scale = Math.sqrt(Math.abs((dw / sw) * (dh / sh)) * Math.hypot(a, b) * Math.hypot(c, d));
  const level = Math.min(MAX_LEVEL, Math.floor(-Math.log2(scale)));
  // Larger than a half, the engine makes no copies; a copy of a half is no smaller than its own.
  if (!(level >= 2 && scale > 0)) return false;
  const step = 2 ** level;
  const copy = reduced(image, [x, y, w, h], step, draw);
  const { imageSmoothingQuality } = context;
  // As the engine does: from the level that is at most twice as large, without another.
  context.imageSmoothingQuality = scale * step < 0.5 ? "high" : "low";
  const part = [sx - x, sy - y, sw, sh].map((length) => length / step);
  try {
    draw(context, [copy, ...part, dx, dy, dw, dh]);
  } finally {
    context.imageSmoothingQuality = imageSmoothingQuality;
    free(copy);
  }
  return true;
}

/** The size of an image in pixels, whatever size was set on it. */
export function pixelSize(image: Image): Size {
  const side = (name: string) =>
    Object.getOwnPropertyDescriptor(Image.prototype, name)?.get?.call(image) as number;
  return { width: side("naturalWidth"), height: side("naturalHeight") };
}

type Place = [number, number, number, number];

/**
 * A part of the image, a few rows at a time: each pixel is the mean of `step` × `step`, or of what
 * is left of them at the end of a row or column.
 */
function reduced(image: Image, [x, y, w, h]: Place, step: number, draw: Draw): Canvas {
  const copy = createCanvas(Math.ceil(w / step), Math.ceil(h / step));
  const context = copy.getContext("2d");
  const [band, strip] = [createCanvas(w, 1), createCanvas(copy.width, 1)];
  const columns = Math.floor(w / step);
  const most = Math.max(1, Math.floor(BAND_PIXELS / (w * step)));
  for (let top = 0; top < h; top += band.height) {
    const rest = Math.floor((h - top) / step);
    const rows = Math.min(most, Math.max(1, rest));
    // A new height empties a canvas.
    band.height = rest > 0 ? rows * step : h - top;
    const { height } = band;
    const pixels = band.getContext("2d");
    pixels.imageSmoothingEnabled = false;
    draw(pixels, [image, x, y + top, w, height, 0, 0, w, height]);
    strip.height = rows;
    const reducing = strip.getContext("2d");
    reducing.imageSmoothingQuality = "high";
    draw(reducing, [band, 0, 0, columns * step, height, 0, 0, columns, rows]);
    draw(reducing, [band, columns * step, 0, w % step, height, columns, 0, 1, rows]);
    // The engine paints now what it has only noted: each band would stay in memory.
    reducing.getImageData(0, 0, 1, 1);
    draw(context, [strip, 0, top / step]);
  }
  context.getImageData(0, 0, 1, 1);
  for (const canvas of [band, strip]) free(canvas);
  return copy;
}
