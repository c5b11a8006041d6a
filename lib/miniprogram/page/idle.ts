// Waiting: for a page to have nothing to do, for an event, for something to become true.
import { performance } from "node:perf_hooks";
import { setImmediate, setTimeout } from "node:timers/promises";
import { CanvasError, invalid } from "../../errors.ts";

/** In milliseconds. */
const DEFAULT_TIMEOUT = 30_000;
/** In milliseconds: how often it is looked. */
const LOOK = 5;

/** How long is waited. */
export interface WaitOptions {
  /** In milliseconds. Default 30000. */
  timeout?: number | undefined;
}

/** Looks until there is a result; throws when it takes too long. */
export async function until<Result>(
  what: string,
  look: () => Result | undefined | Promise<Result | undefined>,
  { timeout = DEFAULT_TIMEOUT }: WaitOptions = {},
): Promise<Result> {
  if (!(timeout >= 0)) throw invalid("timeout", "milliseconds, 0 or more", timeout);
  const end = performance.now() + timeout;
  for (;;) {
    const result = await look();
    if (result !== undefined) return result;
    if (performance.now() >= end) {
      throw new CanvasError("ABORTED", `${what} did not come within ${timeout} ms`);
    }
    await setTimeout(Math.min(LOOK, Math.max(1, end - performance.now())));
  }
}

/** True when nothing has been pending for a few turns of the event loop: promises have gone on. */
export async function isIdle(pending: () => number): Promise<true | undefined> {
  for (let turn = 0; turn < 3; turn++) {
    if (pending() > 0) return undefined;
    await setImmediate();
  }
  return true;
}
