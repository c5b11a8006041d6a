// The clock that drives animation frames: about 60 a second, for all canvases of a host.
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

export const FRAME_MS: number = 1000 / 60;

/** When frames come, and which times they have. */
export interface FrameClock {
  /** Calls `tick` once, with the next frame's time in milliseconds; returns its cancellation. */
  next(tick: (time: number) => void): () => void;
}

/**
 * About 60 frames a second, by the global timers and clock as they are at the time: a test that
 * replaces them (sinon, jest, `node:test`) drives the frames of its program, as it does in browsers.
 * All else takes Node's own (`timers.ts`).
 */
function createRealClock(): FrameClock {
  let lastTime = 0;
  return {
    next(tick) {
      const { setTimeout, clearTimeout, performance } = globalThis;
      const late = performance.now() - lastTime;
      const timer = setTimeout(
        () => {
          lastTime = performance.now();
          tick(lastTime);
        },
        // A clock that was replaced may have gone back.
        Math.min(FRAME_MS, Math.max(1, FRAME_MS - late)),
      );
      return () => clearTimeout(timer);
    },
  };
}

export function createAnimationFrames(
  report: Report | undefined,
  clock: FrameClock = createRealClock(),
): AnimationFrames {
  const waiting = new Map<number, (time: number) => void>();
  let cancelNext: (() => void) | undefined;
  let lastId = 0;
  let stopped = false;

  function tick(time: number): void {
    cancelNext = undefined;
    // Callbacks that are requested during this frame get the next one.
    for (const [id, callback] of [...waiting]) {
      if (waiting.delete(id)) runSafely(() => callback(time), report);
    }
  }

  return {
    request(callback) {
      if (typeof callback !== "function") throw invalid("callback", "a function", callback);
      lastId++;
      // A loop that outlives its host is not an error: it just never gets a frame.
      if (stopped) return lastId;
      waiting.set(lastId, callback as (time: number) => void);
      cancelNext ??= clock.next(tick);
      return lastId;
    },
    cancel(id) {
      waiting.delete(id as number);
    },
    stop() {
      stopped = true;
      waiting.clear();
      cancelNext?.();
    },
  };
}
