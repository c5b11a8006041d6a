// Process warnings about what works, but hardly as it was meant; each once in a process.

import { createCache } from "./cache.ts";

/** When there are more, the oldest may come again. */
const emitted = createCache<true>({ maxBytes: 4_000_000, maxAgeMs: 86_400_000 });

/**
 * Emits the warning the first time that its code comes up, or its code with that key.
 *
 * @param key what it is about, such as a value, where each is worth a warning
 */
export function warnOnce(code: string, message: string, key = ""): void {
  const id = `${code}\n${key}`;
  if (emitted.has(id)) return;
  emitted.set(id, true);
  process.emitWarning(message, { code });
}
