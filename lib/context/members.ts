// The one table of what can be recorded: from it come the recorders, the replay and getActions.
import type { SKRSContext2D } from "../engine.ts";

/** One recorded call. */
export interface Action {
  /** The method's name; a property is recorded as its setter, `fillStyle` as `setFillStyle`. */
  method: string;
  /** Its arguments, in order. */
  data: unknown[];
}

/** The arguments as they are recorded, or undefined where a canvas drops such a call. */
type Arguments = (given: readonly unknown[]) => unknown[] | undefined;

/** So many finite numbers; a canvas drops a call with less, or with one that is none. */
const numbers =
  (count: number): Arguments =>
  (given) => {
    const values: unknown[] = [];
    for (let i = 0; i < count; i++) {
      const value = toNumber(given[i]);
      if (!Number.isFinite(value)) return undefined;
      values.push(value);
    }
    return values;
  };

const nothing: Arguments = () => [];

/** The numbers of an arc, and which way round. */
const arc =
  (count: number): Arguments =>
  (given) => {
    const values = numbers(count)(given);
    values?.push(Boolean(given[count]));
    return values;
  };

const fillRule: Arguments = ([rule]) => (rule === "evenodd" ? ["evenodd"] : []);

/** Text, where it stands, and how wide it may be; a maxWidth that is no number is not given. */
const text: Arguments = ([given, x, y, maxWidth]) => {
  const place = numbers(2)([x, y]);
  const value = toText(given);
  if (!place || value === undefined) return undefined;
  if (maxWidth === undefined || maxWidth === null) return [value, ...place];
  const width = toNumber(maxWidth);
  return Number.isFinite(width) ? [value, ...place, width] : [value, ...place];
};

/** Source and 2, 4 or 8 numbers; what trails as undefined is not given, and seven count as five. */
const image: Arguments = ([source, ...rest]) => {
  while (rest.length > 0 && (rest.at(-1) === undefined || rest.at(-1) === null)) rest.pop();
  const count = [8, 4, 2].find((enough) => rest.length >= enough);
  const place = count === undefined ? undefined : numbers(count)(rest);
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

/** Every method that is recorded. */
export const METHODS: Record<string, Arguments> = {
  save: nothing,
  restore: nothing,
  scale: numbers(2),
  rotate: numbers(1),
  translate: numbers(2),
  transform: numbers(6),
  setTransform: numbers(6),
  resetTransform: nothing,
  beginPath: nothing,
  closePath: nothing,
  moveTo: numbers(2),
  lineTo: numbers(2),
  rect: numbers(4),
  roundRect: roundedRect,
  arc: arc(5),
  arcTo: numbers(5),
  ellipse: arc(7),
  quadraticCurveTo: numbers(4),
  bezierCurveTo: numbers(6),
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

/** Every property that is recorded. */
export const PROPERTIES: readonly Property[] = [
  "fillStyle",
  "strokeStyle",
  "font",
  "globalAlpha",
  "globalCompositeOperation",
  "lineCap",
  "lineJoin",
  "lineWidth",
  "lineDashOffset",
  "miterLimit",
  "shadowBlur",
  "shadowColor",
  "shadowOffsetX",
  "shadowOffsetY",
  "textAlign",
  "textBaseline",
  "direction",
  "letterSpacing",
  "filter",
  "imageSmoothingEnabled",
  "imageSmoothingQuality",
];

/** A property of the standard context that the legacy one has, too. */
export type Property = keyof SKRSContext2D & string;

/** The name a property is recorded under, and that of its setter where it has one. */
export function setterOf(property: Property): string {
  return `set${property.charAt(0).toUpperCase()}${property.slice(1)}`;
}

/** By the name of the setter: the property. */
export const SETTERS: ReadonlyMap<string, Property> = new Map(
  PROPERTIES.map((property) => [setterOf(property), property]),
);

/** The setters that WeChat gives a context: each sets the property of its name. */
export const WECHAT_SETTERS: readonly string[] = [
  "setFillStyle",
  "setStrokeStyle",
  "setGlobalAlpha",
  "setLineCap",
  "setLineJoin",
  "setLineWidth",
  "setMiterLimit",
  "setTextAlign",
  "setTextBaseline",
];

/** As canvases convert their arguments; NaN for what cannot be converted. */
export function toNumber(value: unknown): number {
  if (typeof value === "number") return value;
  try {
    return Number(value);
  } catch {
    return Number.NaN;
  }
}

/** As canvases convert their texts; undefined for what cannot be converted. */
export function toText(value: unknown): string | undefined {
  try {
    return `${value as string}`;
  } catch {
    return undefined;
  }
}
