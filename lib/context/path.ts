// The path of a legacy context: its calls are kept apart until fill, stroke or clip.
import type { AnyMembers } from "../canvas/record/members.ts";
import { Path2D } from "../engine.ts";
import type { Action } from "./types.ts";

/** Calls of a path, which may grow. */
export class RecordedPath {
  readonly calls: Action[] = [];
  #built: Path2D | undefined;
  #length = 0;

  /**
   * The path of the first `length` calls. For a longer path than the last one, only the later calls
   * are added to it.
   */
  build(length: number): Path2D {
    if (!this.#built || length < this.#length) {
      this.#built = new Path2D();
      this.#length = 0;
    }
    for (const { method, data } of this.calls.slice(this.#length, length)) {
      try {
        (this.#built as Path2D & AnyMembers)[method]?.(...data);
      } catch {
        // The engine throws for, say, a negative radius: that call is dropped.
      }
    }
    this.#length = length;
    return this.#built;
  }
}

/** A path as it was at a fill, a stroke or a clip. */
export interface PathAt {
  path: RecordedPath;
  length: number;
}
