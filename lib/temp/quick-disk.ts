// Whether the disk is quick: then small work on files is done in this thread, which takes less than
// a tenth of a millisecond; other threads take three times as long.
import { elapsedMs } from "../clock.ts";

/**
 * In milliseconds: after small work took longer than this, this thread does none for a while; ten
 * times as long when the next is slow, too.
 */
const SLOW_MS = 5;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
let slowUntil = 0;
let pauseMs = FIRST_PAUSE_MS;

/** Whether this thread may do small work on files now. */
export function isDiskQuick(): boolean {
  return elapsedMs() >= slowUntil;
}

/** Notes how long small work took that began at that time. */
export function noteDiskWork(began: number): void {
  const ended = elapsedMs();
  const isSlow = ended - began > SLOW_MS;
  if (isSlow) slowUntil = ended + pauseMs;
  pauseMs = isSlow ? Math.min(10 * pauseMs, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
}
