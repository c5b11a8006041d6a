// Joins bytes in steps, so that other work runs while many megabytes are copied.
import type { Procedure } from "./procedure.ts";

/** Bytes looked at or copied in one step: a millisecond or two. */
export const STEP_BYTES: number = 1024 * 1024;

/** All the parts as one buffer; a single part is not copied. */
export function* joinBytes(parts: readonly Buffer[]): Procedure<Buffer> {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  const all = Buffer.allocUnsafe(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  let stepEnd = STEP_BYTES;
  for (const part of parts) {
    for (let from = 0; from < part.length; from += STEP_BYTES) {
      at += part.copy(all, at, from, from + STEP_BYTES);
      if (at < stepEnd) continue;
      stepEnd = at + STEP_BYTES;
      yield;
    }
  }
  return all;
}
