// The canvases that pictures are rendered to, kept a while for the next one of that size: new memory is slow.

import { pixelsAtOnce } from "../concurrency.ts";
import { type Canvas, createCanvas } from "../engine.ts";
import type { Size } from "../limits.ts";

/** In pixels: smaller ones are as quick to make. */
const LEAST = 65_536;
/** Pixels of all that are kept, where exports may have more. */
const MOST = 33_554_432;
/** For how long, in milliseconds, when there is nothing to do. */
const IDLE_TIME = 10_000;

const spare: Canvas[] = [];
let timer: NodeJS.Timeout | undefined;

/** Lends an empty canvas until `use` returns. */
export function lend<T>(size: Size, use: (canvas: Canvas) => T): T {
  const canvas = take(size);
  try {
    return use(canvas);
  } finally {
    giveBack(canvas);
  }
}

/** An empty canvas, to be given back, once. */
export function take({ width, height }: Size): Canvas {
  const fits = spare.findIndex((canvas) => canvas.width === width && canvas.height === height);
  return spare.splice(fits, fits < 0 ? 0 : 1)[0] ?? createCanvas(width, height);
}

/** What the canvas holds goes at once. */
export function giveBack(canvas: Canvas): void {
  const most = Math.min(pixelsAtOnce(), MOST);
  const pixels = pixelsOf(canvas);
  if (pixels < LEAST || pixels > most) {
    free(canvas);
    return;
  }
  canvas.getContext("2d").reset();
  spare.push(canvas);
  while (spare.reduce((sum, one) => sum + pixelsOf(one), 0) > most) drop();
  timer ??= setTimeout(() => {
    while (spare.length > 0) drop();
  }, IDLE_TIME).unref();
  timer.refresh();
}

function pixelsOf({ width, height }: Size): number {
  return width * height;
}

function drop(): void {
  const oldest = spare.shift();
  if (oldest) free(oldest);
}

/** Frees the pixels of a canvas at once; the garbage collector does not see how large they are. */
export function free(canvas: Canvas): void {
  canvas.width = 0;
}
