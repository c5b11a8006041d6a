// wx.canvasGetImageData and wx.canvasPutImageData: pixels of a legacy canvas, in logical pixels.

import { isUint8Array, isUint8ClampedArray } from "node:util/types";
import * as z from "zod/mini";
import type { Rectangle } from "../canvas/hold.ts";
import { withCanvas } from "../canvas/pool.ts";
import { asComponent, type CanvasEntry, ratioOf, requireCanvas } from "../canvas/registry.ts";
import { type Canvas, createCanvas, free, ImageData } from "../engine/engine.ts";
import { CanvasError, invalid, show } from "../errors.ts";
import type { HostContext } from "../host-context.ts";
import { lazily } from "../late.ts";
import { checkSize } from "../limits.ts";
import { expecting, numberLike, omitted, parse, preprocessed } from "../validate.ts";

/** Which pixels of which canvas, in logical pixels. */
export interface PixelOptions {
  canvasId: string;
  /** Left of the rectangle; fractions are cut off. */
  x: number;
  /** Top of the rectangle; fractions are cut off. */
  y: number;
  /** Width of the rectangle. */
  width: number;
  /** Height of the rectangle. */
  height: number;
}

/** Pixels as `canvasGetImageData` gives them. */
export interface CanvasGetImageDataResult {
  /** RGBA, not premultiplied: width × height × 4 bytes. */
  data: Uint8ClampedArray;
  width: number;
  height: number;
  /** `"canvasGetImageData:ok"` */
  errMsg: string;
}

/** The pixels to put, and where. */
export interface CanvasPutImageDataOptions extends Omit<PixelOptions, "height"> {
  /** Height of the rectangle. Default: as many rows as there is data for. */
  height?: number | undefined;
  /** RGBA, not premultiplied: width × height × 4 bytes. */
  data: Uint8ClampedArray;
}

const schema = lazily(() => {
  const whole = preprocessed(
    (value) => (omitted(value) ? 0 : numberLike(value)),
    z.pipe(z.number({ error: expecting("a finite number") }), z.transform(Math.trunc)),
  );

  return z.object({
    canvasId: z.unknown(),
    x: whole,
    y: whole,
    width: whole,
    height: whole,
    data: z.unknown(),
  });
});

export async function canvasGetImageData(
  host: HostContext,
  options: unknown,
  component: unknown,
): Promise<Omit<CanvasGetImageDataResult, "errMsg">> {
  const { canvasId, data: _, ...rectangle } = parse(schema, options);
  const entry = requireCanvas(host.registry, canvasId, asComponent(component));
  assertSides(rectangle);
  checkSize("rectangle", rectangle, host.settings.limits);
  return await entry.enqueue(() => {
    assertHasPixels(entry, canvasId);
    return read(entry, rectangle);
  });
}

export async function canvasPutImageData(
  host: HostContext,
  options: unknown,
  component: unknown,
): Promise<object> {
  const { canvasId, data: given, ...rectangle } = parse(schema, options);
  const entry = requireCanvas(host.registry, canvasId, asComponent(component));
  // Copy the data as it is now: the call may wait for its turn.
  const data = asPixels(given).slice();
  // Older documentation leaves the height out.
  if (rectangle.height === 0) rectangle.height = Math.floor(data.length / rectangle.width / 4);
  assertSides(rectangle);
  checkSize("rectangle", rectangle, host.settings.limits);
  const expected = rectangle.width * rectangle.height * 4;
  if (data.length !== expected) {
    throw invalid("data", `width × height × 4 = ${expected} bytes`, data.length);
  }
  await entry.enqueue(() => {
    assertHasPixels(entry, canvasId);
    write(entry, rectangle, data);
  });
  return {};
}

/**
 * Reads from a copy: a canvas whose pixels are read loses its record, and its sharp enlargements.
 */
function read(entry: CanvasEntry, { x, y, width, height }: Rectangle) {
  const { canvas } = entry;
  const scale = ratioOf(entry);
  return withCanvas(canvas, (copy) => {
    copy.getContext("2d").drawCanvas(canvas, 0, 0);
    if (scale.x === 1 && scale.y === 1) {
      return { data: pixelsOf(copy, x, y, width, height), width, height };
    }
    return withCanvas({ width, height }, (reduced) => {
      const context = reduced.getContext("2d");
      context.imageSmoothingQuality = "high";
      context.scale(1 / scale.x, 1 / scale.y);
      context.drawImage(copy, -x * scale.x, -y * scale.y);
      return { data: pixelsOf(reduced, 0, 0, width, height), width, height };
    });
  });
}

function pixelsOf(canvas: Canvas, x: number, y: number, width: number, height: number) {
  return canvas.getContext("2d").getImageData(x, y, width, height).data;
}

/** Puts pixels as putImageData does: they replace what is there, transparent ones too. */
function write(entry: CanvasEntry, { x, y, width, height }: Rectangle, data: Uint8ClampedArray) {
  const scale = ratioOf(entry);
  const context = entry.canvas.getContext("2d");
  const pixels = new ImageData(data, width, height);
  if (scale.x === 1 && scale.y === 1) return context.putImageData(pixels, x, y);
  const source = createCanvas(width, height);
  source.getContext("2d").putImageData(pixels, 0, 0);
  context.save();
  context.imageSmoothingQuality = "high";
  context.scale(scale.x, scale.y);
  context.clearRect(x, y, width, height);
  context.drawImage(source, x, y);
  context.restore();
  // Drawing copied the source: the record keeps what it needs.
  free(source);
}

/** Throws WeChat's errors for a side of 0. */
function assertSides({ width, height }: Rectangle): void {
  if (width === 0) throw new CanvasError("INVALID", "the source width is 0");
  if (height === 0) throw new CanvasError("INVALID", "the source height is 0");
}

/** Throws for a canvas that has no pixels when its turn comes: sizes may be bound to data. */
function assertHasPixels({ canvas }: CanvasEntry, canvasId: unknown): void {
  const { width, height } = canvas;
  if (width > 0 && height > 0) return;
  const reason = `the canvas ${show(canvasId)} has no size, it is ${width} × ${height} pixels`;
  throw new CanvasError("EMPTY_REGION", reason);
}

function asPixels(value: unknown): Uint8ClampedArray {
  if (isUint8ClampedArray(value) || isUint8Array(value)) {
    return new Uint8ClampedArray(value.buffer, value.byteOffset, value.length);
  }
  throw invalid("data", "a Uint8ClampedArray", value);
}
