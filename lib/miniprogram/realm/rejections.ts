// Reports promises of a realm that are rejected without a handler. On a phone they do no harm.
import process from "node:process";
import type { Report } from "../../settle.ts";
import { setImmediate } from "../../timers.ts";

const EVENT = "unhandledRejection";

/** By the `Promise.prototype` of their realm. */
const reports = new WeakMap<object, Report>();

/** Reports the unhandled rejections of a realm's promises, instead of ending the process. */
export function reportRejections(promise: { prototype: object }, report: Report): void {
  reports.set(promise.prototype, report);
  listen();
}

/** Other code may have removed the listener, as test runners do between their files. */
function listen(): void {
  if (!process.listeners(EVENT).includes(onRejection)) process.on(EVENT, onRejection);
}

function onRejection(reason: unknown, promise: object): void {
  const report = reportOf(promise);
  if (report) {
    report(reason);
    return;
  }
  if (process.listenerCount(EVENT) > 1) return;
  // Not a realm's, and without this listener Node would apply its own rule. Let it do so.
  process.off(EVENT, onRejection);
  Promise.reject(reason);
  setImmediate(listen);
}

function reportOf(promise: object): Report | undefined {
  let at: object | null = promise;
  while (at && !reports.has(at)) at = Object.getPrototypeOf(at);
  return at ? reports.get(at) : undefined;
}
