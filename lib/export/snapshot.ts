// The picture of a region at its output size, frozen at the moment of the call.

import { acquire, free, release, withCanvas } from "../canvas/pool.ts";
import { type Canvas, createCanvas, hasPutPixels } from "../engine.ts";
import type { Size } from "../limits.ts";
import type { Region } from "./region.ts";

/** A picture that later drawing cannot change. */
export interface Snapshot {
  /** Renders it at its output size, for as long as `use` takes. */
  render<T>(use: (picture: Canvas) => T): T;
  /** Gives up what it holds. */
  discard(): void;
}

/**
 * Freezes the region of the canvas. The engine records what is drawn and rasters it later, so a
 * reference to the record is all that this costs; it must be rendered to get pixels.
 */
export function freeze(canvas: Canvas, logical: Size, region: Region): Snapshot {
  const { width, height } = canvas;
  const scaleX = width / logical.width;
  const scaleY = height / logical.height;
  const source: Rectangle = {
    x: snap(region.x * scaleX),
    y: snap(region.y * scaleY),
    width: snap(region.width * scaleX),
    height: snap(region.height * scaleY),
  };
  const output = { width: region.outputWidth, height: region.outputHeight };
  const isReplayed =
    isWhole(source, canvas, output) || (enlarges(source, output) && !hasPutPixels(canvas));

  // The engine's dithering follows the place on the canvas, so a part that is to be copied exactly
  // is cut out of a copy of all of it.
  const recording = isReplayed
    ? hold(canvas, source, output)
    : hold(canvas, { x: 0, y: 0, width, height }, { width, height });

  return {
    render: (use) =>
      recording.play((picture) =>
        isReplayed ? use(picture) : resample(picture, source, output, use),
      ),
    discard: recording.discard,
  };
}

/** A part of a canvas. */
export interface Rectangle extends Size {
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

/** What was drawn on a part of a canvas, held by another one. */
interface Recording {
  /** The picture, for as long as `use` takes. */
  play<T>(use: (picture: Canvas) => T): T;
  discard(): void;
}

/** In pixels: a canvas of its own that is this small is no burden. */
const OWN_CANVAS_MAX_PIXELS = 65_536;
/** And one that is larger cannot be held in a pixel once the engine has made pixels of it; to try takes long. */
const ONE_PIXEL_MAX_PIXELS = 8_388_608;

/**
 * Holds what was drawn on a part of the canvas, in a canvas of one pixel if possible, since a record needs none.
 * 500 posters that wait take 205 MB that way, and 390 in canvases of their size.
 */
function hold(canvas: Canvas, part: Rectangle, size: Size): Recording {
  if (
    size.width * size.height > OWN_CANVAS_MAX_PIXELS &&
    canvas.width * canvas.height <= ONE_PIXEL_MAX_PIXELS
  ) {
    const recording = holdInPixel(canvas, part, size);
    if (recording) return recording;
  }
  const picture = acquire(size);
  draw(canvas, part, picture, { x: 0, y: 0, ...size });
  return { play: (use) => use(picture), discard: () => release(picture) };
}

/** A mark beside the record, of two parts of a pixel: white, then black. */
const MARK: Rectangle = { x: 0.75, y: 0.75, width: 0.25, height: 0.25 };

/**
 * The engine drops what lies outside of the pixel, so all is scaled to its first quarter, by a power of two,
 * which costs no precision. And it makes pixels of a record that holds more than some megabytes
 * of them: whether there still is a record then shows at the mark.
 */
function holdInPixel(canvas: Canvas, part: Rectangle, size: Size): Recording | undefined {
  const { width, height } = canvas;
  const scale = 2 ** -Math.ceil(1 + Math.log2(Math.max(width, height)));
  const pixel = createCanvas(1, 1);
  const context = pixel.getContext("2d");
  const half = MARK.width / 2;
  context.fillStyle = "#fff";
  context.fillRect(MARK.x, MARK.y, half, MARK.height);
  context.fillStyle = "#000";
  context.fillRect(MARK.x + half, MARK.y, half, MARK.height);
  const all = { x: 0, y: 0, width, height };
  draw(canvas, all, pixel, scaled(all, scale));

  const [white, , , , black] = play(pixel, MARK, { width: 2, height: 1 }, (mark) => mark.data());
  if (white === 255 && black === 0) {
    return {
      play: (use) => play(pixel, scaled(part, scale), size, use),
      discard: () => free(pixel),
    };
  }
  free(pixel);
  return undefined;
}

function scaled({ x, y, width, height }: Rectangle, scale: number): Rectangle {
  return { x: x * scale, y: y * scale, width: width * scale, height: height * scale };
}

/** What was drawn on a part of a canvas, on a canvas of that size. */
function play<T>(canvas: Canvas, part: Rectangle, size: Size, use: (picture: Canvas) => T): T {
  return withCanvas(size, (picture) => {
    draw(canvas, part, picture, { x: 0, y: 0, ...size });
    return use(picture);
  });
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

/** Cuts before it scales: nothing beside the region may shine in. */
function resample<T>(all: Canvas, source: Rectangle, output: Size, use: (picture: Canvas) => T): T {
  const x = Math.floor(source.x);
  const y = Math.floor(source.y);
  const width = Math.min(all.width, Math.ceil(source.x + source.width)) - x;
  const height = Math.min(all.height, Math.ceil(source.y + source.height)) - y;
  const scale = (part: Canvas): T =>
    sameSize(source, output) && source.x === x && source.y === y
      ? use(part)
      : resized(part, { ...source, x: source.x - x, y: source.y - y }, output, use);
  return sameSize({ width, height }, all)
    ? scale(all)
    : resized(all, { x, y, width, height }, { width, height }, scale);
}

/** The pixels of the part of the picture at that size. */
function resized<T>(
  picture: Canvas,
  { x, y, width, height }: Rectangle,
  size: Size,
  use: (result: Canvas) => T,
): T {
  return withCanvas(size, (result) => {
    const context = result.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, x, y, width, height, 0, 0, size.width, size.height);
    return use(result);
  });
}
