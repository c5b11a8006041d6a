// The engine, and what the library asks of it beyond drawing: is this its canvas, is this a colour.
import type * as Engine from "@napi-rs/canvas";
import { CanvasError, invalid } from "../errors.ts";
import { loadEngine } from "./load-engine.ts";

export type { Canvas, SKRSContext2D } from "@napi-rs/canvas";

type Canvas = Engine.Canvas;
type SKRSContext2D = Engine.SKRSContext2D;
/** What a canvas's first `getContext` decides. */
export type ContextAttributes = Engine.ContextAttributes;

const { engine, isMissing } = loadEngine();

/** Whether the engine is missing: every call of it then throws `ENGINE`. */
export const isEngineMissing: boolean = isMissing;

export const createCanvas: typeof Engine.createCanvas = engine.createCanvas;
export const GlobalFonts: typeof Engine.GlobalFonts = engine.GlobalFonts;
export const Image: typeof Engine.Image = engine.Image;
export type Image = Engine.Image;
export const ImageData: typeof Engine.ImageData = engine.ImageData;
export type ImageData = Engine.ImageData;
export const loadImage: typeof Engine.loadImage = engine.loadImage;
export const Path2D: typeof Engine.Path2D = engine.Path2D;
export type Path2D = Engine.Path2D;

/** The engine's gradients, patterns and text metrics. */
export type CanvasGradient = ReturnType<SKRSContext2D["createLinearGradient"]>;
export type CanvasPattern = NonNullable<ReturnType<SKRSContext2D["createPattern"]>>;
export type TextMetrics = ReturnType<SKRSContext2D["measureText"]>;

const canvasPrototype: Canvas = (engine as typeof engine & { CanvasElement: { prototype: Canvas } })
  .CanvasElement.prototype;

/**
 * Checks that the value is a canvas of this engine; throws INVALID otherwise. A canvas of another
 * copy of the engine looks the same and crashes the process when it is drawn, as does an object
 * that only has the prototype.
 */
export function asCanvas(value: unknown, option = "canvas"): Canvas {
  return asNative<Canvas>(value, option, "a canvas", canvasPrototype);
}

/** Checks that the value is an image of this engine, for the same reasons as {@link asCanvas}. */
export function asImage(value: unknown, option = "image"): Image {
  return asNative<Image>(value, option, "an image", Image.prototype);
}

/** Whether the value is a canvas of this engine. */
export function isCanvas(value: unknown): value is Canvas {
  return isNative(value, canvasPrototype);
}

/**
 * Whether the value is a canvas (or image) or imitates one; `asCanvas` and `asImage` reject
 * imitations.
 */
export const looksLikeCanvas = (value: unknown): boolean => looksLike(value, canvasPrototype);
export const looksLikeImage = (value: unknown): boolean => looksLike(value, Image.prototype);

function asNative<T>(value: unknown, option: string, what: string, prototype: object): T {
  if (isNative(value, prototype)) return value as T;
  const isOurs = isHeir(value, prototype);
  if (!isOurs && looksLike(value, prototype)) {
    throw new CanvasError(
      "INVALID",
      `${option}: expected ${what} of the @napi-rs/canvas that wx-canvas-node uses, ` +
        "got one from another copy of @napi-rs/canvas",
      { hint: "`npm ls @napi-rs/canvas` shows both; keep one" },
    );
  }
  throw invalid(option, `${what} of @napi-rs/canvas`, value);
}

function looksLike(value: unknown, prototype: object): boolean {
  if (typeof value !== "object" || value === null) return false;
  return isHeir(value, prototype) || nameOfClass(value) === prototype.constructor.name;
}

/**
 * Whether the value inherits from the prototype. A revoked proxy throws at any access.
 */
function isHeir(value: unknown, prototype: object): boolean {
  try {
    return Object.prototype.isPrototypeOf.call(prototype, value as object);
  } catch {
    return false;
  }
}

/** Whether the engine made the value: drawing an imitation crashes the process. */
function isNative(value: unknown, prototype: object): boolean {
  try {
    if (!isHeir(value, prototype)) return false;
    Object.getOwnPropertyDescriptor(prototype, "width")?.get?.call(value);
    return true;
  } catch {
    return false;
  }
}

function nameOfClass(value: object): string | undefined {
  try {
    return value.constructor?.name;
  } catch {
    return undefined;
  }
}

/** Checks each new size before the canvas takes it, which clears and allocates its pixels. */
export function beforeResize(
  canvas: Canvas,
  check: (size: { width: number; height: number }) => void,
): void {
  for (const side of ["width", "height"] as const) {
    const { get, set } = Object.getOwnPropertyDescriptor(canvasPrototype, side) as Required<
      TypedPropertyDescriptor<number>
    >;
    Object.defineProperty(canvas, side, {
      configurable: true,
      enumerable: true,
      get,
      set(value: unknown) {
        const length = Math.trunc(Number(value));
        check({ width: canvas.width, height: canvas.height, [side]: length });
        set.call(canvas, length);
      },
    });
  }
}

const PROBES: Record<"fillStyle" | "font", string[]> = {
  fillStyle: ["#000001", "#000002"],
  font: ["1px a", "2px b"],
};

/** Frees the pixels of a canvas at once; the garbage collector does not see how large they are. */
export function free(canvas: Canvas): void {
  canvas.width = 0;
}

/** A context to try things on, made at its first use: importing the library makes none. */
export function scratchContext(
  width: number,
  height: number,
  options?: ContextAttributes,
): () => SKRSContext2D {
  let context: SKRSContext2D | undefined;
  return () => {
    context ??= createCanvas(width, height).getContext("2d", options);
    return context;
  };
}

const probeContext = scratchContext(1, 1);

/** Whether the engine can read the value as that property; it ignores what it cannot read. */
export function parses(property: "fillStyle" | "font", value: unknown): boolean {
  const context = probeContext();
  return PROBES[property].some((before) => {
    context[property] = before;
    try {
      context[property] = value as string;
    } catch {
      return false;
    }
    return context[property] !== before;
  });
}

/** Red, green and blue of a CSS colour; a colour that is not opaque is put on white. */
export function opaque(css: string): readonly [number, number, number] {
  const context = createCanvas(1, 1).getContext("2d");
  for (const colour of ["#fff", css]) {
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
  }
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
