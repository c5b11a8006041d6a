// Globals of Node's own realm: test environments such as jsdom lack some, and replace others by
// classes that Node's functions do not take.
import { runInThisContext } from "node:vm";

export const AbortController: typeof globalThis.AbortController =
  runInThisContext("AbortController");

/** Node's, which it loads at the first use. */
export function structuredClone<Value>(value: Value): Value {
  return runInThisContext("structuredClone")(value);
}
