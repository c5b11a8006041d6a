// Tracks what the engine does not report: how gradients were made, and changes after a draw.
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

/** Gets called on changes. It is held weakly, so something else must hold it. */
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
  fileBytes?: number;
}

// Copies of this library in one process share the engine's prototypes, and so the notes. The notes
// are properties, since the garbage collector is slow with thousands of entries of a WeakMap.
const NOTES = Symbol.for("wx-canvas-node:notes");

function notesOf(object: object): Notes | undefined {
  return (object as { [NOTES]?: Notes })[NOTES];
}

function noted(object: object): Notes {
  const known = notesOf(object);
  if (known) return known;
  const value: Notes = {};
  // On a frozen object the notes are not kept.
  Reflect.defineProperty(object, NOTES, { value });
  return value;
}

/**
 * Calls the watcher on changes: once, **before** the next change of an image or a path; and after
 * each stop that a gradient gets, each transform that a pattern gets, and each time that a canvas
 * is cleared by setting a side.
 */
export function watch(object: object, watcher: Watcher): void {
  if (!arePathsWrapped && Object.prototype.isPrototypeOf.call(Path2D.prototype, object))
    wrapPaths();
  const notes = noted(object);
  notes.watchers ??= [];
  const { watchers } = notes;
  // Remove collected watchers at each power of two: the list has at most twice as many as are
  // alive.
  if (watchers.length >= 8 && Number.isInteger(Math.log2(watchers.length))) {
    notes.watchers = watchers.filter((one) => one.deref());
  }
  notes.watchers.push(new WeakRef(watcher));
}

/** The first live watcher of that class. */
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

let arePathsWrapped = false;
let isQuiet = false;

/** Makes a change that the caller reverts later, without calling watchers. */
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

/** Calls the watchers of an object for the last time: its later changes do not concern them. */
export function notifyOnce(object: object, name: string): void {
  const notes = notesOf(object);
  if (!notes?.watchers) return;
  notify(object, name, []);
  delete notes.watchers;
}

/** Marks an image whose pixels may be given back: what refers to it holds only its file. */
export function markRevivable(image: object, fileBytes: number): void {
  noted(image).fileBytes = fileBytes;
}

/** The bytes of that file; undefined for any other image. */
export const fileBytesOf = (image: object): number | undefined => notesOf(image)?.fileBytes;

/** Whether it is a gradient or a pattern. */
export function isStyle(value: object): boolean {
  const styles = [prototypes?.gradient, prototypes?.pattern];
  return styles.some((one) => Object.prototype.isPrototypeOf.call(one, value));
}

export const gradientInfo = (style: object): GradientInfo | undefined => notesOf(style)?.gradient;

/** The transform that a pattern has now; undefined for one that never got any. */
export const patternTransform = (pattern: object): Matrix | undefined =>
  notesOf(pattern)?.transform;

/**
 * Whether pixels were put on the canvas since it was cleared: the engine replays those as blocks.
 */
export const hasPutPixels = (canvas: Canvas): boolean => notesOf(canvas)?.hasPutPixels ?? false;

/** To be called when the canvas was cleared, which removes the pixels that were put on it. */
export function forgetPutPixels(canvas: Canvas): void {
  const notes = notesOf(canvas);
  if (notes) notes.hasPutPixels = false;
}

/** The prototypes of the engine's objects; undefined when the engine is missing. */
const prototypes = isEngineMissing ? undefined : prototypesOf();

/** The engine's own method, whose calls are not noted. */
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

/**
 * Wraps members of the engine's prototypes, since callers make images, gradients and canvases with
 * the engine itself.
 */
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

/**
 * Wraps the methods that change paths, once a path is watched: to wrap its 25 methods takes 1 ms of
 * a start.
 */
function wrapPaths(): void {
  arePathsWrapped = true;
  const reads = /^(get|compute|toSVGString|equals|isPointIn|constructor)/;
  for (const name of Object.getOwnPropertyNames(Path2D.prototype)) {
    if (!reads.test(name)) beforeCall(Path2D.prototype, name);
  }
}

/** The numbers of a DOMMatrix2DInit. */
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
  markWrapped(value);
  Object.defineProperty(value, "length", { value: method.length });
  Object.defineProperty(prototype, name, { value });
}

/** Notes that a method is wrapped: a second copy of this library must not wrap it again. */
export function markWrapped(method: object): void {
  noted(method);
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
  markWrapped(noting);
  Object.defineProperty(prototype, name, { set: noting });
}
