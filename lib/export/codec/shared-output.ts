// The output of a task that all tasks of a picture need: one thread makes it, the others wait.
import type { Needed } from "./instance.ts";

export interface SharedOutput {
  /** One number: whether a thread is making it, or has made it. */
  state: Int32Array;
  bytes: Uint8Array;
}

const [OPEN, TAKEN, MADE] = [0, 1, 2];
/**
 * Milliseconds that a thread waits for what another makes, which takes 1 or 2, before it makes that
 * itself: the other may have died.
 */
const WAIT_MS = 50;

/** Memory for the output of a task, which is yet to be done. */
export function sharedOutput({ outputBytes }: Needed): SharedOutput {
  const state = new Int32Array(new SharedArrayBuffer(4));
  return { state, bytes: new Uint8Array(new SharedArrayBuffer(outputBytes)) };
}

/** What one thread makes while the others wait; made in each, it takes more processor time. */
export function madeOnce({ state, bytes }: SharedOutput, make: () => Uint8Array): Uint8Array {
  if (Atomics.compareExchange(state, 0, OPEN, TAKEN) === OPEN) {
    bytes.set(make());
    Atomics.store(state, 0, MADE);
    Atomics.notify(state, 0);
  } else Atomics.wait(state, 0, TAKEN, WAIT_MS);
  return Atomics.load(state, 0) === MADE ? bytes.slice() : make();
}
