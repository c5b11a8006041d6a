// What the rest may ask of the engine beyond drawing: is this one of its canvases, is this a colour.
import { type Canvas, createCanvas, Image, type SKRSContext2D } from "@napi-rs/canvas";
import { CanvasError, invalid } from "./errors.ts";

export { type Canvas, createCanvas, type SKRSContext2D } from "@napi-rs/canvas";

const sample = createCanvas(1, 1);
const canvasPrototype: Canvas = Object.getPrototypeOf(sample);
const sides = Object.getOwnPropertyDescriptors(canvasPrototype) as unknown as Record<
  "width" | "height",
  Required<TypedPropertyDescriptor<number>>
>;

/**
 * The value as a canvas of this engine. A canvas of another copy of the engine looks the same and
 * crashes the process when it is drawn, as does an object that only has the prototype.
 */
export function asCanvas(value: unknown, option = "canvas"): Canvas {
  return asNative<Canvas>(value, option, "a canvas", canvasPrototype);
}

/** The value as an image of this engine; of others the same holds as of canvases. */
export function asImage(value: unknown, option = "image"): Image {
  return asNative<Image>(value, option, "an image", Image.prototype);
}

/** Whether the value is, or pretends to be, a canvas or an image; `asCanvas`, `asImage` tell which. */
export const isCanvas = (value: unknown): boolean => looksLike(value, canvasPrototype);
export const isImage = (value: unknown): boolean => looksLike(value, Image.prototype);

function asNative<T>(value: unknown, option: string, what: string, prototype: object): T {
  const isOurs = isHeir(value, prototype);
  if (isOurs && isGenuine(value as object, prototype)) return value as T;
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

/** A revoked proxy throws, whatever it is asked. */
function isHeir(value: unknown, prototype: object): boolean {
  try {
    return Object.prototype.isPrototypeOf.call(prototype, value as object);
  } catch {
    return false;
  }
}

function isGenuine(value: object, prototype: object): boolean {
  try {
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

/** Has a new size checked before the canvas takes it, and so clears and allocates its pixels. */
export function beforeResize(
  canvas: Canvas,
  check: (size: { width: number; height: number }) => void,
): void {
  for (const side of ["width", "height"] as const) {
    const { get, set } = sides[side];
    Object.defineProperty(canvas, side, {
      configurable: true,
      enumerable: true,
      get,
      set(value: unknown) {
        const length = Math.trunc(Number(value));
        check({ width: canvas.width, height: canvas.height, [side]: length });
        forgetPutPixels(canvas);
        set.call(canvas, length);
      },
    });
  }
}

/** Whether the engine reads this text as a CSS colour; it ignores what it cannot read. */
export function isColour(css: string): boolean {
  const context = sample.getContext("2d");
  return ["#000001", "#000002"].some((before) => {
    context.fillStyle = before;
    context.fillStyle = css;
    return context.fillStyle !== before;
  });
}

const bitmaps = new WeakSet<Canvas>();

/** Whether pixels were put on the canvas: the engine replays those as blocks when enlarging. */
export function hasPutPixels(canvas: Canvas): boolean {
  return bitmaps.has(canvas);
}

/** The canvas was cleared: what was put on it is gone. */
export function forgetPutPixels(canvas: Canvas): void {
  bitmaps.delete(canvas);
}

// The engine does not tell, and a caller's canvas may have had its pixels put before it is handed
// over, so the method notes it for every canvas.
const context: SKRSContext2D = Object.getPrototypeOf(sample.getContext("2d"));
const { putImageData } = context;
context.putImageData = function (this: SKRSContext2D, ...rest: Parameters<typeof putImageData>) {
  bitmaps.add(this.canvas);
  return putImageData.apply(this, rest);
} as typeof putImageData;
