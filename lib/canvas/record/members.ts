// Which members of the engine's context draw or change state: those are recorded.
import type { SKRSContext2D } from "../../engine.ts";
import { contextPrototype as engineContextPrototype } from "../../engine-changes.ts";
// Wraps methods of the prototype to draw SVGs at their size, before they are taken from it below.
import "../../engine-sizes.ts";

/** Any member of a context, by its name. */
export type AnyMembers = Record<string, (...args: readonly unknown[]) => unknown>;

export const contextPrototype = engineContextPrototype as SKRSContext2D;

const PATH = [
  "moveTo",
  "lineTo",
  "bezierCurveTo",
  "quadraticCurveTo",
  "arc",
  "arcTo",
  "ellipse",
  "rect",
  "roundRect",
  "closePath",
];
/** Methods that change what `save` saves. */
const STATE = [
  "scale",
  "rotate",
  "translate",
  "transform",
  "setTransform",
  "resetTransform",
  "setLineDash",
  "clip",
];
const PAINTING = [
  "fill",
  "stroke",
  "fillRect",
  "strokeRect",
  "clearRect",
  "fillText",
  "strokeText",
  "drawImage",
  "drawCanvas",
  "putImageData",
];

/** Methods whose wrapper in the engine only counts the arguments. */
const COUNTED = new Set([
  ...PATH.filter((name) => name !== "closePath"),
  ...["scale", "rotate", "translate", "transform", "setLineDash"],
  ...["fillRect", "strokeRect", "clearRect", "fillText", "strokeText"],
]);

/** Methods whose calls are recorded, beside `save` and `restore`; `reset` ends a record. */
export const METHODS: readonly string[] = [...STATE, "beginPath", ...PATH, ...PAINTING];

/** Every property that can be set. */
export const PROPERTIES: readonly string[] = Object.entries(
  Object.getOwnPropertyDescriptors(contextPrototype),
).flatMap(([name, { set }]) => (set ? [name] : []));

const pathMethods = new Set(PATH);
const stateMembers = new Set([...STATE, ...PROPERTIES]);
const properties = new Set(PROPERTIES);
const paintingMethods = new Set(PAINTING);

export const isPathMethod = (name: string): boolean => pathMethods.has(name);
/** Whether it changes what `save` saves: some methods do, and every property. */
export const changesState = (name: string): boolean => stateMembers.has(name);
export const isProperty = (name: string): boolean => properties.has(name);
export const isPainting = (name: string): boolean => paintingMethods.has(name);

/**
 * Calls a method with these arguments. `apply` takes longer: a tenth of the time of a `fillRect`.
 */
export function invoke(
  method: AnyMembers[string],
  self: unknown,
  args: readonly unknown[],
): unknown {
  switch (args.length) {
    case 0:
      return method.call(self);
    case 1:
      return method.call(self, args[0]);
    case 2:
      return method.call(self, args[0], args[1]);
    case 3:
      return method.call(self, args[0], args[1], args[2]);
    case 4:
      return method.call(self, args[0], args[1], args[2], args[3]);
    default:
      return Reflect.apply(method, self, args);
  }
}

/**
 * The method below the engine's check of how many arguments there are, for calls with enough of
 * them: recording costs less than the check does. When the check does more, the method itself.
 */
export function nativeMethod(name: string): AnyMembers[string] {
  const method = Reflect.get(contextPrototype, name) as AnyMembers[string];
  if (!COUNTED.has(name)) return method;
  const stash = Symbol.for("@napi-rs/canvas:native-methods");
  const natives = Reflect.get(contextPrototype, stash) as AnyMembers | undefined;
  return { [name]: method, ...natives }[name] as AnyMembers[string];
}
