// Measures what one case costs, as the system counts it: time, memory, and what blocks the loop.
import { readFileSync, writeFileSync } from "node:fs";

export interface Figures {
  /** By the clock, in the share of a processor that this thread got when it had work. */
  timeMs: number;
  /** Memory that the process had at most, above what it had before. */
  grownMb: number;
  /** The longest that the loop did not turn, counted in the time that it had a processor. */
  blockMs: number;
}

export interface Measured<T> extends Figures {
  result: T;
}

/**
 * Most milliseconds that others may wait. Counting the coverage makes code slower, more so in short
 * tests, whose code has not been optimised yet.
 */
export const BLOCK_MS: number = process.env.NODE_V8_COVERAGE ? 150 : 50;

const LINUX = process.platform === "linux";

/** What the system counts of this process; 0 where it cannot be asked. */
function megabytes(name: "VmRSS" | "VmHWM"): number {
  if (!LINUX) return 0;
  const status = readFileSync("/proc/self/status", "utf8");
  return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024;
}

/**
 * How long this thread was on a processor, and how long it waited for one: on a busy machine, time
 * by the clock says nothing.
 */
function scheduled(): { atWork: number; waiting: number } {
  if (!LINUX) return { atWork: performance.now(), waiting: 0 };
  const path = `/proc/self/task/${process.pid}/schedstat`;
  const [atWork = 0, waiting = 0] = readFileSync(path, "latin1").split(" ").map(Number);
  return { atWork: atWork / 1e6, waiting: waiting / 1e6 };
}

export async function measured<T>(work: () => Promise<T>): Promise<Measured<T>> {
  const before = megabytes("VmRSS");
  if (LINUX) writeFileSync("/proc/self/clear_refs", "5");
  const first = scheduled();
  let [blockMs, last] = [0, first.atWork];
  const look = () => {
    const now = scheduled().atWork;
    blockMs = Math.max(blockMs, now - last);
    last = now;
  };
  const timer = setInterval(look, 2);
  const begun = performance.now();
  try {
    const result = await work();
    const elapsedMs = performance.now() - begun;
    look();
    const waited = scheduled().waiting - first.waiting;
    const worked = last - first.atWork;
    const timeMs = elapsedMs * (worked / (worked + waited));
    return { result, timeMs, blockMs, grownMb: megabytes("VmHWM") - before };
  } finally {
    clearInterval(timer);
  }
}
