// The one table of what can be recorded; the recorders, the replay and getActions are made from it.
import type { AnyMembers } from "../canvas/record/members.ts";
import type { SKRSContext2D } from "../engine.ts";
import type { CanvasContext } from "./types.ts";

/**
 * Turns given arguments into the recorded ones, in place where that is possible; undefined where a
 * canvas drops such a call.
 */
type Arguments = (given: unknown[]) => unknown[] | undefined;

/** `count` finite numbers; a canvas drops a call with fewer, or with one that is not finite. */
const numbers =
  (count: number, read: (value: unknown) => number = toNumber): Arguments =>
  (given) => {
    for (let i = 0; i < count; i++) {
      const value = given[i];
      const number = typeof value === "number" ? value : read(value);
      if (!Number.isFinite(number)) return undefined;
      given[i] = number;
    }
    if (given.length > count) given.length = count;
    return given;
  };

/** Numbers that WeChat also takes with a unit. */
const lengths = (count: number) => numbers(count, toLength);

const nothing: Arguments = () => [];

/** The numbers of an arc, and its direction. */
const arc =
  (count: number): Arguments =>
  (given) => {
    const isCounterclockwise = Boolean(given[count]);
    const values = numbers(count)(given);
    values?.push(isCounterclockwise);
    return values;
  };

const fillRule: Arguments = ([rule]) => (rule === "evenodd" ? ["evenodd"] : []);

/** A text, its place and its maximum width; a maxWidth that is not a number counts as omitted. */
const text: Arguments = (given) => {
  const x = toLength(given[1]);
  const y = toLength(given[2]);
  const value = toText(given[0]);
  if (!(Number.isFinite(x) && Number.isFinite(y)) || value === undefined) return undefined;
  const width = toLength(given[3] ?? Number.NaN);
  return Number.isFinite(width) ? [value, x, y, width] : [value, x, y];
};

/**
 * Source and 2, 4 or 8 numbers; trailing undefined and null count as omitted, and seven arguments
 * count as five.
 */
const image: Arguments = ([source, ...rest]) => {
  while (rest.length > 0 && (rest.at(-1) === undefined || rest.at(-1) === null)) rest.pop();
  const count = [8, 4, 2].find((enough) => rest.length >= enough);
  const place = count === undefined ? undefined : lengths(count)(rest);
  return place && [source, ...place];
};

const roundedRect: Arguments = ([x, y, width, height, radii = 0]) => {
  const place = numbers(4)([x, y, width, height]);
  return place && [...place, Array.isArray(radii) ? [...radii] : radii];
};

const dash: Arguments = ([pattern, offset]) => {
  if (!Array.isArray(pattern)) return undefined;
  const lengths = pattern.map(toNumber);
  if (lengths.some((length) => !(Number.isFinite(length) && length >= 0))) return undefined;
  // WeChat's default is [0, 0]: a solid line.
  const isSolid = lengths.every((length) => length === 0);
  const start = toNumber(offset);
  return Number.isFinite(start) ? [isSolid ? [] : lengths, start] : [isSolid ? [] : lengths];
};

type MethodOf<T> = {
  [Name in keyof T]: T[Name] extends (...args: never[]) => unknown ? Name : never;
}[keyof T];

/** A property of the standard context that the legacy one has, too. */
export type Property = Exclude<keyof CanvasContext, MethodOf<CanvasContext>> & keyof SKRSContext2D;

/** A setter that WeChat gives a context: it sets the property of its name. */
export type Setter = `set${Capitalize<Property>}` & keyof CanvasContext;

/** A method that has an implementation of its own instead of an entry in the table. */
export type OwnMethod =
  | "setFontSize"
  | "setShadow"
  | "getLineDash"
  | "measureText"
  | "createLinearGradient"
  | "createCircularGradient"
  | "createRadialGradient"
  | "createConicGradient"
  | "createPattern"
  | "getActions"
  | "clearActions"
  | "draw";

/** A method whose calls are recorded: all others of the interface, so that none is missing. */
export type Method = Exclude<MethodOf<CanvasContext>, OwnMethod | Setter>;

/** A method that adds to the path. */
export type PathMethod =
  | "closePath"
  | "moveTo"
  | "lineTo"
  | "rect"
  | "roundRect"
  | "arc"
  | "arcTo"
  | "ellipse"
  | "quadraticCurveTo"
  | "bezierCurveTo";

/** The methods that add to the path. */
export const PATH_METHODS: Record<PathMethod, Arguments> = {
  closePath: nothing,
  moveTo: numbers(2),
  lineTo: numbers(2),
  rect: numbers(4),
  roundRect: roundedRect,
  arc: arc(5),
  arcTo: lengths(5),
  ellipse: arc(7),
  quadraticCurveTo: numbers(4),
  bezierCurveTo: numbers(6),
};

/** Every method that is recorded. */
export const METHODS: Record<Method, Arguments> = {
  ...PATH_METHODS,
  beginPath: nothing,
  save: nothing,
  restore: nothing,
  scale: numbers(2),
  rotate: lengths(1),
  translate: numbers(2),
  transform: numbers(6),
  setTransform: numbers(6),
  resetTransform: nothing,
  fill: fillRule,
  stroke: nothing,
  clip: fillRule,
  fillRect: numbers(4),
  strokeRect: numbers(4),
  clearRect: numbers(4),
  fillText: text,
  strokeText: text,
  drawImage: image,
  setLineDash: dash,
};

const pathMethods = new Set(Object.keys(PATH_METHODS));

export const isMethod = (name: string): name is Method => Object.hasOwn(METHODS, name);
export const isPathMethod = (name: string): name is PathMethod => pathMethods.has(name);

const ownMethods: Record<OwnMethod, true> = {
  setFontSize: true,
  setShadow: true,
  getLineDash: true,
  measureText: true,
  createLinearGradient: true,
  createCircularGradient: true,
  createRadialGradient: true,
  createConicGradient: true,
  createPattern: true,
  getActions: true,
  clearActions: true,
  draw: true,
};

/** Every method that has an implementation of its own. */
export const OWN_METHODS: readonly OwnMethod[] = Object.keys(ownMethods) as OwnMethod[];

const properties: Record<Property, true> = {
  fillStyle: true,
  strokeStyle: true,
  font: true,
  globalAlpha: true,
  globalCompositeOperation: true,
  lineCap: true,
  lineJoin: true,
  lineWidth: true,
  lineDashOffset: true,
  miterLimit: true,
  shadowBlur: true,
  shadowColor: true,
  shadowOffsetX: true,
  shadowOffsetY: true,
  textAlign: true,
  textBaseline: true,
  direction: true,
  letterSpacing: true,
  filter: true,
  imageSmoothingEnabled: true,
  imageSmoothingQuality: true,
};

/** Every property that is recorded. */
export const PROPERTIES: readonly Property[] = Object.keys(properties) as Property[];

/** The properties by the names of their setters. */
export const SETTERS: ReadonlyMap<string, Property> = new Map(
  PROPERTIES.map((property) => [
    `set${property.charAt(0).toUpperCase()}${property.slice(1)}`,
    property,
  ]),
);

const setters = new Map<string, string>(
  [...SETTERS].map(([setter, property]) => [property, setter]),
);

/** The name of a property's setter, whether WeChat has it or not; undefined for other names. */
export function setterOf(property: string): string | undefined {
  return setters.get(property);
}

const weChatSetters: Record<Setter, true> = {
  setFillStyle: true,
  setStrokeStyle: true,
  setGlobalAlpha: true,
  setLineCap: true,
  setLineJoin: true,
  setLineWidth: true,
  setMiterLimit: true,
  setTextAlign: true,
  setTextBaseline: true,
};

/** The setters that WeChat gives a context: each sets the property of its name. */
export const WECHAT_SETTERS: readonly Setter[] = Object.keys(weChatSetters) as Setter[];

/** Does a recorded call on an engine context. */
export function apply(context: SKRSContext2D, method: string, data: readonly unknown[]): void {
  if (method === "setLineDash") {
    context.setLineDash(data[0] as number[]);
    // WeChat's second argument; without it the offset stays, as in the standard.
    if (data.length > 1) context.lineDashOffset = data[1] as number;
    return;
  }
  (context as SKRSContext2D & AnyMembers)[method]?.(...data);
}

/** Converts a value to a number as canvases do; NaN if it cannot be converted. */
export function toNumber(value: unknown): number {
  if (typeof value === "number") return value;
  try {
    return Number(value);
  } catch {
    return Number.NaN;
  }
}

/** Reads a length as WeChat does: `"10px"` is 10. */
export function toLength(value: unknown): number {
  return typeof value === "string" ? Number.parseFloat(value) : toNumber(value);
}

/** Converts a value to a text as canvases do; undefined if it cannot be converted. */
export function toText(value: unknown): string | undefined {
  try {
    return `${value as string}`;
  } catch {
    return undefined;
  }
}
