// The record of one canvas: the calls that made it what it is, since it was cleared.

import { hasPutPixels, isWatched, type Watcher, watch } from "../../engine/changes.ts";
import type { Canvas, ContextAttributes } from "../../engine/engine.ts";
import { warnOnce } from "../../warn.ts";
import { hold } from "../hold.ts";
import { type Args, type Base, CallList, type FrozenRecord } from "./calls.ts";
import { addHolder, type Holder, noteChange } from "./holders.ts";
import type { SaveStack } from "./save-stack.ts";
import { siteNow } from "./site.ts";
import { stateAfter } from "./state.ts";

/**
 * Most bytes that the calls of one record may hold: pictures, copies of canvases, pixels that were
 * put. As much as the largest picture that a host accepts by default.
 */
const HELD_MAX_BYTES = 268_435_456;
/** In calls and in bytes: a smaller record is not worth dropping when the canvas is cleared. */
const DROPPED_MIN_CALLS = 256;
const DROPPED_MIN_BYTES = 4_194_304;

/**
 * In calls: the engine replays its record with each export until it has pixels, and 100,000 calls
 * take as long as encoding 2 megapixels.
 */
const LONG_RECORD_CALLS = 20_000;

export class Recorder implements Watcher, Holder {
  readonly canvas: Canvas;
  /** The saves of its context. */
  readonly saves: SaveStack;
  /** Counts all calls, recorded or not: when the number has changed, the canvas may have, too. */
  calls = 0;
  readonly #maxCalls: number;
  readonly #attributes: ContextAttributes | undefined;
  #list: CallList = new CallList();
  #base: Base | undefined;
  #heldBytes = 0;
  #held = new Map<object, number>();
  #dropAt = DROPPED_MIN_CALLS;
  /** The number of calls when the engine was last made to paint them. */
  #painted = 0;
  #isOn: boolean;

  /** With maxCalls 0 it only counts. */
  constructor(
    canvas: Canvas,
    maxCalls: number,
    saves: SaveStack,
    attributes?: ContextAttributes | undefined,
  ) {
    this.canvas = canvas;
    this.saves = saves;
    this.#maxCalls = maxCalls;
    this.#attributes = attributes;
    this.#isOn = maxCalls > 0;
    watch(canvas, this);
  }

  /**
   * Whether calls are recorded: they are not after more came than fit, until the canvas is cleared.
   */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Records a call that the engine has accepted. */
  add(name: string, args: Args): void {
    this.calls++;
    if (!this.#isOn) return;
    const site = siteNow();
    if (site !== undefined) args.site = site;
    this.#list.add(name, args);
    if (this.#list.length > this.#maxCalls || this.#heldBytes > HELD_MAX_BYTES) {
      this.#shorten(
        `more than maxCalls (${this.#maxCalls}) calls, or than ${HELD_MAX_BYTES} bytes of pictures, ` +
          "were drawn on a canvas since it was cleared",
      );
    }
  }

  /** Records what happens to a gradient or pattern that calls refer to. */
  follow(style: object): void {
    if (!isWatched(style, this)) watch(style, this);
  }

  /** Called when a style was changed, or the canvas cleared. */
  changed(object: object, name: string, args: Args): void {
    if (object === this.canvas) this.clear();
    else this.add(name === "setTransform" ? "setPatternTransform" : name, [object, ...args]);
  }

  /** Counts the bytes of what a call refers to, once however many calls do. */
  weigh(referent: object, bytes: number): void {
    if (this.#held.has(referent)) return;
    if (this.#held.size === 0) addHolder(this);
    this.#held.set(referent, bytes);
    this.#heldBytes += bytes;
    noteChange();
  }

  /** To be called when the canvas was cleared, and its state is the initial one again. */
  clear(): void {
    this.calls++;
    this.saves.forget();
    this.#isOn = this.#maxCalls > 0;
    this.#startAnew();
  }

  /** Whether enough is recorded to be worth dropping. */
  get mayDrop(): boolean {
    return this.#list.length >= this.#dropAt || this.#heldBytes >= DROPPED_MIN_BYTES;
  }

  /**
   * To be called when all of the canvas was cleared, or the part inside of its clip; the state
   * stays as it is.
   */
  clearPixels(ignoresClip: boolean): void {
    const state = stateAfter(this.#list);
    if (ignoresClip || !state.isClipped) this.#startAnew(state.calls);
    else this.#dropAt = 2 * this.#list.length;
  }

  get held(): ReadonlyMap<object, number> {
    return this.#held;
  }

  /** Gives up what it holds: others need the memory. */
  giveUp(): void {
    if (this.#isOn) {
      this.#shorten(
        "the pictures of all canvases and draws have more bytes than there is room for; " +
          "setConcurrency({ imagePixels, imageCacheBytes }) makes more",
        "memory",
      );
    }
  }

  /** Has the engine turn a long record into pixels, unless it is the only one. */
  paintLong(): void {
    if (!this.#isOn || this.calls - this.#painted < LONG_RECORD_CALLS) return;
    this.#painted = this.calls;
    this.canvas.getContext("2d").getImageData(0, 0, 1, 1);
  }

  /** The record as it is now; undefined when the calls are not known. */
  freeze(): FrozenRecord | undefined {
    if (!this.#isOn) return undefined;
    const { names, args, length } = this.#list;
    return {
      names,
      args,
      length,
      base: this.#base,
      first: this.calls - length,
      attributes: this.#attributes,
    };
  }

  /** Replaces the calls so far by the engine's own record of what they drew. */
  #shorten(why: string, key?: string): void {
    const effect = "an enlarged export replays the earlier calls of a canvas less exactly";
    warnOnce("WX_CANVAS_RECORD", `${why}: ${effect}`, key);
    const state = stateAfter(this.#list, this.#maxCalls / 2);
    const { width, height } = this.canvas;
    this.#isOn = state.calls.length <= this.#maxCalls / 2 && width > 0 && height > 0;
    const base = this.#isOn
      ? { held: hold(this.canvas), hasPutPixels: hasPutPixels(this.canvas) }
      : undefined;
    this.#startAnew(state.calls, base);
  }

  /** Starts new lists, since a frozen record keeps the old ones. */
  #startAnew(calls?: CallList, base?: Base): void {
    this.#list = (this.#isOn && calls) || new CallList();
    this.#base = base;
    this.#heldBytes = 0;
    this.#held = new Map();
    noteChange();
    this.#dropAt = Math.max(DROPPED_MIN_CALLS, 2 * this.#list.length);
  }
}
