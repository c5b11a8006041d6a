// The clock of a test host: animation frames are 1/60 s apart, however fast the machine is.

import type { AnimationFrames } from "../canvas/animation-frames.ts";
import { invalid } from "../errors.ts";
import { type Report, runSafely } from "../settle.ts";

const FRAME = 1000 / 60;

/** Runs frames as fast as they can be drawn; the time of the first is 0 milliseconds. */
export function createClock(report: Report | undefined): AnimationFrames {
  const waiting = new Map<number, (time: number) => void>();
  let timer: NodeJS.Immediate | undefined;
  let lastId = 0;
  let frame = 0;
  let stopped = false;

  function tick(): void {
    timer = undefined;
    const time = frame++ * FRAME;
    for (const [id, callback] of [...waiting]) {
      if (waiting.delete(id)) runSafely(() => callback(time), report);
    }
  }

  return {
    request(callback) {
      if (typeof callback !== "function") throw invalid("callback", "a function", callback);
      lastId++;
      if (stopped) return lastId;
      waiting.set(lastId, callback as (time: number) => void);
      timer ??= schedule(tick);
      return lastId;
    },
    cancel(id) {
      waiting.delete(id as number);
    },
    stop() {
      stopped = true;
      waiting.clear();
      clearScheduled(timer);
    },
  };
}

// Node's own timers, taken before a test replaces the global ones.
const { setImmediate: schedule, clearImmediate: clearScheduled } = globalThis;
