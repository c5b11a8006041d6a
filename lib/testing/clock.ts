// The clock of a test host: animation frames are 1/60 s apart, however fast the machine is.

import {
  type AnimationFrames,
  createAnimationFrames,
  FRAME_MS,
} from "../canvas/animation-frames.ts";
import type { Report } from "../settle.ts";

/** Runs frames as fast as they can be drawn; the time of the first is 0 milliseconds. */
export function createClock(report: Report | undefined): AnimationFrames {
  let frame = 0;
  return createAnimationFrames(report, {
    next(tick) {
      const timer = schedule(() => tick(frame++ * FRAME_MS));
      return () => clearScheduled(timer);
    },
  });
}

// Node's own timers, taken before a test replaces the global ones.
const { setImmediate: schedule, clearImmediate: clearScheduled } = globalThis;
