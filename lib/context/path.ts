// The path of a legacy context: its calls are kept apart until fill, stroke or clip.
import type { Args, CallList } from "../canvas/record/calls.ts";
import type { AnyMembers } from "../canvas/record/members.ts";
import type { Perform } from "../canvas/record/recorded-canvas.ts";
import { Path2D } from "../engine/engine.ts";

/** A path, which may grow: the last calls of a list that paths share. */
export class RecordedPath {
  readonly #calls: CallList;
  readonly #start: number;
  #built: Path2D | undefined;
  #length = 0;
  #isUsed = false;

  constructor(calls: CallList) {
    this.#calls = calls;
    this.#start = calls.length;
  }

  /** How many calls it has, while no other path was begun. */
  get length(): number {
    return this.#calls.length - this.#start;
  }

  add(name: string, args: Args): void {
    this.#calls.add(name, args);
  }

  /**
   * The path of the first `length` calls; undefined when it is the context's own now. Most paths
   * are used once, and the context's own path takes half the time. A path that is used again is
   * built; for a longer path than before, only the later calls are added.
   */
  ready(length: number, perform: Perform): Path2D | undefined {
    if (this.#isUsed) return this.#build(length);
    this.#isUsed = true;
    perform("beginPath", []);
    this.each(0, length, perform);
    return undefined;
  }

  #build(length: number): Path2D {
    if (!this.#built || length < this.#length) {
      this.#built = new Path2D();
      this.#length = 0;
    }
    const path = this.#built;
    const members: AnyMembers = path as Path2D & AnyMembers;
    this.each(this.#length, length, (name, args) => members[name]?.(...args));
    this.#length = length;
    return path;
  }

  /** Calls `use` with each call from one number to another; what it throws is ignored. */
  each(from: number, to: number, use: Perform): void {
    const { names, args } = this.#calls;
    for (let i = this.#start + from; i < this.#start + to; i++) {
      try {
        use(names[i] as string, args[i] as Args);
      } catch {
        // The engine throws for, say, a negative radius: that call is dropped.
      }
    }
  }
}

/** A path as it was at a fill, a stroke or a clip. */
export interface PathAt {
  path: RecordedPath;
  length: number;
}
