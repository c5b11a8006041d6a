// Notes what the engine does not tell: how gradients were made, and what changes after it was drawn.
import {
  type Canvas,
  type CanvasGradient,
  type CanvasPattern,
  createCanvas,
  Image,
  isEngineMissing,
  type SKRSContext2D,
} from "./engine.ts";

/** Is called with the member's name and its arguments. */
export type Watcher = (name: string, args: readonly unknown[]) => void;

/** What copies of this library in one process share, since they share the engine's prototypes. */
interface Notes {
  watchers: WeakMap<object, Set<Watcher>>;
  gradients: WeakMap<object, GradientInfo>;
  transforms: WeakMap<object, Matrix>;
  putOn: WeakSet<object>;
  isQuiet: boolean;
}

const NOTES = Symbol.for("wx-canvas-node:notes");

/** Without the engine nothing is drawn, and nothing changes. */
const samples = isEngineMissing ? undefined : makeSamples();
/** Where the engine's contexts have their members; an empty object without the engine. */
export const contextPrototype: object = samples?.context ?? {};
const notes = notesOf(contextPrototype);
const { watchers, gradients, transforms, putOn } = notes;

/** Calls no watcher meanwhile: what changes is changed back. */
export function quietly(change: () => void): void {
  notes.isQuiet = true;
  try {
    change();
  } finally {
    notes.isQuiet = false;
  }
}

/**
 * Has the watcher called when the object changes: an image **before** its source or size is set, a
 * gradient after it got a stop, a pattern after it was transformed, a canvas after its side was set.
 */
export function watch(object: object, watcher: Watcher): void {
  const all = watchers.get(object);
  if (all) all.add(watcher);
  else watchers.set(object, new Set([watcher]));
}

export function unwatch(object: object, watcher: Watcher): void {
  watchers.get(object)?.delete(watcher);
}

/** The numbers of a transform. */
export interface Matrix {
  a: number;
  b: number;
  c: number;
  d: number;
  e: number;
  f: number;
}

export const IDENTITY: Matrix = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };

/** A gradient as it was made, and the stops that it has now. */
export interface GradientInfo {
  method: "createLinearGradient" | "createRadialGradient" | "createConicGradient";
  args: readonly unknown[];
  stops: [offset: number, color: string][];
}

/** Whether it is a gradient or a pattern. */
export const isStyle = (value: object): boolean =>
  samples !== undefined &&
  [samples.gradient, samples.pattern].some((one) =>
    Object.prototype.isPrototypeOf.call(one, value),
  );

export const gradientInfo = (style: object): GradientInfo | undefined => gradients.get(style);

/** The transform that a pattern has now; undefined for one that never got any. */
export const patternTransform = (pattern: object): Matrix | undefined => transforms.get(pattern);

/** Whether pixels were put on the canvas since it was cleared: the engine replays those as blocks. */
export const hasPutPixels = (canvas: Canvas): boolean => putOn.has(canvas);

/** The canvas was cleared: what was put on it is gone. */
export const forgetPutPixels = (canvas: Canvas): boolean => putOn.delete(canvas);

const notify: Watcher & ThisType<object> = function (this: object, name, args) {
  if (notes.isQuiet) return;
  for (const watcher of watchers.get(this) ?? []) watcher(name, args);
};

// Callers make images, gradients and canvases with the engine itself: only its prototypes see all.
if (samples) {
  for (const method of [
    "createLinearGradient",
    "createRadialGradient",
    "createConicGradient",
  ] as const) {
    afterCall(samples.context, method, (_, args, gradient) => {
      gradients.set(gradient as object, { method, args, stops: [] });
    });
  }
  afterCall(samples.context, "putImageData", ({ canvas }) => putOn.add(canvas));

  afterCall(samples.gradient, "addColorStop", (gradient, args) => {
    gradients.get(gradient)?.stops.push([Number(args[0]), String(args[1])]);
    notify.call(gradient, "addColorStop", args);
  });

  afterCall(samples.pattern, "setTransform", (pattern, [init]) => {
    const { a, b, c, d, e, f, ...m } = (init ?? {}) as Record<string, unknown>;
    transforms.set(pattern, {
      a: Number(a ?? m.m11 ?? 1),
      b: Number(b ?? m.m12 ?? 0),
      c: Number(c ?? m.m21 ?? 0),
      d: Number(d ?? m.m22 ?? 1),
      e: Number(e ?? m.m41 ?? 0),
      f: Number(f ?? m.m42 ?? 0),
    });
    notify.call(pattern, "setTransform", [transforms.get(pattern)]);
  });

  for (const name of ["src", "width", "height"]) {
    onSet(Image.prototype, name, (image, set) => {
      notify.call(image, name, []);
      set();
    });
  }
  for (const side of ["width", "height"]) {
    onSet(samples.canvas, side, (canvas, set) => {
      set();
      putOn.delete(canvas);
      notify.call(canvas, side, []);
    });
  }
}

/** The prototypes of what the engine makes. */
interface Samples {
  canvas: Canvas;
  context: SKRSContext2D;
  gradient: CanvasGradient;
  pattern: CanvasPattern;
}

function makeSamples(): Samples {
  const canvas = createCanvas(1, 1);
  const context = canvas.getContext("2d");
  return {
    canvas: prototypeOf(canvas),
    context: prototypeOf(context),
    gradient: prototypeOf(context.createLinearGradient(0, 0, 1, 1)),
    pattern: prototypeOf(context.createPattern(canvas, "repeat") as CanvasPattern),
  };
}

/** The notes lie on the engine's own prototype, where every copy of this library finds them. */
function notesOf(prototype: object & { [NOTES]?: Notes }): Notes {
  const value: Notes = prototype[NOTES] ?? {
    watchers: new WeakMap(),
    gradients: new WeakMap(),
    transforms: new WeakMap(),
    putOn: new WeakSet(),
    isQuiet: false,
  };
  if (!prototype[NOTES]) Object.defineProperty(prototype, NOTES, { value });
  return value;
}

function prototypeOf<T extends object>(instance: T): T {
  return Object.getPrototypeOf(instance);
}

/** Ours already: a second copy of this library, or of a test's modules, must not wrap it again. */
function isWrapped(member: unknown): boolean {
  return Object.hasOwn(member as object, NOTES);
}

function mark(member: object): void {
  Object.defineProperty(member, NOTES, { value: true });
}

function afterCall<T extends object>(
  prototype: T,
  name: keyof T & string,
  then: (self: T, args: readonly unknown[], result: unknown) => unknown,
): void {
  const method = prototype[name] as (...args: unknown[]) => unknown;
  if (isWrapped(method)) return;
  const value = {
    [name](this: T, ...args: unknown[]) {
      const result = method.apply(this, args);
      then(this, args, result);
      return result;
    },
  }[name] as object;
  Object.defineProperty(value, "length", { value: method.length });
  mark(value);
  Object.defineProperty(prototype, name, { value });
}

function onSet(
  prototype: object,
  name: string,
  around: (self: object, set: () => void) => void,
): void {
  const { set } = Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor;
  if (isWrapped(set)) return;
  function noting(this: object, value: unknown) {
    around(this, () => set?.call(this, value));
  }
  mark(noting);
  Object.defineProperty(prototype, name, { set: noting });
}
