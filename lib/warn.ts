// Process warnings about what works, but hardly as it was meant; each said once in a process.

const emitted = new Set<string>();

/** Emits the warning the first time that its code comes up. */
export function warnOnce(code: string, message: string): void {
  if (emitted.has(code)) return;
  emitted.add(code);
  process.emitWarning(message, { code });
}
