// Waits until a page is rendered or idle, an event comes, or a condition is true.
import { performance } from "node:perf_hooks";
import * as z from "zod/mini";
import { CanvasError } from "../../errors.ts";
import { lazily } from "../../late.ts";
import { checked } from "../../option-parts.ts";
import { nextTurn, sleep } from "../../timers.ts";
import { parse } from "../../validate.ts";
import type { Timers } from "../realm/timers.ts";

/** In milliseconds. */
const DEFAULT_TIMEOUT = 30_000;
/** In milliseconds, the time between two checks. */
const LOOK = 5;
/** In milliseconds, how long at most the first rendering of a page takes here. */
const FIRST_RENDER = 20;

/** How long to wait. */
export interface WaitOptions {
  /** In milliseconds. Default 30000. */
  timeout?: number | undefined;
}

const schema = lazily(() => {
  const isTime = (value: unknown) => typeof value === "number" && value >= 0;
  const timeout = checked<number>(isTime, "milliseconds, 0 or more");
  return z.object({ timeout: z._default(timeout, DEFAULT_TIMEOUT) });
});

/** Calls `look` until it has a result; throws ABORTED after the timeout. */
export async function until<Result>(
  what: string,
  look: () => Result | undefined | Promise<Result | undefined>,
  options?: WaitOptions,
): Promise<Result> {
  const { timeout } = parse(schema, options);
  const end = performance.now() + timeout;
  for (;;) {
    const result = await look();
    if (result !== undefined) return result;
    if (performance.now() >= end) {
      throw new CanvasError("ABORTED", `${what} did not come within ${timeout} ms`);
    }
    await sleep(Math.min(LOOK, Math.max(1, end - performance.now())));
  }
}

/** True if nothing is pending for 3 turns of the event loop, in which promises can continue. */
export async function isIdle(pending: () => number): Promise<true | undefined> {
  for (let turn = 0; turn < 3; turn++) {
    if (pending() > 0) return undefined;
    await nextTurn();
  }
  return true;
}

/**
 * Waits as long as the first rendering of a page takes: on a phone, promises and short timers of
 * onLoad come before onReady. Taro creates a page's nodes by them.
 */
export async function firstRender(timers: Timers): Promise<void> {
  await nextTurn();
  // Counted in turns of a millisecond, not by the clock: a busy machine gives code as many turns.
  for (let left = FIRST_RENDER; left > 0 && timers.isDueWithin(left); left--) await sleep(1);
}
