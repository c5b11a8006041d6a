// The path of a legacy context: its calls are kept apart until fill, stroke or clip.
import type { AnyMembers } from "../canvas/record/members.ts";
import { Path2D, type SKRSContext2D } from "../engine.ts";
import type { Action } from "./types.ts";

/** Calls of a path, which may grow. */
export class RecordedPath {
  readonly calls: Action[] = [];
  #built: Path2D | undefined;
  #length = 0;
  #isUsed = false;

  /**
   * Calls `use` with the path of the first `length` calls, or without one when that path is the
   * context's own. Most paths are used once, and the context's own path takes half the time. A path
   * that is used again is built; for a longer path than before, only the later calls are added.
   */
  use(length: number, context: SKRSContext2D, use: (path?: Path2D) => void): void {
    if (this.#isUsed) use(this.#build(length));
    else {
      this.#isUsed = true;
      context.beginPath();
      this.#add(0, length, context);
      use();
    }
  }

  #build(length: number): Path2D {
    if (!this.#built || length < this.#length) {
      this.#built = new Path2D();
      this.#length = 0;
    }
    this.#add(this.#length, length, this.#built);
    this.#length = length;
    return this.#built;
  }

  /** Adds calls to a path, or to the path of a context. */
  #add(from: number, to: number, path: Path2D | SKRSContext2D): void {
    for (let i = from; i < to; i++) {
      const { method, data } = this.calls[i] as Action;
      try {
        (path as Path2D & AnyMembers)[method]?.(...data);
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
