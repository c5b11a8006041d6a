// The canvases that pictures are rendered to, kept for the next of that size: new memory is slow.

import { maxExportPixels } from "../concurrency.ts";
import { type Canvas, createCanvas, free } from "../engine/engine.ts";
import type { Size } from "../limits.ts";
import { setTimeout } from "../timers.ts";

/** In pixels: smaller canvases are not kept, as they are quick to make. */
const POOLED_MIN_PIXELS = 65_536;
/** Most pixels of all kept canvases together, where exports may have more. */
const POOLED_MAX_PIXELS = 33_554_432;
/** How long canvases are kept, in milliseconds, after the last one was given back. */
const IDLE_MS = 10_000;

const spare: Canvas[] = [];
let timer: NodeJS.Timeout | undefined;

/** Lends an empty canvas until `use` returns. */
export function withCanvas<T>(size: Size, use: (canvas: Canvas) => T): T {
  const canvas = acquire(size);
  try {
    return use(canvas);
  } finally {
    release(canvas);
  }
}

/** Gives an empty canvas, to be released once. */
export function acquire({ width, height }: Size): Canvas {
  const fits = spare.findIndex((canvas) => canvas.width === width && canvas.height === height);
  return spare.splice(fits, fits < 0 ? 0 : 1)[0] ?? createCanvas(width, height);
}

/** Takes a canvas back; what was drawn on it goes at once. */
export function release(canvas: Canvas): void {
  const maxPixels = Math.min(maxExportPixels(), POOLED_MAX_PIXELS);
  const pixels = pixelsOf(canvas);
  if (pixels < POOLED_MIN_PIXELS || pixels > maxPixels) {
    free(canvas);
    return;
  }
  canvas.getContext("2d").reset();
  spare.push(canvas);
  while (spare.reduce((sum, one) => sum + pixelsOf(one), 0) > maxPixels) drop();
  timer ??= setTimeout(freeSpare, IDLE_MS).unref();
  timer.refresh();
}

/** Frees the canvases that are kept. */
export function freeSpare(): void {
  while (spare.length > 0) drop();
}

function pixelsOf({ width, height }: Size): number {
  return width * height;
}

function drop(): void {
  const oldest = spare.shift();
  if (oldest) free(oldest);
}
