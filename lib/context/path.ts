// The path of a legacy context: its calls are kept apart until fill, stroke or clip.
import type { Args } from "../canvas/record/calls.ts";
import type { AnyMembers } from "../canvas/record/members.ts";
import { perform } from "../canvas/record/recorded-canvas.ts";
import { Path2D, type SKRSContext2D } from "../engine.ts";
import type { PathMethod } from "./members.ts";

/** Calls of a path, which may grow. */
export class RecordedPath {
  readonly names: PathMethod[] = [];
  readonly args: Args[] = [];
  #built: Path2D | undefined;
  #length = 0;
  #isUsed = false;

  add(name: PathMethod, args: Args): void {
    this.names.push(name);
    this.args.push(args);
  }

  /**
   * Calls `use` with the path of the first `length` calls, or without one when that path is the
   * context's own. Most paths are used once, and the context's own path takes half the time. A path
   * that is used again is built; for a longer path than before, only the later calls are added.
   */
  use(length: number, context: SKRSContext2D, use: (path?: Path2D) => void): void {
    if (this.#isUsed) use(this.#build(length));
    else {
      this.#isUsed = true;
      perform(context, "beginPath", []);
      this.#each(0, length, (name, args) => perform(context, name, args));
      use();
    }
  }

  #build(length: number): Path2D {
    if (!this.#built || length < this.#length) {
      this.#built = new Path2D();
      this.#length = 0;
    }
    const path = this.#built;
    const members: AnyMembers = path as Path2D & AnyMembers;
    this.#each(this.#length, length, (name, args) => members[name]?.(...args));
    this.#length = length;
    return path;
  }

  #each(from: number, to: number, add: (name: PathMethod, args: Args) => void): void {
    for (let i = from; i < to; i++) {
      try {
        add(this.names[i] as PathMethod, this.args[i] as Args);
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
