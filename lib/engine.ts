// What the rest may ask of the engine beyond drawing: is this one of its canvases, is this a colour.
import { type Canvas, createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import { CanvasError, invalid } from "./errors.ts";

export { type Canvas, createCanvas, Image, ImageData, type SKRSContext2D } from "@napi-rs/canvas";

/** The engine's gradients, patterns and text metrics. */
export type CanvasGradient = ReturnType<SKRSContext2D["createLinearGradient"]>;
export type CanvasPattern = NonNullable<ReturnType<SKRSContext2D["createPattern"]>>;
export type TextMetrics = ReturnType<SKRSContext2D["measureText"]>;

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
  const expected = "a canvas of @napi-rs/canvas";
  if (typeof value !== "object" || value === null) throw invalid(option, expected, value);
  if (isCanvas(value)) return value;
  const isOurs = Object.prototype.isPrototypeOf.call(canvasPrototype, value);
  if (!isOurs && nameOfClass(value) === canvasPrototype.constructor.name) {
    throw new CanvasError(
      "INVALID",
      `${option}: expected a canvas of the @napi-rs/canvas that wx-canvas-node uses, ` +
        "got one from another copy of @napi-rs/canvas",
      { hint: "`npm ls @napi-rs/canvas` shows both; keep one" },
    );
  }
  throw invalid(option, expected, value);
}

/** Whether the value is a canvas of this engine. */
export function isCanvas(value: unknown): value is Canvas {
  try {
    if (!Object.prototype.isPrototypeOf.call(canvasPrototype, value as object)) return false;
    sides.width.get.call(value);
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

const PROBES: Record<"fillStyle" | "font", string[]> = {
  fillStyle: ["#000001", "#000002"],
  font: ["1px a", "2px b"],
};

/** Whether the engine can read the value as that property; it ignores what it cannot read. */
export function parses(property: "fillStyle" | "font", value: unknown): boolean {
  const context = sample.getContext("2d");
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
