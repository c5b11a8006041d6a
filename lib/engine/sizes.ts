// Images whose pixels are others than the engine's image of them has: SVGs, which are rendered
// finer than their size says, and images that share the pixels of a decoded picture.

import type { Size } from "../limits.ts";
import {
  contextPrototype,
  IDENTITY,
  markWrapped,
  notifyOnce,
  patternTransform,
  setPatternTransform,
} from "./changes.ts";
import { type CanvasPattern, Image, isEngineMissing, type SKRSContext2D } from "./engine.ts";
import { drawLarge, OVERLOADS, pixelSize } from "./large.ts";

/**
 * Copies of this library in one process share the engine's prototypes, and so what they note there.
 */
const SIZES = Symbol.for("wx-canvas-node:sizes");
const shared = contextPrototype as { [SIZES]?: WeakMap<object, Drawn> };
const isFirst = shared[SIZES] === undefined;
const sizes = shared[SIZES] ?? new WeakMap<object, Drawn>();
if (isFirst) Object.defineProperty(shared, SIZES, { value: sizes });

/** What is drawn for an image. */
interface Drawn extends Size {
  /** The image that has the pixels. */
  pixels: Image;
  /** The members that the image got for it. */
  names: string[];
}

/** Makes an image have this size, and be drawn at it, however many pixels it has. */
export function setDrawnSize(image: Image, { width, height }: Size): void {
  setDrawn(image, { width, height, pixels: image }, {});
  [image.width, image.height] = [width, height];
}

/** Makes an image draw the pixels of another one, which is decoded and does not change. */
export function sharePixels(image: Image, pixels: Image): void {
  dropPixels(image);
  const { width, height } = pixels;
  const drawn = { width, height, pixels: sizes.get(pixels)?.pixels ?? pixels };
  setDrawn(image, drawn, { width, height, complete: true, decode: async () => {} });
}

/** Makes an image draw nothing but pixels of its own. Its watchers copy the picture that it was. */
export function dropPixels(image: Image): void {
  if (!sizes.has(image)) return;
  notifyOnce(image, "src");
  forgetDrawn(image);
}

function setDrawn(image: Image, drawn: Omit<Drawn, "names">, more: Record<string, unknown>): void {
  const { width, height } = drawn;
  const members = { naturalWidth: width, naturalHeight: height, ...more };
  // Images of canvas nodes have some of these members of their own.
  const own = Object.entries(members).filter(([name]) => !Object.hasOwn(image, name));
  for (const [name, value] of own) {
    Object.defineProperty(image, name, {
      configurable: true,
      enumerable: true,
      writable: true,
      value,
    });
  }
  sizes.set(image, { ...drawn, names: own.map(([name]) => name) });
}

function forgetDrawn(image: Image): void {
  for (const name of sizes.get(image)?.names ?? []) Reflect.deleteProperty(image, name);
  sizes.delete(image);
}

/** How many pixels are drawn for each pixel of the size, in both directions. */
function pixelsPer({ pixels: image, width, height }: Drawn): { across: number; down: number } {
  const pixels = pixelSize(image);
  return { across: pixels.width / width, down: pixels.height / height };
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

  const draw = (context: SKRSContext2D, args: readonly unknown[]) => {
    if (!drawLarge(context, args, draw)) Reflect.apply(drawImage, context, args);
  };

  const drawSized = function (this: SKRSContext2D, ...args: unknown[]) {
    const drawn = sizes.get(args[0] as object);
    if (!drawn) return draw(this, args);
    const [, ...place] = args as [Image, ...number[]];
    const { across, down } = pixelsPer(drawn);
    if ((across === 1 && down === 1) || !OVERLOADS.has(place.length)) {
      return draw(this, [drawn.pixels, ...place]);
    }
    const isPart = place.length === 8;
    const sized = isPart
      ? place.map((length, i) => (i > 3 ? length : length * (i % 2 === 0 ? across : down)))
      : [...place.slice(0, 2), place[2] ?? drawn.width, place[3] ?? drawn.height];
    const { imageSmoothingQuality } = this;
    // It has more pixels than are drawn, and the engine's default reduction would lose thin lines.
    this.imageSmoothingQuality = "high";
    try {
      draw(this, [drawn.pixels, ...sized]);
    } finally {
      this.imageSmoothingQuality = imageSmoothingQuality;
    }
  };

  const createSizedPattern = function (
    this: SKRSContext2D,
    ...args: Parameters<typeof createPattern>
  ) {
    const [image, ...repetition] = args;
    const drawn = sizes.get(image);
    if (!drawn) return createPattern.apply(this, args);
    const pattern = createPattern.call(this, drawn.pixels, ...repetition);
    const { across, down } = pixelsPer(drawn);
    if (pattern && (across !== 1 || down !== 1)) resize(pattern, { across, down });
    return pattern;
  };

  const source = Object.getOwnPropertyDescriptor(Image.prototype, "src") as PropertyDescriptor;
  const setSource = function (this: Image, value: unknown) {
    // Watchers copy the picture that it was, so it is forgotten after they know.
    source.set?.call(this, value);
    forgetDrawn(this);
  };
  markWrapped(setSource);
  Object.defineProperty(Image.prototype, "src", { ...source, set: setSource });

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
