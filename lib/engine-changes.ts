// Notes what the engine does not tell: how gradients were made, and what changes after it was drawn.
import {
  type Canvas,
  type CanvasGradient,
  type CanvasPattern,
  createCanvas,
  Image,
  isEngineMissing,
  Path2D,
  type SKRSContext2D,
} from "./engine.ts";

/** Is told of changes, for as long as something else holds it. */
export interface Watcher {
  changed(object: object, name: string, args: readonly unknown[]): void;
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

interface Notes {
  watchers?: WeakRef<Watcher>[];
  gradient?: GradientInfo;
  transform?: Matrix;
  hasPutPixels?: boolean;
  isRevivable?: boolean;
}

// Copies of this library in one process share the engine's prototypes, and so the notes. They are
// properties, since the garbage collector is slow with thousands of entries of a WeakMap.
const NOTES = Symbol.for("wx-canvas-node:notes");

function notesOf(object: object): Notes | undefined {
  return (object as { [NOTES]?: Notes })[NOTES];
}

function noted(object: object): Notes {
  const known = notesOf(object);
  if (known) return known;
  const value: Notes = {};
  // A frozen object keeps none.
  Reflect.defineProperty(object, NOTES, { value });
  return value;
}

/**
 * Has the watcher told of changes: an image, or a path, **before** its next one; a gradient after it
 * got a stop, a pattern after it was transformed, a canvas after it was cleared by setting a side.
 */
export function watch(object: object, watcher: Watcher): void {
  const notes = noted(object);
  notes.watchers ??= [];
  const { watchers } = notes;
  // As many as are held by others, and at most as many more.
  if (watchers.length >= 8 && Number.isInteger(Math.log2(watchers.length))) {
    notes.watchers = watchers.filter((one) => one.deref());
  }
  notes.watchers.push(new WeakRef(watcher));
}

/** The watcher of that class. */
export function watcherOf<T extends Watcher>(
  object: object,
  watcherClass: new (...args: never[]) => T,
): T | undefined {
  const watchers = notesOf(object)?.watchers ?? [];
  for (const one of watchers) {
    const watcher = one.deref();
    if (watcher instanceof watcherClass) return watcher;
  }
  return undefined;
}

export function isWatched(object: object, watcher: Watcher): boolean {
  return notesOf(object)?.watchers?.some((one) => one.deref() === watcher) ?? false;
}

let isQuiet = false;

/** Tells no watcher meanwhile: what changes is changed back. */
export function quietly(change: () => void): void {
  isQuiet = true;
  try {
    change();
  } finally {
    isQuiet = false;
  }
}

function notify(object: object, name: string, args: readonly unknown[]): void {
  if (isQuiet) return;
  for (const one of notesOf(object)?.watchers ?? []) one.deref()?.changed(object, name, args);
}

/** The next change concerns nobody any more. */
function notifyOnce(object: object, name: string): void {
  const notes = notesOf(object);
  if (!notes?.watchers) return;
  notify(object, name, []);
  delete notes.watchers;
}

/** The image's pixels may be given back: what refers to it does not hold them. */
export function markRevivable(image: object): void {
  noted(image).isRevivable = true;
}

export const isRevivable = (image: object): boolean => notesOf(image)?.isRevivable ?? false;

/** Whether it is a gradient or a pattern. */
export function isStyle(value: object): boolean {
  const styles = [prototypes?.gradient, prototypes?.pattern];
  return styles.some((one) => Object.prototype.isPrototypeOf.call(one, value));
}

export const gradientInfo = (style: object): GradientInfo | undefined => notesOf(style)?.gradient;

/** The transform that a pattern has now; undefined for one that never got any. */
export const patternTransform = (pattern: object): Matrix | undefined =>
  notesOf(pattern)?.transform;

/** Whether pixels were put on the canvas since it was cleared: the engine replays those as blocks. */
export const hasPutPixels = (canvas: Canvas): boolean => notesOf(canvas)?.hasPutPixels ?? false;

/** The canvas was cleared: what was put on it is gone. */
export function forgetPutPixels(canvas: Canvas): void {
  const notes = notesOf(canvas);
  if (notes) notes.hasPutPixels = false;
}

/** The prototypes of what the engine makes; without the engine nothing changes. */
const prototypes = isEngineMissing ? undefined : prototypesOf();

/** The engine's own, of which nothing is noted. */
export const setPatternTransform: CanvasPattern["setTransform"] | undefined =
  prototypes?.pattern.setTransform;

if (prototypes) install(prototypes);

/** What all 2D contexts inherit from; an empty object without the engine. */
export const contextPrototype: object = prototypes?.context ?? {};

interface Prototypes {
  canvas: Canvas;
  context: SKRSContext2D;
  gradient: CanvasGradient;
  pattern: CanvasPattern;
}

function prototypesOf(): Prototypes {
  const canvas = createCanvas(1, 1);
  const context = canvas.getContext("2d");
  return {
    canvas: prototypeOf(canvas),
    context: prototypeOf(context),
    gradient: prototypeOf(context.createLinearGradient(0, 0, 1, 1)),
    pattern: prototypeOf(context.createPattern(canvas, "repeat") as CanvasPattern),
  };
}

/** Callers make images, gradients and canvases with the engine itself: its prototypes see all. */
function install({ canvas, context, gradient, pattern }: Prototypes): void {
  for (const method of [
    "createLinearGradient",
    "createRadialGradient",
    "createConicGradient",
  ] as const) {
    afterCall(context, method, (_, args, gradient) => {
      noted(gradient as object).gradient = { method, args, stops: [] };
    });
  }
  afterCall(context, "putImageData", ({ canvas }) => {
    noted(canvas).hasPutPixels = true;
  });
  afterCall(gradient, "addColorStop", (gradient, args) => {
    notesOf(gradient)?.gradient?.stops.push([Number(args[0]), String(args[1])]);
    notify(gradient, "addColorStop", args);
  });
  afterCall(pattern, "setTransform", (pattern, [init]) => {
    const transform = matrixOf((init ?? {}) as Record<string, unknown>);
    noted(pattern).transform = transform;
    notify(pattern, "setTransform", [transform]);
  });
  const reads = /^(get|compute|toSVGString|equals|isPointIn|constructor)/;
  for (const name of Object.getOwnPropertyNames(Path2D.prototype)) {
    if (!reads.test(name)) beforeCall(Path2D.prototype, name);
  }
  for (const name of ["src", "width", "height"]) {
    aroundSet(Image.prototype, name, (image, set) => {
      notifyOnce(image, name);
      set();
    });
  }
  for (const side of ["width", "height"]) {
    aroundSet(canvas, side, (canvas, set) => {
      set();
      forgetPutPixels(canvas as Canvas);
      notify(canvas, side, []);
    });
  }
}

/** Of a DOMMatrix2DInit. */
function matrixOf({ a, b, c, d, e, f, ...m }: Record<string, unknown>): Matrix {
  return {
    a: Number(a ?? m.m11 ?? 1),
    b: Number(b ?? m.m12 ?? 0),
    c: Number(c ?? m.m21 ?? 0),
    d: Number(d ?? m.m22 ?? 1),
    e: Number(e ?? m.m41 ?? 0),
    f: Number(f ?? m.m42 ?? 0),
  };
}

function prototypeOf<T extends object>(instance: T): T {
  return Object.getPrototypeOf(instance);
}

type Methods = Record<string, (...args: unknown[]) => unknown>;

function afterCall<T extends object>(
  prototype: T,
  name: keyof T & string,
  then: (self: T, args: readonly unknown[], result: unknown) => void,
): void {
  replace(prototype, name, (method) => ({
    [name](this: T, ...args: unknown[]) {
      const result = method.apply(this, args);
      then(this, args, result);
      return result;
    },
  }));
}

function beforeCall(prototype: object, name: string): void {
  replace(prototype, name, (method) => ({
    [name](this: object, ...args: unknown[]) {
      notifyOnce(this, name);
      return method.apply(this, args);
    },
  }));
}

function replace(prototype: object, name: string, wrap: (method: Methods[string]) => object): void {
  const method = (prototype as Methods)[name] as Methods[string];
  if (notesOf(method)) return;
  const value = (wrap(method) as Methods)[name] as Methods[string];
  // What marks it as ours: a second copy of this library must not wrap it again.
  noted(value);
  Object.defineProperty(value, "length", { value: method.length });
  Object.defineProperty(prototype, name, { value });
}

function aroundSet(
  prototype: object,
  name: string,
  around: (self: object, set: () => void) => void,
): void {
  const { set } = Object.getOwnPropertyDescriptor(prototype, name) as PropertyDescriptor;
  if (!set || notesOf(set)) return;
  function noting(this: object, value: unknown) {
    around(this, () => set?.call(this, value));
  }
  noted(noting);
  Object.defineProperty(prototype, name, { set: noting });
}
