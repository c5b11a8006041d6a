// Process warnings about what works, but hardly as it was meant; each is emitted once in a process.

import { createCache } from "./cache.ts";

/** The warnings that were emitted; when there are too many, the oldest may be emitted again. */
const emitted = createCache<true>({ maxBytes: 4_000_000, maxAgeMs: 86_400_000 });

/**
 * Emits the warning the first time that its code comes up, or its code with that key.
 *
 * @param key what the warning is about, such as a value, where each one needs its own warning
 */
export function warnOnce(code: string, message: string, key = ""): void {
  const id = `${code}\n${key}`;
  if (emitted().has(id)) return;
  emitted().set(id, true);
  process.emitWarning(message, { code });
}
