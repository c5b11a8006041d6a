// The program of an encoder thread; the build makes a string of it, so a bundle needs no file.
import { getPriority, setPriority } from "node:os";
import {
  createInstance,
  type Memory,
  type Module,
  type Task,
  type TaskResult,
} from "./instance.ts";
import type { Pixels } from "./reading.ts";
import { madeOnce, type SharedOutput } from "./shared-output.ts";

/**
 * By how much the threads are nicer than the main thread, on Linux: where cores are few it goes
 * first. The event loop stands still half as long; beside two other busy processes on two cores an
 * export takes half as long again.
 */
const NICE = 3;

/** What a thread starts with. */
export interface ThreadData {
  module: Module;
  memory: Memory;
}

/** Tasks on one picture, of which each thread takes the next. */
export interface Batch {
  pixels: Pixels;
  tasks: readonly Task[];
  /** How many are taken. */
  taken: Int32Array;
  /** The least number that tasks with an argument `atMost` answered with. */
  least: Int32Array;
  /** The output that the tasks need, all of them the same, which one thread makes for all. */
  needed?: SharedOutput | undefined;
}

/** What a thread did of a batch. */
export interface BatchReport {
  results: [task: number, result: TaskResult][];
  failure?: unknown;
}

/** The other side of a thread's port. */
interface Port {
  on(event: "message", listener: (batch: Batch | undefined) => void): unknown;
  postMessage(report: BatchReport | undefined, transfer?: ArrayBuffer[]): void;
}

/** Takes tasks of each batch until none is left, then reports; answers an empty message at once. */
export function serve(port: Port, { module, memory }: ThreadData): void {
  // On Linux alone this is about the thread, not the process.
  if (process.platform === "linux") beNice();
  const run = createInstance(module, memory);
  port.on("message", (batch) => {
    if (!batch) return port.postMessage(undefined);
    const { pixels, tasks, taken, least, needed } = batch;
    const report: BatchReport = { results: [] };
    try {
      for (;;) {
        const i = Atomics.add(taken, 0, 1);
        const task = tasks[i];
        if (!task) break;
        if (task.after) waitFor(pixels, task.after);
        const { needs } = task;
        if (needs && needed) {
          needs.output ??= madeOnce(needed, () => run(pixels.bytes, needs).bytes);
        }
        const result = run(pixels.bytes, limited(task, least));
        report.results.push([i, result]);
        if (task.atMost) lower(least, result.values[task.atMost.value] as number);
      }
    } catch (error) {
      report.failure = error;
    }
    port.postMessage(
      report,
      report.results.map(([, { bytes }]) => bytes.buffer),
    );
  });
}

function limited(task: Task, least: Int32Array): Task {
  const { args, atMost } = task;
  if (!atMost) return task;
  const most = Atomics.load(least, 0);
  return { ...task, args: args.map((arg, i) => (i === atMost.arg ? Math.min(arg, most) : arg)) };
}

function lower(least: Int32Array, to: number): void {
  for (let now = Atomics.load(least, 0); to < now; ) {
    now = Atomics.compareExchange(least, 0, now, to);
  }
}

function waitFor({ read }: Pixels, bytes: number): void {
  for (let now = 0; now < bytes; now = Atomics.load(read, 0)) Atomics.wait(read, 0, now);
}

function beNice(): void {
  try {
    setPriority(Math.min(19, getPriority() + NICE));
  } catch {
    // A sandbox may forbid it.
  }
}
