// The picture of a region at its output size, frozen at the moment of the call.
import { type Canvas, createCanvas, hasPutPixels } from "../engine.ts";
import type { Size } from "../limits.ts";
import type { Region } from "./region.ts";

/** A picture that later drawing cannot change. */
export interface Snapshot {
  /** Renders it at its output size, once. The canvas is the caller's to free. */
  render(): Canvas;
  /** Gives up what it holds, rendered or not. */
  discard(): void;
}

/**
 * Freezes the region of the canvas. The engine records what is drawn and rasters it later, so a
 * copy of the record is all that this costs; it must be rendered to get pixels.
 */
export function freeze(canvas: Canvas, logical: Size, region: Region): Snapshot {
  const scaleX = canvas.width / logical.width;
  const scaleY = canvas.height / logical.height;
  const source: Rectangle = {
    x: snap(region.x * scaleX),
    y: snap(region.y * scaleY),
    width: snap(region.width * scaleX),
    height: snap(region.height * scaleY),
  };
  const output = { width: region.outputWidth, height: region.outputHeight };

  if (isWhole(source, canvas, output) || (enlarges(source, output) && !hasPutPixels(canvas))) {
    const picture = createCanvas(output.width, output.height);
    replay(canvas, source, picture);
    return { render: () => copyOf(picture), discard: () => free(picture) };
  }
  // The engine's dithering follows the place on the canvas, so a part that is to be copied exactly
  // is cut out of a copy of all of it.
  const all = createCanvas(canvas.width, canvas.height);
  replay(canvas, { x: 0, y: 0, width: canvas.width, height: canvas.height }, all);
  return { render: () => resample(all, source, output), discard: () => free(all) };
}

/** Frees the pixels of a canvas at once; the garbage collector does not see how large they are. */
export function free(canvas: Canvas): void {
  canvas.width = 0;
}

interface Rectangle extends Size {
  x: number;
  y: number;
}

/** Whole pixels, although the arithmetic of ratios misses them by a hair. */
function snap(length: number): number {
  const whole = Math.round(length);
  return Math.abs(length - whole) < 1e-6 ? whole : length;
}

function isWhole(source: Size, canvas: Size, output: Size): boolean {
  return sameSize(source, canvas) && sameSize(source, output);
}

/**
 * Whether the record is replayed: it stays sharp where it is enlarged, or moved by parts of a
 * pixel, and aliases where it is reduced by a pixel or more.
 */
function enlarges(source: Rectangle, output: Size): boolean {
  const isCopy =
    sameSize(source, output) && Number.isInteger(source.x) && Number.isInteger(source.y);
  return !isCopy && output.width > source.width - 1 && output.height > source.height - 1;
}

function sameSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}

/**
 * Renders a snapshot in a canvas of its own. What is rendered in place, among the records of those
 * that wait, leaves holes in the process's memory that nothing else fits in: 200 posters asked for
 * at once came to 1 GB that way, and come to 260 MB this way.
 */
function copyOf(picture: Canvas): Canvas {
  const copy = createCanvas(picture.width, picture.height);
  replay(picture, { x: 0, y: 0, width: picture.width, height: picture.height }, copy);
  return copy;
}

function replay(canvas: Canvas, { x, y, width, height }: Rectangle, to: Canvas): void {
  const context = to.getContext("2d");
  context.drawCanvas(canvas, x, y, width, height, 0, 0, to.width, to.height);
}

/** Cuts before it scales: nothing beside the region may shine in. */
function resample(all: Canvas, source: Rectangle, output: Size): Canvas {
  const x = Math.floor(source.x);
  const y = Math.floor(source.y);
  const width = Math.min(all.width, Math.ceil(source.x + source.width)) - x;
  const height = Math.min(all.height, Math.ceil(source.y + source.height)) - y;
  const part = sameSize({ width, height }, all)
    ? all
    : draw(all, { x, y, width, height }, { width, height });
  if (sameSize(source, output) && source.x === x && source.y === y) return part;
  return draw(part, { ...source, x: source.x - x, y: source.y - y }, output);
}

/** Draws the part of the picture at that size, and frees the picture. */
function draw(picture: Canvas, { x, y, width, height }: Rectangle, size: Size): Canvas {
  const result = createCanvas(size.width, size.height);
  const context = result.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, x, y, width, height, 0, 0, size.width, size.height);
  free(picture);
  return result;
}
