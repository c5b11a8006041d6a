// Node's own timers, as they are when the library loads: sinon and the mocks of `node:test` replace
// them later, in Node's modules, too, and an export would wait for a clock that stands still.
import * as timers from "node:timers";
import * as promises from "node:timers/promises";
import { runInThisContext } from "node:vm";

export const setTimeout: typeof timers.setTimeout = timers.setTimeout;
export const clearTimeout: typeof timers.clearTimeout = timers.clearTimeout;
export const setInterval: typeof timers.setInterval = timers.setInterval;
export const clearInterval: typeof timers.clearInterval = timers.clearInterval;
export const setImmediate: typeof timers.setImmediate = timers.setImmediate;

/** Resolves after so many milliseconds. */
export const sleep: typeof promises.setTimeout = promises.setTimeout;
/** Resolves in the next turn of the event loop. */
export const nextTurn: typeof promises.setImmediate = promises.setImmediate;

/** Node's own: jest gives each test file globals of its own, and its fake timers replace them. */
export const queueMicrotask: typeof globalThis.queueMicrotask = runInThisContext("queueMicrotask");
