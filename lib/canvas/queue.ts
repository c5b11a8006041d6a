// The queue of one canvas: its tasks run in the order in which they were asked for.
import { isPromise } from "node:util/types";

/** Runs tasks one after the other; when none is under way, a task runs before the call returns. */
export type CanvasQueue = <Result>(
  task: () => Result | Promise<Result>,
) => Result | Promise<Result>;

const queues = new WeakMap<object, CanvasQueue>();

/** The queue of a canvas: there is one, however many names the canvas has. */
export function queueOf(canvas: object): CanvasQueue {
  const queue = queues.get(canvas) ?? createQueue();
  queues.set(canvas, queue);
  return queue;
}

function createQueue(): CanvasQueue {
  let last: Promise<void> | undefined;

  function busyUntil(work: Promise<unknown>): void {
    const done = () => {
      if (last === mine) last = undefined;
    };
    const mine: Promise<void> = work.then(done, done);
    last = mine;
  }

  return function enqueue<Result>(task: () => Result | Promise<Result>): Result | Promise<Result> {
    const result = last ? last.then(task) : task();
    if (isPromise(result)) busyUntil(result);
    return result;
  };
}
