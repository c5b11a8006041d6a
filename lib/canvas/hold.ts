// Copies what was drawn on a canvas as the engine's own record of it, which costs almost nothing.

import { hasPutPixels } from "../engine/changes.ts";
import { type Canvas, createCanvas, free } from "../engine/engine.ts";
import type { Size } from "../limits.ts";
import { acquire, release } from "./pool.ts";

/** A part of a canvas. */
export interface Rectangle extends Size {
  x: number;
  y: number;
}

/** What was drawn on a part of a canvas, held by another canvas. */
export interface Held {
  /** Gives the picture; `close` takes it back. */
  open(): Canvas;
  close(picture: Canvas): void;
  /** Gives up what is held. */
  discard(): void;
}

/** In pixels: up to this size, a picture gets a canvas of its own, which is no burden. */
const OWN_CANVAS_MAX_PIXELS = 65_536;
/**
 * In pixels: a larger canvas cannot be held in one pixel once the engine has made pixels of it, and
 * trying takes long.
 */
const ONE_PIXEL_MAX_PIXELS = 8_388_608;

/**
 * Holds what was drawn on a part of the canvas, in a canvas of one pixel if possible, since a
 * record needs none. 500 posters that wait take 205 MB that way, and 390 MB in canvases of their
 * size.
 */
export function hold(
  canvas: Canvas,
  part: Rectangle = wholeOf(canvas),
  size: Size = sizeOf(part),
): Held {
  if (
    size.width * size.height > OWN_CANVAS_MAX_PIXELS &&
    canvas.width * canvas.height <= ONE_PIXEL_MAX_PIXELS
  ) {
    const held = holdInPixel(canvas, part, size);
    if (held) return held;
  }
  return holdAtSize(canvas, part, size);
}

/** In pixels: a picture of which one canvas at its size is no burden. */
const ALONE_MAX_PIXELS = 524_288;
/** Whether an export holds a canvas at its size. */
let isOneAtSize = false;

/** The same for an export. One at a time holds a canvas at its size, which takes 0.1 ms less. */
export function holdForExport(
  canvas: Canvas,
  part: Rectangle = wholeOf(canvas),
  size: Size = sizeOf(part),
): Held {
  if (isOneAtSize || size.width * size.height > ALONE_MAX_PIXELS) return hold(canvas, part, size);
  const held = holdAtSize(canvas, part, size);
  isOneAtSize = true;
  return {
    ...held,
    discard() {
      isOneAtSize = false;
      held.discard();
    },
  };
}

function holdAtSize(canvas: Canvas, part: Rectangle, size: Size): Held {
  const picture = render(canvas, part, size);
  return { open: () => picture, close: () => {}, discard: () => release(picture) };
}

/**
 * A mark beside the record, in a corner of the pixel: its left half is white, its right half black.
 */
const MARK: Rectangle = { x: 0.75, y: 0.75, width: 0.25, height: 0.25 };

/**
 * Holds the canvas in one pixel, or gives undefined. The engine drops what lies outside of the
 * pixel, so everything is scaled into its first quarter, by a power of two, which costs no
 * precision. And the engine turns a record that holds more than some megabytes of pixels into
 * pixels: the mark shows whether there still is a record.
 */
function holdInPixel(canvas: Canvas, part: Rectangle, size: Size): Held | undefined {
  const { width, height } = canvas;
  const scale = 2 ** -Math.ceil(1 + Math.log2(Math.max(width, height)));
  const pixel = createCanvas(1, 1);
  const context = pixel.getContext("2d");
  const half = MARK.width / 2;
  context.fillStyle = "#fff";
  context.fillRect(MARK.x, MARK.y, half, MARK.height);
  context.fillStyle = "#000";
  context.fillRect(MARK.x + half, MARK.y, half, MARK.height);
  const all = wholeOf(canvas);
  draw(canvas, all, pixel, scaled(all, scale));

  const mark = render(pixel, MARK, { width: 2, height: 1 });
  const [white, , , , black] = mark.data();
  release(mark);
  if (white === 255 && black === 0) {
    return {
      open: () => render(pixel, scaled(part, scale), size),
      close: release,
      discard: () => free(pixel),
    };
  }
  free(pixel);
  return undefined;
}

function scaled({ x, y, width, height }: Rectangle, scale: number): Rectangle {
  return { x: x * scale, y: y * scale, width: width * scale, height: height * scale };
}

function wholeOf({ width, height }: Size): Rectangle {
  return { x: 0, y: 0, width, height };
}

function sizeOf({ width, height }: Size): Size {
  return { width, height };
}

/** What was drawn on a part of a canvas, on a canvas of that size, to be released. */
function render(canvas: Canvas, part: Rectangle, size: Size): Canvas {
  const picture = acquire(size);
  // The engine replays pixels that were put in five times the time of a copy of the canvas.
  if (hasPutPixels(canvas)) copy(canvas, part, picture);
  else draw(canvas, part, picture, wholeOf(size));
  return picture;
}

/** Draws the pixels of a part of a canvas on all of another. */
function copy(canvas: Canvas, { x, y, width, height }: Rectangle, onto: Canvas): void {
  const context = onto.getContext("2d");
  context.drawImage(canvas, x, y, width, height, 0, 0, onto.width, onto.height);
}

/** Draws what was drawn on one canvas onto another. */
function draw(canvas: Canvas, from: Rectangle, onto: Canvas, to: Rectangle): void {
  const context = onto.getContext("2d");
  context.drawCanvas(
    canvas,
    from.x,
    from.y,
    from.width,
    from.height,
    to.x,
    to.y,
    to.width,
    to.height,
  );
}
