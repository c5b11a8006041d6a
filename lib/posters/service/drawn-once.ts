// One drawing for all requests that want the same picture at the same time; none when all have gone.
import { CanvasError } from "../../errors.ts";

interface Drawing<Result> {
  promise: Promise<Result>;
  controller: AbortController;
  waiting: number;
}

/** Gives each caller the result for the key, or fails with ABORTED when the caller's signal says so. */
export type DrawnOnce<Result> = (
  key: string,
  signal: AbortSignal,
  draw: (signal: AbortSignal) => Promise<Result>,
) => Promise<Result>;

/** Shares what is under way by key; a drawing that nobody waits for any more is aborted. */
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
        // The next request for it must not share the end of this one.
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

/** Why a signal ended a request: the time is over, or else the client is gone. */
export function aborted(signal: AbortSignal): CanvasError {
  if (signal.reason instanceof CanvasError) return signal.reason;
  return new CanvasError("ABORTED", "the client is gone", { cause: signal.reason });
}
