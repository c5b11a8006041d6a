// Reduces a part of an image a few rows at a time: the engine would make copies of all of it.

import { type Box, heightOf, widthOf } from "./boxes.ts";
import { type Canvas, createCanvas, free, type Image, type SKRSContext2D } from "./engine.ts";

/** In pixels: how much is copied and reduced at a time. */
export const BAND_PIXELS = 1_048_576;

/** Draws as the engine does: an image or a canvas, and where. */
export type Draw = (context: SKRSContext2D, args: readonly unknown[]) => void;

/** Canvases without pixels: each new one costs 10 kB until garbage is collected. */
const canvases: Record<string, Canvas> = {};

/** An empty canvas, the same one for each use of that name. */
export function blank(name: string, width: number, height: number): Canvas {
  canvases[name] ??= createCanvas(1, 1);
  const canvas = canvases[name];
  // Setting a side also puts the context back into its initial state.
  [canvas.width, canvas.height] = [width, height];
  return canvas;
}

/** Frees the pixels of all of them: of those that an error left, too. */
export function freeBlanks(): void {
  for (const canvas of Object.values(canvases)) free(canvas);
}

/**
 * A part of the image: each pixel is the mean of `step` × `step`, a power of two; at the
 * right and at the bottom, of those that there are.
 */
export function reduced(image: Image, part: Box, step: number, draw: Draw): Canvas {
  const sides = [widthOf(part), heightOf(part)].map((side) => Math.ceil(side / step));
  const copy = blank("copy", ...(sides as [number, number]));
  const context = copy.getContext("2d");
  const most = Math.max(1, Math.floor(BAND_PIXELS / (copy.width * step * step)));
  for (let row = 0; row < copy.height; row += most) {
    const top = part.top + row * step;
    const bottom = Math.min(top + most * step, part.bottom);
    let band = padded(image, { ...part, top, bottom }, step, draw);
    for (let done = 2; done <= step; done *= 2) band = halved(band, `1/${done}`, draw);
    draw(context, [band, 0, row]);
    paintNow(context);
    free(band);
  }
  return copy;
}

/**
 * A part of the image as it is, with sides that are multiples of `step`: the columns and rows of
 * the last step are stretched over those that are missing, so that each counts about as much.
 */
function padded(image: Image, { left, top, right, bottom }: Box, step: number, draw: Draw): Canvas {
  const [w, h] = [right - left, bottom - top];
  const canvas = blank("1", Math.ceil(w / step) * step, Math.ceil(h / step) * step);
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  draw(context, [image, left, top, w, h, 0, 0, w, h]);
  const [across, down] = [canvas.width - w, canvas.height - h];
  const [x, y] = [w % step, h % step];
  if (across > 0) draw(context, [image, right - x, top, x, h, w, 0, across, h]);
  if (down > 0) draw(context, [canvas, 0, h - y, canvas.width, y, 0, h, canvas.width, down]);
  return canvas;
}

/** At exactly a half, linear smoothing gives the mean of four pixels, in a tenth of the time. */
function halved(canvas: Canvas, name: string, draw: Draw): Canvas {
  const half = blank(name, canvas.width / 2, canvas.height / 2);
  const context = half.getContext("2d");
  draw(context, [canvas, 0, 0, half.width, half.height]);
  paintNow(context);
  free(canvas);
  return half;
}

/** The engine paints what it has only noted: what it has to draw would stay in memory. */
export function paintNow(context: SKRSContext2D): void {
  context.getImageData(0, 0, 1, 1);
}
