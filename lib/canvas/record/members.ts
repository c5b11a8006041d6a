// Which members of the engine's context draw or change state: those are recorded.
import { createCanvas, isEngineMissing, type SKRSContext2D } from "../../engine.ts";
// What is taken from the prototype below draws rendered drawings at their size.
import "../../engine-sizes.ts";

/** Any member of a context, by its name. */
export type AnyMembers = Record<string, (...args: readonly unknown[]) => unknown>;

export const contextPrototype: SKRSContext2D = isEngineMissing
  ? ({} as SKRSContext2D)
  : Object.getPrototypeOf(createCanvas(1, 1).getContext("2d"));

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
const STATE = [
  "save",
  "restore",
  "scale",
  "rotate",
  "translate",
  "transform",
  "setTransform",
  "resetTransform",
  "setLineDash",
  "beginPath",
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

/** Methods whose calls are recorded; `reset` ends a record. */
export const METHODS: readonly string[] = [...STATE, ...PATH, ...PAINTING];

/** Every property that can be set. */
export const PROPERTIES: readonly string[] = Object.entries(
  Object.getOwnPropertyDescriptors(contextPrototype),
).flatMap(([name, { set }]) => (set ? [name] : []));

const pathMethods = new Set(PATH);
const properties = new Set(PROPERTIES);
const paintingMethods = new Set(PAINTING);

export const isPathMethod = (name: string): boolean => pathMethods.has(name);
export const isProperty = (name: string): boolean => properties.has(name);
export const isPainting = (name: string): boolean => paintingMethods.has(name);
