// How many exports are under way at once in this process; the others wait as snapshots.
import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";

const waiting: (() => void)[] = [];
let active = 0;

/** Runs the task when it is its turn. */
export async function limited<T>(task: () => Promise<T>): Promise<T> {
  if (active < availableParallelism()) active++;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await task();
  } finally {
    // The engine frees memory in finalizers, which only run when the loop is yielded.
    await setImmediate();
    const next = waiting.shift();
    if (next) next();
    else active--;
  }
}
