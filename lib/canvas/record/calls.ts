// What a record holds: calls in their order, and what it takes to play them again.
import type { ContextAttributes } from "../../engine/engine.ts";
import type { Held } from "../hold.ts";

/** The frozen arguments of a call; for a property, its value. */
export type Args = readonly unknown[] & { site?: string };

/**
 * Calls in their order: names, and beside them the arguments. The lists grow: calls behind `length`
 * came later.
 */
export interface Calls {
  readonly names: readonly string[];
  readonly args: readonly Args[];
  readonly length: number;
}

/** Calls that more are added to. */
export class CallList implements Calls {
  readonly names: string[] = [];
  readonly args: Args[] = [];

  get length(): number {
    return this.names.length;
  }

  add(name: string, args: Args): void {
    // Twice as fast as `push`, which V8 does not always inline.
    const { length } = this.names;
    this.names[length] = name;
    this.args[length] = args;
  }
}

/** What was drawn before the calls of a record. */
export interface Base {
  held: Held;
  hasPutPixels: boolean;
}

/** What a canvas shows at one moment, to be played again at any size. */
export interface FrozenRecord extends Calls {
  /** What was drawn before the calls, beyond the limit of a record. */
  readonly base: Base | undefined;
  /** The number of the first call, counted from the making of the canvas. */
  readonly first: number;
  /** Of the context, where they are not the usual ones. */
  readonly attributes: ContextAttributes | undefined;
}

/** Where the canvas lies on what is drawn: x × scaleX + dx, y × scaleY + dy. */
export interface Placement {
  scaleX: number;
  scaleY: number;
  dx: number;
  dy: number;
}
