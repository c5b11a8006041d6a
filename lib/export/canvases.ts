// The canvases that exports render to, kept a while for the next picture of that size: new memory is slow.
import { type Canvas, createCanvas } from "../engine.ts";
import type { Size } from "../limits.ts";

/** In pixels: smaller ones are as quick to make. */
const LEAST = 65_536;
/** Pixels of all that are kept: as many as exports under way have by default. */
const MOST = 33_554_432;
/** For how long, in milliseconds, when there is nothing to do. */
const IDLE_TIME = 10_000;

const spare: Canvas[] = [];
let timer: NodeJS.Timeout | undefined;

/** An empty canvas, to be given back. */
export function take({ width, height }: Size): Canvas {
  const fits = spare.findIndex((canvas) => canvas.width === width && canvas.height === height);
  return spare.splice(fits, fits < 0 ? 0 : 1)[0] ?? createCanvas(width, height);
}

/** Nobody may use the canvas any more. What it holds goes at once. */
export function giveBack(canvas: Canvas): void {
  const pixels = canvas.width * canvas.height;
  if (pixels < LEAST || pixels > MOST) {
    free(canvas);
    return;
  }
  canvas.getContext("2d").reset();
  spare.push(canvas);
  while (spare.reduce((sum, { width, height }) => sum + width * height, 0) > MOST) drop();
  timer ??= setTimeout(() => {
    while (spare.length > 0) drop();
  }, IDLE_TIME).unref();
  timer.refresh();
}

function drop(): void {
  const oldest = spare.shift();
  if (oldest) free(oldest);
}

/** Frees the pixels of a canvas at once; the garbage collector does not see how large they are. */
export function free(canvas: Canvas): void {
  canvas.width = 0;
}
