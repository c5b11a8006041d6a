// The queue of one canvas: what is asked of it happens in the order in which it was asked.

/** Runs tasks one after the other; one that finds nobody before it runs before the call returns. */
export type Turns = <Result>(task: () => Result | Promise<Result>) => Result | Promise<Result>;

const queues = new WeakMap<object, Turns>();

/** The queue of that canvas: one, however many names it has. */
export function turnsOf(canvas: object): Turns {
  const turns = queues.get(canvas) ?? createTurns();
  queues.set(canvas, turns);
  return turns;
}

function createTurns(): Turns {
  let last: Promise<void> | undefined;

  function busyUntil(work: Promise<unknown>): void {
    const done = () => {
      if (last === mine) last = undefined;
    };
    const mine: Promise<void> = work.then(done, done);
    last = mine;
  }

  return function turn<Result>(task: () => Result | Promise<Result>): Result | Promise<Result> {
    const result = last ? last.then(task) : task();
    if (result instanceof Promise) busyUntil(result);
    return result;
  };
}
