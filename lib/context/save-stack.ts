// Saves and restores of a context, which are done only where the state changes in between: a
// million cost nothing.
import type { SKRSContext2D } from "../engine.ts";

export class SaveStack {
  readonly #context: SKRSContext2D;
  /** For each save done on the context, how many recorded saves it stands for. */
  readonly #done: number[] = [];
  #pending = 0;

  constructor(context: SKRSContext2D) {
    this.#context = context;
  }

  save(): void {
    this.#pending++;
  }

  /** Without a save before it, does nothing. */
  restore(): void {
    if (this.#pending === 0) {
      const count = this.#done.pop();
      if (count === undefined) return;
      this.#context.restore();
      this.#pending = count;
    }
    this.#pending--;
  }

  /** Must be called before the state changes. */
  flush(): void {
    if (this.#pending === 0) return;
    this.#context.save();
    this.#done.push(this.#pending);
    this.#pending = 0;
  }

  restoreAll(): void {
    this.#pending = 0;
    while (this.#done.pop()) this.#context.restore();
  }
}
