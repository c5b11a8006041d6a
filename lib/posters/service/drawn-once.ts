// Shares one drawing between concurrent requests for the same picture; aborts it when all are gone.
import { CanvasError } from "../../errors.ts";
import { AbortController } from "../../own-globals.ts";

interface Drawing<Result> {
  promise: Promise<Result>;
  controller: AbortController;
  waiting: number;
}

/** Gives each caller the result for the key; fails with the reason (else ABORTED) on its signal. */
export type DrawnOnce<Result> = (
  key: string,
  signal: AbortSignal,
  draw: (signal: AbortSignal) => Promise<Result>,
) => Promise<Result>;

/** Shares drawings under way by key, and aborts a drawing when its last caller leaves. */
export function createDrawnOnce<Result>(): DrawnOnce<Result> {
  const underWay = new Map<string, Drawing<Result>>();

  function start(key: string, draw: (signal: AbortSignal) => Promise<Result>): Drawing<Result> {
    const controller = new AbortController();
    const forget = () => {
      if (underWay.get(key) === drawing) underWay.delete(key);
    };
    const drawing = { controller, waiting: 0, promise: draw(controller.signal).finally(forget) };
    underWay.set(key, drawing);
    return drawing;
  }

  return async (key, signal, draw) => {
    if (signal.aborted) throw aborted(signal);
    const drawing = underWay.get(key) ?? start(key, draw);
    drawing.waiting++;
    return new Promise((resolve, reject) => {
      const leave = () => {
        drawing.waiting--;
        reject(aborted(signal));
        if (drawing.waiting > 0) return;
        // Removed first: the next request for the key must not share this aborted drawing.
        underWay.delete(key);
        drawing.controller.abort(signal.reason);
      };
      signal.addEventListener("abort", leave, { once: true });
      drawing.promise
        .finally(() => signal.removeEventListener("abort", leave))
        .then(resolve, reject);
    });
  };
}

/** Why a signal ended a request: the signal's own error (a timeout), or else the client is gone. */
export function aborted(signal: AbortSignal): CanvasError {
  if (signal.reason instanceof CanvasError) return signal.reason;
  return new CanvasError("ABORTED", "the client is gone", { cause: signal.reason });
}
