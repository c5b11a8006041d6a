// Saves and restores of a context, which are done only where the state changes in between: each
// save of the engine's takes as long as several rectangles.

/** The context's own methods. */
interface Saving {
  save(): void;
  restore(): void;
}

export class SaveStack {
  /**
   * Whether the context has a path. A save is done at once then: the engine's `restore` moves the
   * path to the saved transform, which rounds its numbers.
   */
  hasPath = false;
  readonly #context: Saving;
  /** For each save done on the context, how many recorded saves it stands for. */
  readonly #done: number[] = [];
  #pending = 0;

  constructor(context: Saving) {
    this.#context = context;
  }

  /** Whether `flush` would save. */
  get isPending(): boolean {
    return this.#pending > 0;
  }

  save(): void {
    this.#pending++;
    if (this.hasPath) this.flush();
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

  /** Must be called before the state or the path changes. */
  flush(): void {
    if (this.#pending === 0) return;
    this.#context.save();
    this.#done.push(this.#pending);
    this.#pending = 0;
  }

  /** To be called when the context has lost its saves, as by `reset`. */
  forget(): void {
    this.#pending = 0;
    this.#done.length = 0;
    this.hasPath = false;
  }

  restoreAll(): void {
    this.#pending = 0;
    while (this.#done.pop()) this.#context.restore();
  }
}
