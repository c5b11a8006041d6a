// Images that have more pixels than their size says: SVGs, which are rendered finer.
import { type CanvasPattern, Image, isEngineMissing, type SKRSContext2D } from "./engine.ts";
import {
  contextPrototype,
  IDENTITY,
  patternTransform,
  setPatternTransform,
} from "./engine-changes.ts";
import type { Size } from "./limits.ts";

/**
 * Copies of this library in one process share the engine's prototypes, and so what they note there.
 */
const SIZES = Symbol.for("wx-canvas-node:sizes");
const shared = contextPrototype as { [SIZES]?: WeakMap<object, Size> };
const isFirst = shared[SIZES] === undefined;
const sizes = shared[SIZES] ?? new WeakMap<object, Size>();
if (isFirst) Object.defineProperty(shared, SIZES, { value: sizes });

/** Makes an image have this size, and be drawn at it, however many pixels it has. */
export function setDrawnSize(image: Image, { width, height }: Size): void {
  sizes.set(image, { width, height });
  for (const [name, value] of Object.entries({ naturalWidth: width, naturalHeight: height })) {
    Object.defineProperty(image, name, { configurable: true, enumerable: true, value });
  }
  [image.width, image.height] = [width, height];
}

/** Gives an image the size of its pixels again. */
export function clearDrawnSize(image: Image): void {
  if (!sizes.delete(image)) return;
  for (const name of ["naturalWidth", "naturalHeight"]) Reflect.deleteProperty(image, name);
}

/** How many pixels the image has for each pixel of its size, in both directions. */
function pixelsPer(image: Image, { width, height }: Size): { across: number; down: number } {
  const pixels = (side: string) =>
    Object.getOwnPropertyDescriptor(Image.prototype, side)?.get?.call(image) as number;
  return { across: pixels("naturalWidth") / width, down: pixels("naturalHeight") / height };
}

/** Keeps a pattern as large as its image, under any transform that it gets. */
function resize(pattern: CanvasPattern, { across, down }: { across: number; down: number }): void {
  const { setTransform } = pattern;
  const apply = () => {
    const { a, b, c, d, e, f } = patternTransform(pattern) ?? IDENTITY;
    const scaled = { a: a / across, b: b / across, c: c / down, d: d / down, e, f };
    setPatternTransform?.call(pattern, scaled);
  };
  Object.defineProperty(pattern, "setTransform", {
    configurable: true,
    writable: true,
    value(...args: Parameters<typeof setTransform>) {
      setTransform.apply(pattern, args);
      apply();
    },
  });
  apply();
}

// The engine measures an image in its pixels: draws without a size, parts and patterns are
// converted.
if (isFirst && !isEngineMissing) {
  const { drawImage, createPattern } = contextPrototype as SKRSContext2D;

  const drawSized = function (this: SKRSContext2D, ...args: unknown[]) {
    const size = sizes.get(args[0] as object);
    if (!size) return Reflect.apply(drawImage, this, args);
    const [image, ...place] = args as [Image, ...number[]];
    const { across, down } = pixelsPer(image, size);
    const isPart = place.length >= 8;
    const sized = isPart
      ? place.map((length, i) => (i > 3 ? length : length * (i % 2 === 0 ? across : down)))
      : [...place.slice(0, 2), place[2] ?? size.width, place[3] ?? size.height];
    const { imageSmoothingQuality } = this;
    // It has more pixels than are drawn, and the engine's default reduction would lose thin lines.
    this.imageSmoothingQuality = "high";
    try {
      Reflect.apply(drawImage, this, [image, ...sized]);
    } finally {
      this.imageSmoothingQuality = imageSmoothingQuality;
    }
  };

  const createSizedPattern = function (
    this: SKRSContext2D,
    ...args: Parameters<typeof createPattern>
  ) {
    const pattern = createPattern.apply(this, args);
    const size = sizes.get(args[0]);
    if (!size) return pattern;
    if (pattern) resize(pattern, pixelsPer(args[0] as Image, size));
    return pattern;
  };

  for (const [name, value] of Object.entries({
    drawImage: drawSized,
    createPattern: createSizedPattern,
  })) {
    const { length } = name === "drawImage" ? drawImage : createPattern;
    Object.defineProperty(value, "length", { value: length });
    Object.defineProperty(value, "name", { value: name });
    Object.defineProperty(contextPrototype, name, { value, writable: true, configurable: true });
  }
}
