// Canvases whose calls are recorded: the engine's own context, with methods that also record.

import { isStyle } from "../../engine/changes.ts";
import {
  type Canvas,
  type ContextAttributes,
  isCanvas,
  isEngineMissing,
  type SKRSContext2D,
} from "../../engine/engine.ts";
// Wraps the methods that recorded canvases call, so that SVGs are drawn at their size there, too.
import "../../engine/sizes.ts";
import type { Size } from "../../limits.ts";
import type { Rectangle } from "../hold.ts";
import type { Args, FrozenRecord } from "./calls.ts";
import { ENGINE, invoke, run } from "./engine-calls.ts";
import {
  type AnyMembers,
  changesState,
  contextPrototype,
  isPathMethod,
  METHODS,
  PROPERTIES,
} from "./members.ts";
import { Recorder } from "./recorder.ts";
import {
  FrozenPicture,
  FrozenStyle,
  frozenCanvas,
  frozenImage,
  frozenPath,
  frozenPixels,
  isImage,
  isPath,
  knownPicture,
  unwrapped,
} from "./referents.ts";
import { SaveStack } from "./save-stack.ts";
import { recordsSites } from "./site.ts";

const RECORDER = Symbol("recorder");
const recorders = new WeakMap<Canvas, Recorder>();

/** Records what is drawn on the canvas from now on; to be called before anything is drawn. */
export function recordCalls(canvas: Canvas, maxCalls: number): void {
  const { getContext } = canvas;
  // Not before code asks for the context: the first `getContext` decides on its attributes.
  const value = (...args: [never]) => {
    const context: unknown = getContext.apply(canvas, args);
    if (context && !recorders.has(canvas)) attach(canvas, context as SKRSContext2D, maxCalls);
    return context;
  };
  Object.defineProperty(canvas, "getContext", { value, writable: true, configurable: true });
}

/** The calls that made the canvas what it is; undefined when they are not known. */
export function freezeRecord(canvas: Canvas): FrozenRecord | undefined {
  return recorders.get(canvas)?.freeze();
}

/**
 * Has the engine paint a long record of its own, which it would replay for each export. Enlarged
 * exports stay sharp: they play the record of this library.
 */
export function paintLongRecord(canvas: Canvas): void {
  recorders.get(canvas)?.paintLong();
}

function attach(canvas: Canvas, context: SKRSContext2D, maxCalls: number): Recorder {
  const { save, restore } = contextPrototype;
  const saves = new SaveStack({
    save: () => save.call(context),
    restore: () => restore.call(context),
  });
  const recorder = new Recorder(canvas, maxCalls, saves, unusualAttributes(context));
  recorders.set(canvas, recorder);
  Object.setPrototypeOf(context, recordingPrototype);
  Object.defineProperty(context, RECORDER, { value: recorder });
  return recorder;
}

/** The attributes of a context that has no alpha, or other colours than sRGB in 8 bits. */
function unusualAttributes(context: SKRSContext2D): ContextAttributes | undefined {
  const attributes = context.getContextAttributes() as ContextAttributes;
  const { alpha, colorSpace, colorType } = attributes;
  const isUsual = alpha && colorSpace === "srgb" && colorType !== "float16";
  return isUsual ? undefined : attributes;
}

type Recorded = SKRSContext2D & { [RECORDER]: Recorder };
type Freeze = (args: unknown[], context: Recorded) => unknown[];

/** Freezes the arguments of a call, which may change later, for the record. */
const FREEZERS: Record<string, Freeze> = {
  drawImage: withFrozenSource,
  drawCanvas: withFrozenSource,
  fill: withFrozenPath,
  stroke: withFrozenPath,
  clip: withFrozenPath,
  putImageData(args, { [RECORDER]: recorder }) {
    const pixels = frozenPixels(args);
    if (!pixels) return [];
    recorder.weigh(pixels, pixels.data.byteLength);
    // Put pixels replace what is there, ignoring the clip.
    if (recorder.mayDrop && coversAll(pixels, recorder.canvas)) recorder.clearPixels(true);
    return [pixels];
  },
  clearRect(args, context) {
    const recorder = context[RECORDER];
    if (recorder.mayDrop && covers(context, args)) recorder.clearPixels(false);
    return toPrimitives(args);
  },
  fillText: withText,
  strokeText: withText,
  setTransform(args, context) {
    // The engine ignores a transform that is not finite.
    if (args.length >= 6 && toPrimitives(args).every(isFiniteNumber)) return args;
    const { a, b, c, d, e, f } = context.getTransform();
    return [a, b, c, d, e, f];
  },
  setLineDash: ([lengths]) => [Array.from(lengths as Iterable<unknown>, Number)],
  roundRect([x, y, width, height, ...radii]) {
    return [...toPrimitives([x, y, width, height]), ...radii.map(frozenRadii)];
  },
};

/** Freezers that run before the call: a canvas that draws itself changes by that very call. */
const FROZEN_BEFORE: ReadonlySet<unknown> = new Set([withFrozenSource]);

const recordingPrototype: Recorded = Object.create(contextPrototype);

/** Does a call on a context, or sets a property. */
export type Perform = (name: string, args: Args) => void;

/**
 * Makes a function that does calls on the context. The record takes the arguments themselves, so
 * they are primitive values in an array that never changes.
 */
export function performer(context: SKRSContext2D): Perform {
  const { [RECORDER]: recorder } = context as Partial<Recorded>;
  return (name, args) => {
    if (recorder?.saves.isPending && changesState(name)) recorder.saves.flush();
    run(context, name, args);
    recorder?.add(name, args);
  };
}

if (!isEngineMissing) install();

function install(): void {
  for (const name of METHODS) {
    const method = Reflect.get(contextPrototype, name) as AnyMembers[string];
    const native = ENGINE[name] as AnyMembers[string];
    const { length } = method;
    const freeze = FREEZERS[name] ?? toPrimitives;
    const isEarly = FROZEN_BEFORE.has(freeze);
    const isState = changesState(name);
    const isPath = isPathMethod(name);
    const isNewPath = name === "beginPath";
    define(name, function (this: Recorded, ...args: unknown[]) {
      const call = args.length < length ? method : native;
      const recorder = this[RECORDER];
      if (isState) recorder.saves.flush();
      if (isPath) recorder.saves.hasPath = true;
      else if (isNewPath) recorder.saves.hasPath = false;
      if (!recorder?.isOn) {
        const result = invoke(call, this, args);
        recorder.add(name, args);
        return result;
      }
      const early = isEarly ? freeze(args, this) : undefined;
      const result = invoke(call, this, args);
      recorder.add(name, early ?? freeze(args, this));
      return result;
    });
  }

  for (const name of ["save", "restore"] as const) {
    define(name, function (this: Recorded) {
      const recorder = this[RECORDER];
      recorder.saves[name]();
      recorder.add(name, []);
    });
  }

  const { reset } = contextPrototype;
  define("reset", function (this: Recorded) {
    reset.call(this);
    this[RECORDER].clear();
  });

  for (const name of PROPERTIES) {
    const { get, set } = Object.getOwnPropertyDescriptor(contextPrototype, name) as Accessors;
    Object.defineProperty(recordingPrototype, name, {
      configurable: true,
      enumerable: true,
      get(this: Recorded) {
        return get.call(this);
      },
      set(this: Recorded, value: unknown) {
        const recorder = this[RECORDER];
        recorder.saves.flush();
        set.call(this, value);
        recorder.add(name, [recorder.isOn ? frozenValue(value, recorder) : value]);
      },
    });
  }
}

type Accessors = Required<TypedPropertyDescriptor<unknown>>;

/** Defines a method that looks like the engine's own. */
function define(name: string, method: (...args: never[]) => unknown): void {
  const { length } = Reflect.get(contextPrototype, name) as AnyMembers[string];
  Object.defineProperties(method, { name: { value: name }, length: { value: length } });
  Object.defineProperty(recordingPrototype, name, {
    value: method,
    writable: true,
    configurable: true,
    enumerable: true,
  });
}

/**
 * Turns objects among the arguments into numbers, which reads them a second time; they are rare.
 */
function toPrimitives(args: unknown[]): unknown[] {
  for (let i = 0; i < args.length; i++) {
    if (typeof args[i] === "object" && args[i] !== null) args[i] = Number(args[i]);
  }
  return args;
}

const isFiniteNumber = (value: unknown): boolean => Number.isFinite(Number(value));

function withText(args: unknown[]): unknown[] {
  args[0] = String(args[0]);
  return toPrimitives(args);
}

function frozenValue(value: unknown, recorder: Recorder): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (!isStyle(value)) return String(value);
  recorder.follow(value);
  return new FrozenStyle(value);
}

function withFrozenPath(args: unknown[]): unknown[] {
  if (isPath(args[0])) args[0] = frozenPath(args[0]);
  return args;
}

function coversAll({ x, y, width, height }: Rectangle, canvas: Size): boolean {
  return x <= 0 && y <= 0 && x + width >= canvas.width && y + height >= canvas.height;
}

function withFrozenSource(args: unknown[], context: Recorded): unknown[] {
  const picture = frozenNow(args[0]);
  if (!picture) return args;
  context[RECORDER].weigh(picture, picture.bytes);
  const frozen = args.slice();
  frozen[0] = 0;
  toPrimitives(frozen)[0] = picture;
  return frozen;
}

interface CopiedCanvas {
  recorder: Recorder;
  calls: number;
  picture: FrozenPicture;
}

const copies = new WeakMap<object, CopiedCanvas>();

/**
 * Freezes the source as it is now; a canvas is copied again only after something was drawn on it.
 */
export function frozenNow(given: unknown): FrozenPicture | undefined {
  if (FrozenPicture.is(given)) return given;
  if (typeof given !== "object" || given === null) return undefined;
  const known = knownPicture(given);
  if (known) return known;
  const copy = copies.get(given);
  if (copy && copy.recorder.calls === copy.calls) return copy.picture;

  const source = unwrapped(given);
  if (source !== given) return frozenNow(source);
  if (isImage(source)) return frozenImage(source);
  if (!isCanvas(source) || source.width === 0 || source.height === 0) return undefined;
  const recorder = recorderOf(source);
  const picture = frozenCanvas(source);
  if (recordsSites()) picture.record = recorder?.freeze();
  if (recorder) copies.set(source, { recorder, calls: recorder.calls, picture });
  return picture;
}

/** Counts the calls of a caller's own canvas from the first time that the canvas is drawn. */
function recorderOf(canvas: Canvas): Recorder | undefined {
  const context = canvas.getContext("2d");
  const isUntouched = Object.getPrototypeOf(context) === contextPrototype;
  return recorders.get(canvas) ?? (isUntouched ? attach(canvas, context, 0) : undefined);
}

function frozenRadii(radii: unknown): unknown {
  const corner = (radius: unknown) => {
    if (typeof radius !== "object" || radius === null) return radius;
    const { x, y } = radius as { x: unknown; y: unknown };
    return { x, y };
  };
  const isList = typeof radii === "object" && radii !== null && Symbol.iterator in radii;
  return isList ? Array.from(radii as Iterable<unknown>, corner) : corner(radii);
}

/** Whether the rectangle, under the current transform, covers the canvas. */
function covers(context: Recorded, args: unknown[]): boolean {
  const [x = 0, y = 0, width = 0, height = 0] = args.map(Number);
  const { width: right, height: bottom } = context.canvas;
  const inverse = context.getTransform().inverse();
  const corners = [0, right].flatMap((x) => [0, bottom].map((y) => ({ x, y })));
  return corners.every((point) => {
    const corner = inverse.transformPoint(point);
    const [across, down] = [(corner.x - x) / width, (corner.y - y) / height];
    return across >= 0 && across <= 1 && down >= 0 && down <= 1;
  });
}
