// The methods of a legacy context that are recorded. Each is written out: a function that serves
// several takes longer.
import { type Method, toLength, toNumber, toText } from "./members.ts";
import type { Recording } from "./recording.ts";

/** Where a context has its recording. */
export const RECORDING: unique symbol = Symbol("recording");

/** A legacy context. */
export interface Recorded {
  readonly [RECORDING]: Recording;
}

type Methods = Record<Method, (this: Recorded, ...given: unknown[]) => void>;

/** Each drops a call that a canvas drops because of its arguments. */
export const METHODS: Methods = {
  moveTo(x, y) {
    this[RECORDING].addToPath("moveTo", numbers(x, y));
  },
  lineTo(x, y) {
    this[RECORDING].addToPath("lineTo", numbers(x, y));
  },
  rect(x, y, width, height) {
    this[RECORDING].addToPath("rect", numbers(x, y, width, height));
  },
  roundRect(x, y, width, height, radii = 0) {
    const args = numbers(x, y, width, height);
    args?.push(list(radii) ?? radii);
    this[RECORDING].addToPath("roundRect", args);
  },
  arc(x, y, radius, from, to, isCounterclockwise) {
    const args = numbers(x, y, radius, from, to);
    args?.push(Boolean(isCounterclockwise));
    this[RECORDING].addToPath("arc", args);
  },
  arcTo(x1, y1, x2, y2, radius) {
    this[RECORDING].addToPath("arcTo", lengths(x1, y1, x2, y2, radius));
  },
  ellipse(x, y, radiusX, radiusY, rotation, from, to, isCounterclockwise) {
    const args = numbers(x, y, radiusX, radiusY, rotation, from, to);
    args?.push(Boolean(isCounterclockwise));
    this[RECORDING].addToPath("ellipse", args);
  },
  quadraticCurveTo(x1, y1, x, y) {
    this[RECORDING].addToPath("quadraticCurveTo", numbers(x1, y1, x, y));
  },
  bezierCurveTo(x1, y1, x2, y2, x, y) {
    this[RECORDING].addToPath("bezierCurveTo", numbers(x1, y1, x2, y2, x, y));
  },
  closePath() {
    this[RECORDING].addToPath("closePath", []);
  },
  beginPath() {
    this[RECORDING].beginPath();
  },
  fill(rule) {
    this[RECORDING].paint("fill", rule);
  },
  stroke() {
    this[RECORDING].paint("stroke");
  },
  clip(rule) {
    this[RECORDING].paint("clip", rule);
  },
  save() {
    this[RECORDING].save();
  },
  restore() {
    this[RECORDING].restore();
  },
  scale(x, y) {
    this[RECORDING].add("scale", numbers(x, y));
  },
  rotate(angle) {
    this[RECORDING].add("rotate", lengths(angle));
  },
  translate(x, y) {
    this[RECORDING].add("translate", numbers(x, y));
  },
  transform(a, b, c, d, e, f) {
    this[RECORDING].add("transform", numbers(a, b, c, d, e, f));
  },
  setTransform(a, b, c, d, e, f) {
    this[RECORDING].add("setTransform", numbers(a, b, c, d, e, f));
  },
  resetTransform() {
    this[RECORDING].add("resetTransform", []);
  },
  fillRect(x, y, width, height) {
    this[RECORDING].add("fillRect", numbers(x, y, width, height));
  },
  strokeRect(x, y, width, height) {
    this[RECORDING].add("strokeRect", numbers(x, y, width, height));
  },
  clearRect(x, y, width, height) {
    this[RECORDING].add("clearRect", numbers(x, y, width, height));
  },
  fillText(text, x, y, maxWidth) {
    this[RECORDING].addText("fillText", textAt(text, x, y, maxWidth));
  },
  strokeText(text, x, y, maxWidth) {
    this[RECORDING].addText("strokeText", textAt(text, x, y, maxWidth));
  },
  drawImage(source, ...place) {
    this[RECORDING].addImage(source, imagePlace(place));
  },
  setLineDash(lengths, offset) {
    this[RECORDING].setLineDash(dash(lengths, offset));
  },
};

export const isMethod = (name: string): name is Method => Object.hasOwn(METHODS, name);

/** Finite numbers; undefined when one is not: a canvas drops such a call. */
function numbers(...values: unknown[]): unknown[] | undefined {
  for (let i = 0; i < values.length; i++) {
    const number = toNumber(values[i]);
    if (!Number.isFinite(number)) return undefined;
    values[i] = number;
  }
  return values;
}

/** Numbers that WeChat also takes with a unit. */
function lengths(...values: unknown[]): unknown[] | undefined {
  return numbers(...values.map(toLength));
}

/** A text, its place and its maximum width; a maxWidth that is not a number counts as omitted. */
function textAt(text: unknown, x: unknown, y: unknown, maxWidth: unknown): unknown[] | undefined {
  const left = toLength(x);
  const top = toLength(y);
  const value = toText(text);
  if (!(Number.isFinite(left) && Number.isFinite(top)) || value === undefined) return undefined;
  const width = toLength(maxWidth ?? Number.NaN);
  return Number.isFinite(width) ? [value, left, top, width] : [value, left, top];
}

/**
 * 2, 4 or 8 numbers; trailing undefined and null count as omitted, and six or seven numbers count
 * as four.
 */
function imagePlace(place: unknown[]): unknown[] | undefined {
  while (place.length > 0 && (place.at(-1) === undefined || place.at(-1) === null)) place.pop();
  const count = [8, 4, 2].find((enough) => place.length >= enough);
  return count === undefined ? undefined : lengths(...place.slice(0, count));
}

/** The pattern and its offset, if there is one. */
function dash(pattern: unknown, offset: unknown): [number[], number?] | undefined {
  const lengths = list(pattern)?.map(toNumber);
  if (!lengths?.every((length) => Number.isFinite(length) && length >= 0)) return undefined;
  // WeChat's default is [0, 0]: a solid line.
  const solid = lengths.every((length) => length === 0) ? [] : lengths;
  const start = toNumber(offset);
  return Number.isFinite(start) ? [solid, start] : [solid];
}

/** A copy of a list; undefined for anything else, also for a list that cannot be read. */
function list(value: unknown): unknown[] | undefined {
  try {
    return Array.isArray(value) ? [...value] : undefined;
  } catch {
    return undefined;
  }
}
