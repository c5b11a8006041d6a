// Which members of the engine's context draw or change state: those are recorded.

import { contextPrototype as engineContextPrototype } from "../../engine/changes.ts";
import type { SKRSContext2D } from "../../engine/engine.ts";
// Wraps methods of the prototype to draw SVGs at their size, before they are taken from it below.
import "../../engine/sizes.ts";

/** Any member of a context, by its name. */
export type AnyMembers = Record<string, (...args: readonly unknown[]) => unknown>;

export const contextPrototype = engineContextPrototype as SKRSContext2D;

/** Methods that add to the path. */
export const PATH: readonly string[] = [
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

/** Methods whose calls are recorded, beside `save` and `restore`; `reset` ends a record. */
export const METHODS: readonly string[] = [...STATE, "beginPath", ...PATH, ...PAINTING];

/** Every property that can be set. */
export const PROPERTIES: readonly string[] = Object.entries(
  Object.getOwnPropertyDescriptors(contextPrototype),
).flatMap(([name, { set }]) => (set ? [name] : []));

const pathMethods = new Set(PATH);
const stateMembers = new Set([...STATE, ...PATH, ...PROPERTIES]);
const properties = new Set(PROPERTIES);
const paintingMethods = new Set(PAINTING);

export const isPathMethod = (name: string): boolean => pathMethods.has(name);
/** Whether it changes what `restore` changes: the path, some of the state, and every property. */
export const changesState = (name: string): boolean => stateMembers.has(name);
export const isProperty = (name: string): boolean => properties.has(name);
export const isPainting = (name: string): boolean => paintingMethods.has(name);
