// The record of a legacy context: its calls, and its state as code reads it.

import { isAnyArrayBuffer, isUint8Array } from "node:util/types";
import { type Args, CallList, type Calls } from "../canvas/record/calls.ts";
import { frozenNow } from "../canvas/record/recorded-canvas.ts";
import { FrozenStyle } from "../canvas/record/referents.ts";
import { siteNow } from "../canvas/record/site.ts";
import { isStyle, isWatched, type Watcher, watch } from "../engine/changes.ts";
import {
  type CanvasGradient,
  type CanvasPattern,
  scratchContext,
  type TextMetrics,
} from "../engine/engine.ts";
import { show } from "../errors.ts";
import { readCssFont, readFontValue } from "../fonts/font-value.ts";
import type { TextFonts } from "../fonts/text.ts";
import { MAX_FILTER_LENGTH, MAX_FILTERS } from "../limits.ts";
import { toActions } from "./actions.ts";
import {
  type Method,
  type OwnMethod,
  type PathMethod,
  type Property,
  toNumber,
  toText,
} from "./members.ts";
import { RecordedPath } from "./path.ts";
import { createPattern, type Repetition } from "./patterns.ts";
import { ContextState, readBack } from "./state.ts";
import type { Action, CanvasContext } from "./types.ts";

/** What a context needs from the host. */
export interface Recorder {
  /** The most calls that are recorded without a draw. */
  maxCalls: number;
  /**
   * Paints a record; undefined stands for one that grew beyond maxCalls. Needed only by a context
   * that drawing code gets to see.
   */
  draw?(record: Calls | undefined, reserve: boolean, callback: unknown): void;
  /** The fonts that texts are measured with; also warns about characters that no font has. */
  fonts: TextFonts;
  /** Warns once about something that does not fail, but is probably not what was meant. */
  warn(code: string, message: string, key?: string): void;
}

/** Makes gradients and patterns; they work on every canvas. */
const stylesContext = scratchContext(1, 1);

/**
 * Records the calls of a context, for draw() and getActions to take. Properties read back, and text
 * measures, as the engine has it.
 */
export class Recording implements Pick<CanvasContext, OwnMethod> {
  readonly #recorder: Recorder;
  readonly #state = new ContextState();
  /** Records later changes of gradients and patterns that calls refer to. */
  readonly #watcher: Watcher = {
    changed: (style, name, args) => {
      if (!this.#followed.has(style)) return;
      this.#push(name === "setTransform" ? "setPatternTransform" : name, [style, ...args]);
    },
  };
  readonly #followed = new Set<object>();
  readonly #copies = new Map<object, Buffer>();
  #list: CallList = new CallList();
  #pathCalls: CallList = new CallList();
  /** The path that is being made. */
  path: RecordedPath = new RecordedPath(this.#pathCalls);
  /** How many calls are recorded, those of paths included. */
  #calls = 0;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** Without arguments, the call is one that a canvas drops. */
  add(name: Method, args: Args | undefined): void {
    if (args) this.#push(name, args);
  }

  addToPath(name: PathMethod, args: Args | undefined): void {
    if (args && this.#counts()) this.path.add(name, args);
  }

  beginPath(): void {
    this.path = new RecordedPath(this.#pathCalls);
  }

  /** Paints the path so far, or clips to it. */
  paint(name: "fill" | "stroke" | "clip", rule?: unknown): void {
    const at = { path: this.path, length: this.path.length };
    this.#push(name, rule === "evenodd" ? [at, rule] : [at]);
  }

  addText(name: "fillText" | "strokeText", args: Args | undefined): void {
    if (!args) return;
    this.#recorder.fonts.warnMissing(args[0] as string, this.#state.font);
    this.#push(name, args);
  }

  addImage(source: unknown, place: Args | undefined): void {
    if (place) this.#push("drawImage", [this.#frozen(source), ...place]);
  }

  save(): void {
    this.#state.save();
    this.#push("save", []);
  }

  restore(): void {
    this.#state.restore();
    this.#push("restore", []);
  }

  setLineDash(args: Args | undefined): void {
    if (!args) return;
    this.#state.setLineDash(args);
    this.#push("setLineDash", args);
  }

  /**
   * Records a property's new value; a value that cannot be parsed leaves the old one and warns
   * once.
   */
  set(property: Property, value: unknown): void {
    let after = reading(property, value, this.#state.font);
    if (after === undefined) {
      after = this.get(property);
      if (WARNED.has(property)) {
        const message = `${property}: ${show(value)} cannot be parsed; ${show(after)} stays`;
        this.#recorder.warn(`WX_CANVAS_${property.toUpperCase()}`, message, show(value));
        return;
      }
    }
    this.#state.set(property, after);
    this.#push(property, [this.#still(after)]);
  }

  /** A style as it is now; its later changes are recorded when they happen. */
  #still(value: unknown): unknown {
    if (typeof value !== "object" || value === null || !isStyle(value)) return value;
    this.#followed.add(value);
    if (!isWatched(value, this.#watcher)) watch(value, this.#watcher);
    return new FrozenStyle(value);
  }

  get(property: Property): unknown {
    return this.#state.get(property);
  }

  setFontSize(size: unknown): void {
    const pixels = toNumber(size);
    if (!(Number.isFinite(pixels) && pixels >= 0)) return;
    this.set("font", this.#state.font.replace(/[\d.]{1,40}px/, `${pixels}px`));
  }

  setShadow(offsetX: unknown, offsetY: unknown, blur: unknown, color: unknown = "black"): void {
    this.set("shadowOffsetX", offsetX);
    this.set("shadowOffsetY", offsetY);
    this.set("shadowBlur", blur);
    this.set("shadowColor", color);
  }

  getLineDash(): number[] {
    return this.#state.dash;
  }

  measureText(text: unknown): TextMetrics {
    const ready = this.#recorder.fonts.ready(toText(text) ?? "", this.#state.font);
    return this.#state.measure(ready.text, ready.font);
  }

  createLinearGradient(...given: unknown[]): CanvasGradient {
    const [x0, y0, x1, y1] = given.map(finite);
    return this.#forgiving(
      stylesContext().createLinearGradient(x0 ?? 0, y0 ?? 0, x1 ?? 0, y1 ?? 0),
    );
  }

  createCircularGradient(x: unknown, y: unknown, r: unknown): CanvasGradient {
    return this.createRadialGradient(x, y, 0, x, y, r);
  }

  createRadialGradient(...given: unknown[]): CanvasGradient {
    const [x0 = 0, y0 = 0, r0 = 0, x1 = 0, y1 = 0, r1 = 0] = given.map(finite);
    const [from, to] = [Math.max(0, r0), Math.max(0, r1)];
    return this.#forgiving(stylesContext().createRadialGradient(x0, y0, from, x1, y1, to));
  }

  createConicGradient(...given: unknown[]): CanvasGradient {
    const [angle = 0, x = 0, y = 0] = given.map(finite);
    return this.#forgiving(stylesContext().createConicGradient(angle, x, y));
  }

  createPattern(image: unknown, repetition: unknown): CanvasPattern | undefined {
    const repeat = repetition === "" || repetition === null ? "repeat" : repetition;
    if (!isRepetition(repeat)) {
      const expected = "'repeat', 'no-repeat', 'repeat-x', or 'repeat-y'";
      const message = `createPattern: expected one of ${expected}, got ${show(repetition)}`;
      this.#recorder.warn("WX_CANVAS_CREATEPATTERN", message);
      return undefined;
    }
    return createPattern(stylesContext(), { source: this.#frozen(image), repetition: repeat });
  }

  /** Returns the record and starts a new one; undefined if it grew beyond maxCalls. */
  take(): Calls | undefined {
    const record = this.#isFull ? undefined : this.#list;
    this.#forget();
    return record;
  }

  getActions(): Action[] {
    const actions = toActions(this.take(), this.#recorder.maxCalls);
    if (!actions) {
      const message = "getActions: more than maxCalls calls were recorded";
      this.#recorder.warn("WX_CANVAS_GETACTIONS", message);
    }
    return actions ?? [];
  }

  clearActions(): void {
    this.#forget();
  }

  draw(reserve?: unknown, callback?: unknown): void {
    this.#recorder.draw?.(this.take(), Boolean(reserve), callback);
  }

  #push(name: string, args: Args): void {
    if (!this.#counts()) return;
    const site = siteNow();
    if (site !== undefined) args.site = site;
    this.#list.add(name, args);
  }

  /** Whether one more call can be recorded; exceeding the limit drops the whole record. */
  #counts(): boolean {
    this.#calls++;
    if (!this.#isFull) return true;
    this.#empty();
    return false;
  }

  #empty(): void {
    this.#list = new CallList();
    this.#pathCalls = new CallList();
    this.beginPath();
  }

  get #isFull(): boolean {
    return this.#calls > this.#recorder.maxCalls;
  }

  /** Freezes a picture: it is drawn as it is now, not as it will be when the record is painted. */
  #frozen(source: unknown): unknown {
    try {
      return frozenNow(source) ?? this.#frozenBytes(source) ?? source;
    } catch {
      // A revoked proxy throws even when its type is checked.
      return source;
    }
  }

  /** A copy of the bytes; the same copy serves for as long as they stay the same. */
  #frozenBytes(source: unknown): Buffer | undefined {
    const isBytes = isUint8Array(source) || isAnyArrayBuffer(source);
    if (!isBytes) return undefined;
    const { buffer = source, byteOffset = 0, byteLength } = source as Uint8Array;
    const bytes = Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
    const known = this.#copies.get(source);
    if (known?.equals(bytes)) return known;
    const copy = Buffer.from(bytes);
    this.#copies.set(source, copy);
    return copy;
  }

  /** State, transform, clip, save stack and path go back to their defaults with every draw. */
  #forget(): void {
    this.#empty();
    this.#calls = 0;
    this.#followed.clear();
    this.#copies.clear();
    this.#state.reset();
  }

  /** Makes a gradient drop stops that it cannot use, as a canvas drops such calls. */
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

/** Properties whose values warn once each when they cannot be parsed. */
const WARNED: ReadonlySet<Property> = new Set(["fillStyle", "strokeStyle", "shadowColor", "font"]);

/** What a value of WeChat's reads back as; undefined for one that is dropped. */
function reading(property: Property, value: unknown, font: string): unknown {
  try {
    if (property === "font")
      return readCssFont(value) ?? readCssFont(readFontValue(`${value}`, font));
    return readBack(property, meant(property, value));
  } catch {
    // A filter that is too long, or a value that throws when it is read.
    return undefined;
  }
}

/** Translates WeChat's values into the engine's. */
function meant(property: Property, value: unknown): unknown {
  if (property === "textBaseline" && value === "normal") return "alphabetic";
  if (property === "filter") return boundedFilter(value);
  return value;
}

/**
 * Throws for a filter that would take the engine forever: it counts as one that cannot be parsed.
 */
function boundedFilter(value: unknown): string {
  const filter = `${value as string}`;
  const functions = filter.split("(").length - 1;
  if (functions > MAX_FILTERS || filter.length > MAX_FILTER_LENGTH) throw new Error("too much");
  return filter;
}

function finite(value: unknown): number {
  const number = toNumber(value);
  return Number.isFinite(number) ? number : 0;
}

function isRepetition(value: unknown): value is Repetition {
  return ["repeat", "repeat-x", "repeat-y", "no-repeat"].includes(value as string);
}
