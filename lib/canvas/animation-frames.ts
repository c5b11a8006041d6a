// The clock that drives animation frames: about 60 a second, for all canvases of a host.
import { performance } from "node:perf_hooks";
import { invalid } from "../errors.ts";
import { type Report, runSafely } from "../settle.ts";

/** Animation frames, as browsers have them. */
export interface AnimationFrames {
  /**
   * Calls the callback at the next frame, with its time in milliseconds; returns the number of the
   * request.
   */
  request(callback: unknown): number;
  /** Cancels the request of that number. */
  cancel(id: unknown): void;
  /** Cancels all requests; no timer is left that would keep the process alive. */
  stop(): void;
}

const FRAME_MS = 1000 / 60;

export function createAnimationFrames(report: Report | undefined): AnimationFrames {
  const waiting = new Map<number, (time: number) => void>();
  let timer: NodeJS.Timeout | undefined;
  let lastId = 0;
  let lastTime = 0;
  let stopped = false;

  function tick() {
    timer = undefined;
    lastTime = performance.now();
    // Callbacks that are requested during this frame get the next one.
    for (const [id, callback] of [...waiting]) {
      if (waiting.delete(id)) runSafely(() => callback(lastTime), report);
    }
  }

  return {
    request(callback) {
      if (typeof callback !== "function") throw invalid("callback", "a function", callback);
      lastId++;
      // A loop that outlives its host is not an error: it just never gets a frame.
      if (stopped) return lastId;
      waiting.set(lastId, callback as (time: number) => void);
      const late = performance.now() - lastTime;
      timer ??= setTimeout(tick, Math.max(1, FRAME_MS - late));
      return lastId;
    },
    cancel(id) {
      waiting.delete(id as number);
    },
    stop() {
      stopped = true;
      waiting.clear();
      clearTimeout(timer);
    },
  };
}
