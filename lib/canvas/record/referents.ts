// What a recorded call refers to, as it is at that moment: pictures, canvases, paths, styles, pixels.
import { type Canvas, createCanvas, Image, ImageData, isCanvas, Path2D } from "../../engine.ts";
import {
  type GradientInfo,
  gradientInfo,
  type Matrix,
  patternTransform,
  unwatch,
  watch,
} from "../../engine-changes.ts";
import type { Size } from "../../limits.ts";
import { type Held, hold } from "../hold.ts";

/** A picture as it was when it was drawn. */
export class FrozenPicture {
  readonly bytes: number;
  /** An image, and when that is about to change a copy of it; or a canvas as it was. */
  #source: Image | Canvas | Held;

  constructor(source: Image | Canvas | Held, { width, height }: Size) {
    this.#source = source;
    this.bytes = width * height * 4;
  }

  /** The image, which may still have to be decoded. */
  get image(): Image | undefined {
    return this.#source instanceof Image ? this.#source : undefined;
  }

  replace(copy: Canvas): void {
    this.#source = copy;
  }

  /** Lends what can be drawn. */
  use<T>(draw: (source: Image | Canvas) => T): T {
    const source = this.#source;
    if (!("open" in source)) return draw(source);
    const canvas = source.open();
    frozen.set(canvas, this);
    try {
      return draw(canvas);
    } finally {
      frozen.delete(canvas);
      source.close(canvas);
    }
  }
}

const frozen = new WeakMap<object, FrozenPicture>();

/** What the image or canvas is at this moment, copied only when it is about to change. */
export function frozenImage(image: Image): FrozenPicture {
  const known = frozen.get(image);
  if (known) return known;
  const picture = new FrozenPicture(image, image);
  frozen.set(image, picture);
  const beforeChange = () => {
    unwatch(image, beforeChange);
    frozen.delete(image);
    picture.replace(copyOf(image));
  };
  watch(image, beforeChange);
  return picture;
}

function copyOf(image: Image): Canvas {
  const copy = createCanvas(image.naturalWidth || 1, image.naturalHeight || 1);
  copy.getContext("2d").drawImage(image, 0, 0);
  return copy;
}

/** A canvas as it is now, by the engine's own record. */
export function frozenCanvas(canvas: Canvas): FrozenPicture {
  const known = frozen.get(canvas);
  if (known) return known;
  return new FrozenPicture(hold(canvas), canvas);
}

const paths = new WeakMap<object, Path2D>();

/** Copied once for as long as it stays the same. */
export function frozenPath(path: Path2D): Path2D {
  const known = paths.get(path);
  if (known?.equals(path)) return known;
  const copy = new Path2D(path);
  paths.set(path, copy);
  return copy;
}

/** A gradient with as many stops, or a pattern with that transform. */
export class FrozenStyle {
  readonly style: object;
  readonly gradient: GradientInfo | undefined;
  readonly stops: number;
  readonly transform: Matrix | undefined;

  constructor(style: object) {
    this.style = style;
    this.gradient = gradientInfo(style);
    this.stops = this.gradient?.stops.length ?? 0;
    this.transform = patternTransform(style);
  }
}

/** A style as it is now; what is no frozen style stays as it is. */
export function stillStyle(value: unknown): unknown {
  return value instanceof FrozenStyle ? new FrozenStyle(value.style) : value;
}

/** Pixels that are put, at their place on the canvas. */
export class FrozenPixels {
  readonly x: number;
  readonly y: number;
  readonly image: ImageData;

  constructor(x: number, y: number, image: ImageData) {
    this.x = x;
    this.y = y;
    this.image = image;
  }

  covers({ width, height }: Size): boolean {
    const { x, y, image } = this;
    return x <= 0 && y <= 0 && x + image.width >= width && y + image.height >= height;
  }
}

/** Of `putImageData`'s arguments: the pixels that it puts, or undefined when there are none. */
export function frozenPixels(args: readonly unknown[]): FrozenPixels | undefined {
  const image = args[0] as ImageData;
  const [dx = 0, dy = 0, ...dirty] = args.slice(1).map(whole);
  const { width, height } = image;
  let [x = 0, y = 0, w = width, h = height] = dirty.length >= 4 ? dirty : [];
  if (w < 0) [x, w] = [x + w, -w];
  if (h < 0) [y, h] = [y + h, -h];
  const right = Math.min(width, x + w);
  const bottom = Math.min(height, y + h);
  x = Math.max(0, x);
  y = Math.max(0, y);
  if (right <= x || bottom <= y) return undefined;
  const { data } = image;
  const pixels = new Uint8ClampedArray((right - x) * (bottom - y) * 4);
  for (let row = y; row < bottom; row++) {
    const from = (row * width + x) * 4;
    pixels.set(data.subarray(from, from + (right - x) * 4), (row - y) * (right - x) * 4);
  }
  return new FrozenPixels(dx + x, dy + y, new ImageData(pixels, right - x, bottom - y));
}

/** As WebIDL's `long` of what is finite; the engine accepted the call. */
const whole = (value: unknown): number => Math.trunc(Number(value)) || 0;

/** The engine draws a canvas that is wrapped in an object, too. */
export function unwrapped(source: unknown): unknown {
  if (typeof source !== "object" || source === null) return source;
  const { canvas, _canvas } = source as { canvas?: unknown; _canvas?: unknown };
  return [canvas, _canvas].find(isCanvas) ?? source;
}

export const isImage = (value: unknown): value is Image => value instanceof Image;
export const isPath = (value: unknown): value is Path2D => value instanceof Path2D;
