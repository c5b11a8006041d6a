// The timers of a frame's files: numbers, as on a phone, and gone with their frame.

/** Timers that can be stopped all at once. */
export interface Timers {
  /** What the files see. */
  scope: {
    setTimeout: Start;
    setInterval: Start;
    clearTimeout: Clear;
    clearInterval: Clear;
  };
  /** Stops them all; none starts any more. */
  stop(): void;
}

type Start = (callback: (...args: unknown[]) => void, delay?: number, ...args: unknown[]) => number;
type Clear = (id?: unknown) => void;

export function createTimers(): Timers {
  const running = new Map<number, NodeJS.Timeout>();
  let stopped = false;

  const clear: Clear = (id) => {
    clearTimeout(running.get(id as number));
    running.delete(id as number);
  };

  const start =
    (begin: typeof setTimeout | typeof setInterval, isOnce: boolean): Start =>
    (callback, delay, ...args) => {
      if (stopped) return 0;
      const timer = begin(() => {
        if (isOnce) running.delete(id);
        callback(...args);
      }, delay);
      const id = Number(timer);
      running.set(id, timer);
      return id;
    };

  return {
    scope: {
      setTimeout: start(setTimeout, true),
      setInterval: start(setInterval, false),
      clearTimeout: clear,
      clearInterval: clear,
    },
    stop() {
      stopped = true;
      for (const id of running.keys()) clear(id);
    },
  };
}
