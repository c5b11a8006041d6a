// The legacy drawing context: it records what it is told, and paints nothing before draw().

import {
  type Canvas,
  type CanvasGradient,
  type CanvasPattern,
  createCanvas,
  isCanvas,
  parses,
  type SKRSContext2D,
  type TextMetrics,
} from "../engine.ts";
import { show } from "../errors.ts";
import { readFontValue } from "../fonts/font-value.ts";
import type { TextFonts } from "../fonts/text.ts";
import { MAX_FILTER_LENGTH, MAX_FILTERS } from "../limits.ts";
import {
  type Action,
  METHODS,
  PROPERTIES,
  type Property,
  SETTERS,
  setterOf,
  toNumber,
  toText,
  WECHAT_SETTERS,
} from "./members.ts";
import { createPattern, type Repetition } from "./patterns.ts";

/** What draw() tells its callback: `"drawCanvas:ok"`, or `"drawCanvas:fail …"` and why. */
export interface DrawResult {
  errMsg: string;
}

/** What a context needs from the host. */
export interface Recorder {
  /** The most calls that are recorded without a draw. */
  maxCalls: number;
  /**
   * Paints a record; undefined stands for one that grew beyond maxCalls. Only a context that code gets
   * to see needs it.
   */
  draw?(actions: Action[] | undefined, reserve: boolean, callback: unknown): void;
  /** The fonts that texts are measured with, and warnings about those that none has. */
  fonts: TextFonts;
  /** Warns once of what is no failure, but not what was meant either. */
  warn(code: string, message: string, key?: string): void;
}

/**
 * What a context records, from which draw() and getActions take it. Its state is kept in a
 * context of one pixel, so that properties read back and text measures as the engine has it.
 */
export class RecordingContext {
  readonly #recorder: Recorder;
  readonly #sketch: SKRSContext2D = createCanvas(1, 1).getContext("2d");
  #actions: Action[] | undefined = [];

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
    this.#sketch.imageSmoothingQuality = "high";
  }

  /** Records a call, as the method of that name does; unknown methods are ignored. */
  record(method: string, given: readonly unknown[]): void {
    const property = SETTERS.get(method);
    if (property) this.set(property, given[0]);
    else if (Object.hasOwn(METHODS, method)) this.call(method, given);
  }

  /** Records a method's call, unless its arguments are such that a canvas drops it. */
  call(method: string, given: readonly unknown[]): void {
    const data = argumentsOf(method, given);
    if (!data) return;
    if (method === "drawImage") data[0] = frozenSource(data[0]);
    if (method === "fillText" || method === "strokeText") {
      this.#recorder.fonts.warnMissing(data[0] as string, this.#sketch.font);
    }
    this.#push({ method, data });
    // What changes the state, or saves it, changes the sketch's, too.
    if (STATEFUL.has(method)) apply(this.#sketch, method, data);
  }

  /** Records a property's new value; one that cannot be parsed keeps the old one and warns once. */
  set(property: Property, value: unknown): void {
    const before = this.get(property);
    try {
      Object.assign(this.#sketch, { [property]: meant(property, value, this.#sketch.font) });
    } catch {
      // As with any value that cannot be parsed: the old one stays.
    }
    const after = this.get(property);
    if (after === before && isUnparsable(property, value, after)) {
      const message = `${property}: ${show(value)} cannot be parsed; ${show(after)} stays`;
      this.#recorder.warn(`WX_CANVAS_${property.toUpperCase()}`, message, show(value));
      return;
    }
    this.#push({ method: setterOf(property), data: [after] });
  }

  get(property: Property): unknown {
    return this.#sketch[property];
  }

  setFontSize(size: unknown): void {
    const pixels = toNumber(size);
    if (!(Number.isFinite(pixels) && pixels >= 0)) return;
    this.set("font", this.#sketch.font.replace(/\d*\.?\d+px/, `${pixels}px`));
  }

  setShadow(offsetX: unknown, offsetY: unknown, blur: unknown, color: unknown = "black"): void {
    this.set("shadowOffsetX", offsetX);
    this.set("shadowOffsetY", offsetY);
    this.set("shadowBlur", blur);
    this.set("shadowColor", color);
  }

  getLineDash(): number[] {
    return this.#sketch.getLineDash();
  }

  measureText(text: unknown): TextMetrics {
    const sketch = this.#sketch;
    const { font } = sketch;
    const ready = this.#recorder.fonts.ready(toText(text) ?? "", font);
    if (ready.font !== font) sketch.font = ready.font;
    const metrics = sketch.measureText(ready.text);
    if (ready.font !== font) sketch.font = font;
    return metrics;
  }

  createLinearGradient(...given: unknown[]): CanvasGradient {
    const [x0, y0, x1, y1] = given.map(finite);
    return this.#forgiving(this.#sketch.createLinearGradient(x0 ?? 0, y0 ?? 0, x1 ?? 0, y1 ?? 0));
  }

  createCircularGradient(x: unknown, y: unknown, r: unknown): CanvasGradient {
    return this.createRadialGradient(x, y, 0, x, y, r);
  }

  createRadialGradient(...given: unknown[]): CanvasGradient {
    const [x0 = 0, y0 = 0, r0 = 0, x1 = 0, y1 = 0, r1 = 0] = given.map(finite);
    const [from, to] = [Math.max(0, r0), Math.max(0, r1)];
    return this.#forgiving(this.#sketch.createRadialGradient(x0, y0, from, x1, y1, to));
  }

  createConicGradient(...given: unknown[]): CanvasGradient {
    const [angle = 0, x = 0, y = 0] = given.map(finite);
    return this.#forgiving(this.#sketch.createConicGradient(angle, x, y));
  }

  createPattern(image: unknown, repetition: unknown): CanvasPattern | undefined {
    const repeat = repetition === "" || repetition === null ? "repeat" : repetition;
    if (!isRepetition(repeat)) {
      const expected = "'repeat', 'no-repeat', 'repeat-x', or 'repeat-y'";
      const message = `createPattern: expected one of ${expected}, got ${show(repetition)}`;
      this.#recorder.warn("WX_CANVAS_CREATEPATTERN", message);
      return undefined;
    }
    return createPattern(this.#sketch, { source: frozenSource(image), repetition: repeat });
  }

  /** The record, which starts anew; undefined for one that grew beyond maxCalls. */
  take(): Action[] | undefined {
    const actions = this.#actions;
    this.#forget();
    return actions;
  }

  getActions(): Action[] {
    const actions = this.take();
    if (!actions) {
      const message = "getActions: more than maxCalls calls were recorded";
      this.#recorder.warn("WX_CANVAS_GETACTIONS", message);
    }
    return actions ?? [];
  }

  clearActions(): void {
    this.#forget();
  }

  draw(reserve: unknown, callback: unknown): void {
    this.#recorder.draw?.(this.take(), Boolean(reserve), callback);
  }

  #push(action: Action): void {
    if (!this.#actions) return;
    if (this.#actions.length < this.#recorder.maxCalls) this.#actions.push(action);
    else this.#actions = undefined;
  }

  /** State, transform, clip, save stack and path go back to their defaults with every draw. */
  #forget(): void {
    this.#actions = [];
    this.#sketch.reset();
    this.#sketch.imageSmoothingQuality = "high";
  }

  /** A gradient whose stops are dropped where they cannot be used, as is the call of a canvas. */
  #forgiving(gradient: CanvasGradient): CanvasGradient {
    const addColorStop = gradient.addColorStop.bind(gradient);
    gradient.addColorStop = (stop, color) => {
      try {
        addColorStop(stop, color);
      } catch {
        const expected = "expected an offset from 0 to 1 and a CSS colour";
        const message = `addColorStop: ${expected}, got ${show(stop)} and ${show(color)}`;
        this.#recorder.warn("WX_CANVAS_ADDCOLORSTOP", message);
      }
    };
    return gradient;
  }
}

/** What is recorded of the arguments; a call with one that throws when it is read is dropped, too. */
function argumentsOf(method: string, given: readonly unknown[]): unknown[] | undefined {
  try {
    return METHODS[method]?.(given);
  } catch {
    return undefined;
  }
}

/** Methods whose effect is state, which the sketch follows. */
const STATEFUL = new Set(["save", "restore", "setLineDash"]);

for (const method of Object.keys(METHODS)) {
  define(method, function (...given) {
    this.call(method, given);
  });
}
for (const setter of WECHAT_SETTERS) {
  define(setter, function (value) {
    this.set(SETTERS.get(setter) as Property, value);
  });
}
for (const property of PROPERTIES) {
  Object.defineProperty(RecordingContext.prototype, property, {
    get(this: RecordingContext) {
      return this.get(property);
    },
    set(this: RecordingContext, value: unknown) {
      this.set(property, value);
    },
  });
}

function define(name: string, value: (this: RecordingContext, ...given: unknown[]) => void): void {
  // Writable: drawing code replaces methods.
  Object.defineProperty(RecordingContext.prototype, name, {
    value,
    writable: true,
    configurable: true,
  });
}

/** Does a recorded call on an engine context; only for methods of the table. */
export function apply(context: SKRSContext2D, method: string, data: readonly unknown[]): void {
  if (method === "setLineDash") {
    context.setLineDash(data[0] as number[]);
    // WeChat's second argument; without it the offset stays, as in the standard.
    if (data.length > 1) context.lineDashOffset = data[1] as number;
    return;
  }
  (context as unknown as Record<string, (...data: readonly unknown[]) => void>)[method]?.(...data);
}

/** What WeChat's values mean to the engine. */
function meant(property: Property, value: unknown, font: string): unknown {
  if (property === "textBaseline" && value === "normal") return "alphabetic";
  if (property === "font" && typeof value === "string") return readFontValue(value, font);
  if (property === "filter") return boundedFilter(value);
  return value;
}

/** A filter that would take the engine forever cannot be parsed, either. */
function boundedFilter(value: unknown): string {
  const filter = `${value as string}`;
  const functions = filter.split("(").length - 1;
  if (functions > MAX_FILTERS || filter.length > MAX_FILTER_LENGTH) throw new Error("too much");
  return filter;
}

function isUnparsable(property: Property, value: unknown, current: unknown): boolean {
  if (value === current) return false;
  if (/Style$|Color$/.test(property)) return !parses("fillStyle", value);
  if (property !== "font") return false;
  return typeof value !== "string" || !parses("font", readFontValue(value, current as string));
}

/** A canvas is drawn as it is when it is given, not as it will be when the record is painted. */
function frozenSource(source: unknown): unknown {
  if (!isCanvas(source) || source.width === 0 || source.height === 0) return source;
  const copy = createCanvas(source.width, source.height);
  copy.getContext("2d").drawCanvas(source as Canvas, 0, 0);
  return copy;
}

function finite(value: unknown): number {
  const number = toNumber(value);
  return Number.isFinite(number) ? number : 0;
}

function isRepetition(value: unknown): value is Repetition {
  return ["repeat", "repeat-x", "repeat-y", "no-repeat"].includes(value as string);
}
