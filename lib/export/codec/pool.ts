// Worker threads that run the encoder's tasks: started when there is work for them, never keeping a
// process alive.

import { Worker } from "node:worker_threads";
import { elapsedMs } from "../../clock.ts";
import { encoderThreads } from "../../concurrency.ts";
import { setTimeout } from "../../timers.ts";
import { isAddressSpaceSmall } from "./address-space.ts";
import { compiled, KEEP_BYTES } from "./executor.ts";
import { createMemory, type Memory, type Task, type TaskResult } from "./instance.ts";
import type { Pixels } from "./reading.ts";
import { sharedOutput } from "./shared-output.ts";
import type { Batch, BatchReport } from "./thread.ts";
import { threadProgram } from "./thread-program.ts";

/** Milliseconds without work after which threads end. */
const IDLE_MS = 10_000;
/**
 * Threads are not used if a message and its answer take longer than this. They take 0.1 ms on Node
 * and Bun; on Deno 500 ms, in which most pictures could be encoded.
 */
const MAX_MESSAGE_MS = 100;
/** Messages that are timed; the quickest counts, since the machine may be busy. */
const MESSAGES = 3;

interface Member {
  worker: Worker;
  memory: Memory;
  /**
   * Callbacks for the batches under way on it, in the order of its work. Each is called with its
   * batch's report, or without one when the thread died.
   */
  reports: ((report?: BatchReport) => void)[];
}

export class Pool {
  readonly #size: () => number;
  readonly #idleMs: number;
  readonly #members = new Set<Member>();
  #starting: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(size: () => number = encoderThreads, idleMs: number = IDLE_MS) {
    this.#size = size;
    this.#idleMs = idleMs;
  }

  /** Threads that can take tasks now. */
  get threads(): readonly Worker[] {
    return [...this.#members].map((member) => member.worker);
  }

  /**
   * Starts the missing threads. Rejects when one cannot be started, or messages to it take too
   * long.
   */
  start(): Promise<void> {
    this.#starting ??= this.#startAll().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  /** Runs tasks on the threads; a task whose thread died has no result. */
  async run(pixels: Pixels, tasks: readonly Task[]): Promise<(TaskResult | undefined)[]> {
    const results: (TaskResult | undefined)[] = tasks.map(() => undefined);
    const [taken, least] = [0, 0x7fffffff].map((value) =>
      new Int32Array(new SharedArrayBuffer(4)).fill(value),
    ) as [Int32Array, Int32Array];
    const needs = tasks.find((task) => task.needs)?.needs;
    const needed = needs && sharedOutput(needs);
    const batch: Batch = { pixels, tasks, taken, least, needed };
    const members = [...this.#members].sort((a, b) => a.reports.length - b.reports.length);
    await Promise.all(
      members.slice(0, tasks.length).map(async (member) => {
        const report = await this.#send(member, batch);
        if (report?.failure) throw report.failure;
        for (const [i, result] of report?.results ?? []) results[i] = result;
      }),
    );
    return results;
  }

  /** Ends the threads; tasks under way get no result. */
  async close(): Promise<void> {
    await Promise.all(this.threads.map((worker) => worker.terminate()));
  }

  async #startAll(): Promise<void> {
    const module = await compiled;
    const length = this.#size() - this.#members.size;
    if (length <= 0) return;
    if (isAddressSpaceSmall()) throw new Error("the address space is limited, as by ulimit -v");
    const missing = Array.from({ length }, async () => {
      const memory = createMemory();
      const workerData = { module, memory };
      const worker = new Worker(threadProgram, { eval: true, execArgv: [], workerData });
      worker.unref();
      const messageMs = await measure(worker);
      if (messageMs > MAX_MESSAGE_MS) {
        void worker.terminate();
        throw new SlowThreads(messageMs);
      }
      this.#add({ worker, memory, reports: [] });
    });
    // Those that have started are there when one that cannot is reported.
    const failed = (await Promise.allSettled(missing)).find(({ status }) => status === "rejected");
    if (failed) throw (failed as PromiseRejectedResult).reason;
  }

  #add(member: Member): void {
    this.#members.add(member);
    member.worker.on("message", (report: BatchReport) => {
      member.reports.shift()?.(report);
      if (member.reports.length === 0) this.#rest(member);
    });
    member.worker.on("error", () => {});
    member.worker.on("exit", () => {
      this.#members.delete(member);
      for (const done of member.reports) done();
    });
    this.#rest(member);
  }

  #send(member: Member, batch: Batch): Promise<BatchReport | undefined> {
    member.worker.ref();
    member.worker.postMessage(batch);
    return new Promise((resolve) => member.reports.push(resolve));
  }

  #rest(member: Member): void {
    member.worker.unref();
    if (member.memory.buffer.byteLength > KEEP_BYTES) this.#dismiss(member);
    this.#timer ??= setTimeout(() => this.#sweep(), this.#idleMs).unref();
    this.#timer.refresh();
  }

  #dismiss(member: Member): void {
    this.#members.delete(member);
    void member.worker.terminate();
  }

  /** Ends all idle threads, after a time without work. */
  #sweep(): void {
    for (const member of this.#members) if (member.reports.length === 0) this.#dismiss(member);
  }
}

/** Messages to threads take longer than encoding in this thread; this is not a fault. */
export class SlowThreads extends Error {
  constructor(messageMs: number) {
    super(`a message to an encoder thread takes ${Math.round(messageMs)} ms`);
  }
}

/**
 * Waits until the thread runs, then returns how many milliseconds a message and its answer take.
 */
async function measure(worker: Worker): Promise<number> {
  await answered(worker);
  let messageMs = Number.POSITIVE_INFINITY;
  for (let i = 0; i < MESSAGES; i++) {
    const sent = elapsedMs();
    await answered(worker);
    messageMs = Math.min(messageMs, elapsedMs() - sent);
  }
  return messageMs;
}

function answered(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error("an encoder thread ended"));
    worker.once("error", reject);
    worker.once("exit", onExit);
    worker.once("message", () => {
      worker.off("error", reject);
      worker.off("exit", onExit);
      resolve();
    });
    worker.postMessage(undefined);
  });
}
