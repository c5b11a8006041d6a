// The timers of a realm: their ids are numbers, as on a phone, and they stop with the mini-program.
import { performance } from "node:perf_hooks";
import { type Report, runSafely } from "../../settle.ts";
import { clearTimeout, setInterval, setTimeout } from "../../timers.ts";

/** Timers that can be stopped all at once. */
export interface Timers {
  /** The global timer functions for the files. */
  scope: {
    setTimeout: Start;
    setInterval: Start;
    clearTimeout: Clear;
    clearInterval: Clear;
  };
  /**
   * How many timers below 1 s are pending; of endless loops, only the first 3 s count.
   */
  pending(): number;
  /** Whether a timeout from 1 s to 3 s is pending; of a loop of timeouts, the first 3 s count. */
  isLate(): boolean;
  /** Whether a timer is due within that time, in milliseconds. */
  isDueWithin(time: number): boolean;
  /** Stops all timers, and starts no new ones. */
  stop(): void;
}

type Callback = (...args: unknown[]) => void;
type Start = (callback: Callback, delay?: number, ...args: unknown[]) => number;
type Clear = (id?: unknown) => void;

/** In milliseconds: idle does not wait for timers of this length or longer. */
const SHORT = 1000;
/** In milliseconds, how long a loop of timers counts as work: libraries draw in endless loops. */
const LOOP = 3000;

interface Running {
  timer: NodeJS.Timeout;
  isOnce: boolean;
  isShort: boolean;
  /** When it is due, by `performance.now`; of an interval, for the first time. */
  due: number;
  /** When the loop of this timer began. */
  began: number;
}

export function createTimers(report: Report | undefined): Timers {
  const running = new Map<number, Running>();
  let stopped = false;
  let loopBegan: number | undefined;

  const clear: Clear = (id) => {
    clearTimeout(running.get(id as number)?.timer);
    running.delete(id as number);
  };

  const start =
    (begin: typeof setTimeout | typeof setInterval, isOnce: boolean): Start =>
    (callback, delay = 0, ...args) => {
      if (stopped || typeof callback !== "function") return 0;
      const now = performance.now();
      const began = loopBegan ?? now;
      const timer = begin(() => {
        if (isOnce) running.delete(id);
        loopBegan = began;
        runSafely(() => callback(...args), report);
        loopBegan = undefined;
      }, delay);
      const id = Number(timer);
      running.set(id, { timer, isOnce, isShort: !(delay >= SHORT), due: now + delay, began });
      return id;
    };

  return {
    scope: {
      setTimeout: start(setTimeout, true),
      setInterval: start(setInterval, false),
      clearTimeout: clear,
      clearInterval: clear,
    },
    pending() {
      const now = performance.now();
      return [...running.values()].filter(({ isShort, began }) => isShort && now - began < LOOP)
        .length;
    },
    isLate() {
      return [...running.values()].some(
        ({ isOnce, isShort, due, began }) => isOnce && !isShort && due - began <= LOOP,
      );
    },
    isDueWithin(time) {
      const end = performance.now() + time;
      return [...running.values()].some(({ due }) => due <= end);
    },
    stop() {
      stopped = true;
      for (const id of running.keys()) clear(id);
    },
  };
}
