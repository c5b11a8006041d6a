// What recorded calls refer to, as it was at the call: pictures, canvases, paths, styles, pixels.

import {
  fileBytesOf,
  type GradientInfo,
  gradientInfo,
  type Matrix,
  patternTransform,
  type Watcher,
  watch,
  watcherOf,
} from "../../engine/changes.ts";
import {
  type Canvas,
  createCanvas,
  Image,
  type ImageData,
  isCanvas,
  Path2D,
} from "../../engine/engine.ts";
import type { Size } from "../../limits.ts";
import { type Held, hold, type Rectangle } from "../hold.ts";
import type { FrozenRecord } from "./calls.ts";

/** A picture as it was when it was drawn. */
export class FrozenPicture implements Watcher {
  /** The memory that it holds. */
  readonly bytes: number;
  readonly size: Size;
  /** Of a canvas, the calls that had drawn it; noted only where places in the source are, too. */
  record: FrozenRecord | undefined;
  /** An image, which a copy replaces before it changes; or a canvas as it was. */
  #source: Image | Canvas | Held;

  constructor(source: Image | Canvas | Held, { width, height }: Size) {
    this.#source = source;
    this.size = { width, height };
    this.bytes = fileBytesOf(source) ?? width * height * 4;
  }

  /** Works for a revoked proxy, too, where `instanceof` throws. */
  static is(value: unknown): value is FrozenPicture {
    return typeof value === "object" && value !== null && #source in value;
  }

  /** The image, which may still have to be decoded. */
  get image(): Image | undefined {
    return this.#source instanceof Image ? this.#source : undefined;
  }

  changed(image: object): void {
    const { naturalWidth, naturalHeight } = image as Image;
    const copy = createCanvas(Math.max(1, naturalWidth), Math.max(1, naturalHeight));
    try {
      copy.getContext("2d").drawImage(image as Image, 0, 0);
    } catch {
      // The image is broken: the call drew nothing, either.
    }
    this.#source = copy;
  }

  /** Lends what can be drawn. */
  use<T>(draw: (source: Image | Canvas) => T): T {
    const source = this.#source;
    if (isImage(source) || isCanvas(source)) return draw(source);
    const canvas = source.open();
    lent.set(canvas, this);
    try {
      return draw(canvas);
    } finally {
      lent.delete(canvas);
      source.close(canvas);
    }
  }
}

const lent = new Map<object, FrozenPicture>();

/** The frozen picture that an image already has, or that lent this canvas. */
export function knownPicture(source: object): FrozenPicture | undefined {
  return lent.get(source) ?? watcherOf(source, FrozenPicture);
}

/** An image as it is now, copied only when it is about to change. */
export function frozenImage(image: Image): FrozenPicture {
  const picture = new FrozenPicture(image, image);
  watch(image, picture);
  return picture;
}

/** A canvas as it is now, by the engine's own record. */
export function frozenCanvas(canvas: Canvas): FrozenPicture {
  return new FrozenPicture(hold(canvas), canvas);
}

/** A path as it was when it was drawn; copied only when it is about to change. */
export class FrozenPath implements Watcher {
  path: Path2D;

  constructor(path: Path2D) {
    this.path = path;
    watch(path, this);
  }

  changed(path: object): void {
    this.path = new Path2D(path as Path2D);
  }
}

export function frozenPath(path: Path2D): FrozenPath {
  return watcherOf(path, FrozenPath) ?? new FrozenPath(path);
}

/** A gradient with as many stops, or a pattern with that transform. */
export class FrozenStyle {
  readonly style: object;
  readonly #gradient: GradientInfo | undefined;
  readonly stops: number;
  readonly transform: Matrix | undefined;

  constructor(style: object) {
    this.style = style;
    this.#gradient = gradientInfo(style);
    this.stops = this.#gradient?.stops.length ?? 0;
    this.transform = patternTransform(style);
  }

  static is(value: unknown): value is FrozenStyle {
    return typeof value === "object" && value !== null && #gradient in value;
  }

  get gradient(): GradientInfo | undefined {
    return this.#gradient;
  }
}

/** A style as it is now; any other value stays as it is. */
export function stillStyle(value: unknown): unknown {
  return FrozenStyle.is(value) ? new FrozenStyle(value.style) : value;
}

/** Pixels that are put, at their place on the canvas. */
export interface FrozenPixels {
  x: number;
  y: number;
  width: number;
  height: number;
  /** RGBA, not premultiplied. */
  data: ImageData["data"];
}

/** The pixels that `putImageData` puts with these arguments; undefined when there are none. */
export function frozenPixels(args: readonly unknown[]): FrozenPixels | undefined {
  const { data, width, height } = args[0] as ImageData;
  const left = whole(args[1]);
  const top = whole(args[2]);
  if (args.length < 7) return { x: left, y: top, width, height, data: copyOf(data) };
  const across = part(whole(args[3]), whole(args[5]), width);
  const down = part(whole(args[4]), whole(args[6]), height);
  if (across.length <= 0 || down.length <= 0) return undefined;
  const dirty = { x: across.start, y: down.start, width: across.length, height: down.length };
  const place = { x: left + dirty.x, y: top + dirty.y };
  return { ...dirty, ...place, data: cut(data, width, dirty) };
}

/** The part of a range that lies within the limit; a negative length goes to the left. */
function part(start: number, length: number, limit: number) {
  const from = Math.max(0, Math.min(start, start + length));
  const to = Math.min(limit, Math.max(start, start + length));
  return { start: from, length: to - from };
}

/** Copies a part of a picture that is `across` pixels wide. */
function cut(data: Pixels, across: number, { x, y, width, height }: Rectangle): Pixels {
  const pixels = copyOf(data.subarray(0, width * height * 4));
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * across + x) * 4;
    pixels.set(data.subarray(from, from + width * 4), row * width * 4);
  }
  return pixels;
}

type Pixels = ImageData["data"];

/**
 * Copies the pixels. For a few bytes, Node's pool of buffers is quicker than memory of their own.
 */
function copyOf(data: Pixels): Pixels {
  const bytes = Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  const { buffer, byteOffset } = Buffer.from(bytes);
  const Copy = data.constructor as Uint8ClampedArrayConstructor;
  return new Copy(buffer, byteOffset, data.length) as Pixels;
}

/** Truncates like WebIDL's `long` does finite numbers; the engine has accepted the call. */
const whole = (value: unknown): number => Math.trunc(Number(value)) || 0;

/** The engine draws a canvas that is wrapped in an object, too. */
export function unwrapped(source: object): unknown {
  const { canvas, _canvas } = source as { canvas?: unknown; _canvas?: unknown };
  return [canvas, _canvas].find(isCanvas) ?? source;
}

export const isImage = (value: unknown): value is Image => value instanceof Image;
export const isPath = (value: unknown): value is Path2D => value instanceof Path2D;
