// Process warnings about what works, but hardly as it was meant; each once in a process.

/** Of so many warnings is known that they came; then the oldest may come again. */
const MAX_EMITTED = 10_000;
const emitted = new Set<string>();

/**
 * Emits the warning the first time that its code comes up, or its code with that key.
 *
 * @param key what it is about, such as a value, where each is worth a warning
 */
export function warnOnce(code: string, message: string, key = ""): void {
  const id = `${code}\n${key}`;
  if (emitted.has(id)) return;
  for (const oldest of emitted) if (emitted.size < MAX_EMITTED || !emitted.delete(oldest)) break;
  emitted.add(id);
  process.emitWarning(message, { code });
}
