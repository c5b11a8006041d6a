// Node's own timers, as they are when the library loads: sinon and the mocks of `node:test` replace
// them later, in Node's modules, too, and an export would wait for a clock that stands still.
import {
  clearInterval as clearNodeInterval,
  clearTimeout as clearNodeTimeout,
  setImmediate as setNodeImmediate,
  setInterval as setNodeInterval,
  setTimeout as setNodeTimeout,
} from "node:timers";
import { setImmediate as nextNodeTurn, setTimeout as nodeSleep } from "node:timers/promises";
import { runInThisContext } from "node:vm";

// Imported by their names: of a module as a whole, the build makes a copy at every start.
export const setTimeout: typeof setNodeTimeout = setNodeTimeout;
export const clearTimeout: typeof clearNodeTimeout = clearNodeTimeout;
export const setInterval: typeof setNodeInterval = setNodeInterval;
export const clearInterval: typeof clearNodeInterval = clearNodeInterval;
export const setImmediate: typeof setNodeImmediate = setNodeImmediate;

/** Resolves after so many milliseconds. */
export const sleep: typeof nodeSleep = nodeSleep;
/** Resolves in the next turn of the event loop. */
export const nextTurn: typeof nextNodeTurn = nextNodeTurn;

/** Node's own: jest gives each test file globals of its own, and its fake timers replace them. */
export const queueMicrotask: typeof globalThis.queueMicrotask = runInThisContext("queueMicrotask");
