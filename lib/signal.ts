// Cancellation: every wait for a server, a hook or a look-up ends by a signal of this library.
import { CanvasError } from "./errors.ts";
import { AbortController } from "./own-globals.ts";
import { clearTimeout, setTimeout } from "./timers.ts";

/** Whether the value has an AbortSignal's members: it may come from any realm or library. */
export function isSignal(value: unknown): value is AbortSignal {
  try {
    const { aborted, addEventListener } = value as AbortSignal;
    return typeof aborted === "boolean" && typeof addEventListener === "function";
  } catch {
    return false;
  }
}

/** What ends a piece of work before it is done. */
export interface Ends {
  /** A caller's signal; the work then fails with ABORTED. */
  given?: AbortSignal | null | undefined;
  /** What the caller's signal ends, for the message. Default `"the export"`. */
  what?: string;
  /** Signals of this library, whose reasons are the failures. */
  signals?: readonly AbortSignal[];
  /** How long it may take, and the failure when it takes longer. */
  timeout?: { milliseconds: number; failure: () => CanvasError };
}

/**
 * Does the work with a signal of its own, which never throws and whose reason is a CanvasError. The
 * first, synchronous part of the work runs before this returns.
 */
export async function withSignal<Result>(
  { given, what = "the export", signals = [], timeout }: Ends,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const { signal } = controller;
  const abort = (reason: unknown) => controller.abort(reason);
  const stops: (() => void)[] = [];
  try {
    if (given) {
      const end = (cause: unknown) => abort(aborted(what, cause));
      stops.push(listen(given, end));
      askers.set(signal, () => isAborted(given) && end(reasonOf(given)));
    }
    for (const other of signals) stops.push(listen(other, abort));
    if (timeout) {
      const timer = setTimeout(() => abort(timeout.failure()), timeout.milliseconds);
      stops.push(() => clearTimeout(timer));
    }
    if (signal.aborted) throw abortError(signal);
    return await work(signal);
  } finally {
    for (const stop of stops) stop();
  }
}

/**
 * Settles as the promise does, or fails when the signal aborts: a server, a hook or a look-up may
 * never answer. The promise itself goes on, so it must hold nothing that others need.
 */
export async function untilAborted<Result>(
  signal: AbortSignal,
  promise: Promise<Result>,
): Promise<Result> {
  let fail: (reason: CanvasError) => void;
  const end = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const stop = listen(signal, () => fail(abortError(signal)));
  return Promise.race([promise, end]).finally(stop);
}

/** The callbacks of each signal: they share one listener, as Node warns of more than ten. */
const listening = new WeakMap<AbortSignal, { callbacks: Set<OnAbort>; stop: () => void }>();

type OnAbort = (reason: unknown) => void;

/**
 * Calls `onAbort` when the signal aborts, at once if it has; returns a function that stops
 * listening. Signals of callers may be imitations: one that cannot be listened to throws INVALID.
 */
export function listen(signal: AbortSignal, onAbort: OnAbort): () => void {
  try {
    const { callbacks, stop } = listening.get(signal) ?? startListening(signal);
    callbacks.add(onAbort);
    // A signal that has aborted fires no event any more.
    if (signal.aborted) onAbort(reasonOf(signal));
    return () => {
      callbacks.delete(onAbort);
      if (callbacks.size === 0) stop();
    };
  } catch (cause) {
    const reason = "signal: expected an AbortSignal that can be listened to, got one that throws";
    throw new CanvasError("INVALID", reason, { cause });
  }
}

function startListening(signal: AbortSignal) {
  const callbacks = new Set<OnAbort>();
  const listener = () => {
    for (const callback of callbacks) callback(reasonOf(signal));
  };
  const stop = () => {
    listening.delete(signal);
    try {
      signal.removeEventListener("abort", listener);
    } catch {
      // The signal goes on calling a listener, which does nothing any more.
    }
  };
  signal.addEventListener("abort", listener);
  const shared = { callbacks, stop };
  listening.set(signal, shared);
  return shared;
}

/**
 * For signals of this library: a check of the caller's signal, which may abort without an event.
 */
const askers = new WeakMap<AbortSignal, () => void>();

function isAborted(signal: AbortSignal): boolean {
  try {
    return signal.aborted;
  } catch {
    return false;
  }
}

function reasonOf(signal: AbortSignal): unknown {
  try {
    return signal.reason;
  } catch (error) {
    return error;
  }
}

/** The failure of work that a caller's signal ended. */
export function aborted(what: string, cause: unknown): CanvasError {
  return new CanvasError("ABORTED", `${what} was aborted`, { cause });
}

/** Fails with the reason of the signal. */
export function assertNotAborted(signal: AbortSignal | null | undefined): void {
  if (!signal) return;
  askers.get(signal)?.();
  if (signal.aborted) throw abortError(signal);
}

/** Copies the reason for each call that ends, since each error names its own function. */
function abortError({ reason }: AbortSignal): CanvasError {
  if (!(reason instanceof CanvasError)) return aborted("the export", reason);
  return new CanvasError(reason.code, reason.reason, { cause: reason.cause });
}
