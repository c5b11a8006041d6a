// The names of what can be recorded: methods, properties and setters.
import type { AnyMembers } from "../canvas/record/members.ts";
import type { SKRSContext2D } from "../engine/engine.ts";
import type { CanvasContext } from "./types.ts";

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

const pathMethods: Record<PathMethod, true> = {
  closePath: true,
  moveTo: true,
  lineTo: true,
  rect: true,
  roundRect: true,
  arc: true,
  arcTo: true,
  ellipse: true,
  quadraticCurveTo: true,
  bezierCurveTo: true,
};

export const isPathMethod = (name: string): name is PathMethod => Object.hasOwn(pathMethods, name);

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
