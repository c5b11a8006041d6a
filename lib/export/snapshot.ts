// Takes snapshots: the picture of a region at its output size, frozen at the moment of the call.

import { type Held, holdForExport, type Rectangle } from "../canvas/hold.ts";
import { acquire, release } from "../canvas/pool.ts";
import type { Args, FrozenRecord } from "../canvas/record/calls.ts";
import { play } from "../canvas/record/play.ts";
import { freezeRecord, paintLongRecord } from "../canvas/record/recorded-canvas.ts";
import { FrozenPicture } from "../canvas/record/referents.ts";
import { hasPutPixels } from "../engine/changes.ts";
import { type Canvas, createCanvas, free, type Image } from "../engine/engine.ts";
import type { Size } from "../limits.ts";
import type { Original } from "./codec/job.ts";
import type { Region } from "./region.ts";

/** A picture that later drawing cannot change. */
export interface Snapshot {
  /** Must be awaited before `render`: decodes pictures again that the drawing uses. */
  prepare?(): Promise<void>;
  /** Renders it at its output size, or what it is to be reduced from, as often as it is called. */
  render(): Picture;
  /** What `render` gives if the picture is to be reduced from that. */
  original?: Original;
  /** Releases what the snapshot holds. */
  discard(): void;
}

/** A rendered picture; its pixels can be read until it is released. */
export interface Picture {
  /**
   * The pixels of the rows from `from` to before `to`, or of their columns from `left` to before
   * `right`: RGBA, not premultiplied.
   */
  read(from: number, to: number, left?: number, right?: number): Uint8ClampedArray;
  release(): void;
}

/**
 * Freezes the region of the canvas. That costs almost nothing: it notes how far the record of calls
 * goes, or has the engine copy its own record. The pixels are made by `render`.
 */
export function freeze(canvas: Canvas, logical: Size, region: Region): Snapshot {
  const source = partOf(canvas, logical, region);
  const output = { width: region.outputWidth, height: region.outputHeight };
  const isCut = isCopy(source, output);
  if (!isCut && enlarges(source, output)) {
    return (
      drawnAnew(canvas, source, output) ??
      (hasPutPixels(canvas)
        ? resampled(canvas, source, output)
        : held(holdForExport(canvas, source, output)))
    );
  }
  paintLongRecord(canvas);
  if (isWhole(source, canvas, output)) return held(holdForExport(canvas));
  return isCut ? resampled(canvas, source, output) : unreduced(canvas, source);
}

/** The region in pixels of the canvas. */
export function partOf({ width, height }: Size, logical: Size, region: Region): Rectangle {
  const scaleX = width / logical.width;
  const scaleY = height / logical.height;
  return {
    x: snap(region.x * scaleX),
    y: snap(region.y * scaleY),
    width: snap(region.width * scaleX),
    height: snap(region.height * scaleY),
  };
}

/** Rounds a length that misses a whole pixel only by the inexact arithmetic of ratios. */
function snap(length: number): number {
  const whole = Math.round(length);
  return Math.abs(length - whole) < 1e-6 ? whole : length;
}

function isWhole(source: Size, canvas: Size, output: Size): boolean {
  return sameSize(source, canvas) && sameSize(source, output);
}

/**
 * Whether to replay the record at the output's size. A replay stays sharp where the region is
 * enlarged or moved by parts of a pixel, but aliases where it is reduced by a pixel or more.
 */
function enlarges(source: Rectangle, output: Size): boolean {
  return output.width > source.width - 1 && output.height > source.height - 1;
}

function isCopy(source: Rectangle, output: Size): boolean {
  return sameSize(source, output) && Number.isInteger(source.x) && Number.isInteger(source.y);
}

function sameSize(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}

/** A snapshot that the engine renders from its own record. */
function held({ open, close, discard }: Held): Snapshot {
  return {
    render() {
      const canvas = open();
      return pictureOf(canvas, () => close(canvas));
    },
    discard,
  };
}

/**
 * A snapshot that replays the recorded calls at the output's size; undefined when there is no
 * record.
 */
function drawnAnew(canvas: Canvas, source: Rectangle, output: Size): Snapshot | undefined {
  const record = freezeRecord(canvas);
  if (!record) return undefined;
  const scaleX = output.width / source.width;
  const scaleY = output.height / source.height;
  const placement = { scaleX, scaleY, dx: -source.x * scaleX, dy: -source.y * scaleY };
  let drawn: Canvas | undefined;
  const draw = (): Canvas => {
    const result = acquire(output);
    const context = result.getContext("2d");
    if (record.attributes) {
      const { width, height } = output;
      const own = createCanvas(width, height);
      play(record, own.getContext("2d", record.attributes), placement);
      context.drawImage(own, 0, 0);
      free(own);
    } else play(record, context, placement);
    return result;
  };
  return {
    async prepare() {
      const images = imagesOf(record);
      if (images.length === 0) return;
      const { needPixels, withPixels } = await import("../images/revive.ts");
      if (needPixels(images)) drawn = await withPixels(images, draw);
    },
    render() {
      // It is kept until the export ends: the images have lost their pixels again.
      if (drawn) return pictureOf(drawn, () => {});
      const result = draw();
      return pictureOf(result, () => release(result));
    },
    discard() {
      if (drawn) release(drawn);
      drawn = undefined;
    },
  };
}

/** The images that the calls draw. */
export function imagesOf({ args, length }: FrozenRecord): Image[] {
  const images = new Set<Image>();
  for (let i = 0; i < length; i++) {
    const [picture] = args[i] as Args;
    if (FrozenPicture.is(picture) && picture.image) images.add(picture.image);
  }
  return [...images];
}

/**
 * A snapshot of the region's pixels, at another size or place. The engine's dithering depends on
 * the place on the canvas, so the region is cut out of a copy of the whole canvas.
 */
function resampled(canvas: Canvas, source: Rectangle, output: Size): Snapshot {
  const { open, close, discard } = holdForExport(canvas);
  return {
    render() {
      const all = open();
      const result = resample(all, source, output);
      close(all);
      return pictureOf(result, () => release(result));
    },
    discard,
  };
}

/**
 * A snapshot of all whole pixels that the region touches. The encoder reduces them: what lies
 * beside them does not bleed in.
 */
function unreduced(canvas: Canvas, source: Rectangle): Snapshot {
  const { open, close, discard } = holdForExport(canvas);
  const { x, y, width, height } = wholePixels(source, canvas);
  return {
    render() {
      const all = open();
      const context = all.getContext("2d");
      return {
        read: (from, to) => context.getImageData(x, y + from, width, to - from).data,
        release: () => close(all),
      };
    },
    original: { width, height, part: { ...source, x: source.x - x, y: source.y - y } },
    discard,
  };
}

/** The whole pixels of a canvas that a part of it touches. */
function wholePixels(part: Rectangle, canvas: Size): Rectangle {
  const x = Math.floor(part.x);
  const y = Math.floor(part.y);
  const width = Math.min(canvas.width, Math.ceil(part.x + part.width)) - x;
  const height = Math.min(canvas.height, Math.ceil(part.y + part.height)) - y;
  return { x, y, width, height };
}

function pictureOf(canvas: Canvas, release: () => void): Picture {
  const context = canvas.getContext("2d");
  return {
    read: (from, to, left = 0, right = canvas.width) =>
      context.getImageData(left, from, right - left, to - from).data,
    release,
  };
}

/** Cuts the region out before it scales, so that pixels beside the region do not bleed in. */
function resample(all: Canvas, source: Rectangle, output: Size): Canvas {
  const { x, y, width, height } = wholePixels(source, all);
  if (isCopy(source, output) || sameSize({ width, height }, all))
    return resized(all, source, output);
  const part = resized(all, { x, y, width, height }, { width, height });
  const result = resized(part, { ...source, x: source.x - x, y: source.y - y }, output);
  release(part);
  return result;
}

/** Draws a part of the picture at the given size. */
function resized(picture: Canvas, { x, y, width, height }: Rectangle, size: Size): Canvas {
  const result = acquire(size);
  const context = result.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, x, y, width, height, 0, 0, size.width, size.height);
  return result;
}
