// Cancellation: the AbortSignal of an export, asked before each station.
import { CanvasError } from "./errors.ts";

/** Whether the value can be asked and listened to, from whatever realm it comes. */
export function isSignal(value: unknown): value is AbortSignal {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as AbortSignal).aborted === "boolean" &&
    typeof (value as AbortSignal).addEventListener === "function"
  );
}

/** Fails with ABORTED, the signal's reason as its cause. */
export function assertNotAborted(signal: AbortSignal | null | undefined): void {
  if (!signal?.aborted) return;
  throw new CanvasError("ABORTED", "the export was aborted", { cause: signal.reason });
}
