// Worker threads that run the encoder's tasks: started on first need, never keeping a process alive.

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import {
  type Answer,
  compile,
  createMemory,
  load,
  type Memory,
  type Module,
  type Run,
  read,
  type Task,
} from "./machine.ts";

/** More threads than these gain little for one picture, and each holds a few megabytes. */
const MOST_WORKERS = 4;
/** A worker whose memory has grown past this for an unusual picture is replaced: Wasm memory cannot shrink. */
const KEEP_BYTES = 32 * 1024 * 1024;
/** A worker that has had nothing to do for so long ends, in milliseconds. */
const IDLE_TIME = 10_000;

/** All that a worker does. As a string it needs no file, and so no loader, in sources and build alike. */
const SCRIPT = `
const { parentPort, workerData: { module, memory } } = require("node:worker_threads");
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
parentPort.on("message", ({ call, args }) => {
  exports[call](...args);
  parentPort.postMessage(0);
});
`;

interface Job {
  task: Task;
  retried: boolean;
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

interface Member {
  worker: Worker;
  memory: Memory;
  job: Job | undefined;
}

export class Pool {
  readonly #size: number;
  readonly #idleTime: number;
  readonly #members = new Set<Member>();
  readonly #queue: Job[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    size: number = Math.min(availableParallelism(), MOST_WORKERS),
    idleTime: number = IDLE_TIME,
  ) {
    this.#size = size;
    this.#idleTime = idleTime;
  }

  /** Threads running now. */
  get threads(): readonly Worker[] {
    return [...this.#members].map((member) => member.worker);
  }

  /** Runs a task on the next free thread. */
  readonly run: Run = (task) =>
    new Promise((resolve, reject) => {
      this.#queue.push({ task, retried: false, resolve, reject });
      void this.#next();
    });

  /** Ends the threads; tasks under way fail. */
  async close(): Promise<void> {
    const jobs = this.#queue.splice(0);
    for (const { job } of this.#members) if (job) job.retried = true;
    for (const job of jobs) job.reject(new Error("the encoder's threads were ended"));
    await Promise.all(this.threads.map((worker) => worker.terminate()));
  }

  async #next(): Promise<void> {
    try {
      const module = await compile();
      for (const member of this.#members) {
        if (!member.job) this.#start(member);
      }
      while (this.#queue.length > 0 && this.#members.size < this.#size) {
        this.#start(this.#add(module));
      }
    } catch (error) {
      // No thread can be started.
      for (const job of this.#queue.splice(0)) job.reject(error as Error);
    }
  }

  #add(module: Module): Member {
    const memory = createMemory();
    const worker = new Worker(SCRIPT, {
      eval: true,
      execArgv: [],
      workerData: { module, memory },
    });
    const member: Member = { worker, memory, job: undefined };
    this.#members.add(member);
    worker.on("message", () => this.#done(member));
    let failure = new Error("an encoder thread ended");
    worker.on("error", (error) => {
      failure = error as Error;
    });
    worker.on("exit", () => this.#lost(member, failure));
    return member;
  }

  #start(member: Member): void {
    const job = this.#queue.shift();
    if (!job) return;
    member.job = job;
    try {
      load(member.memory, job.task);
    } catch (error) {
      // No memory for it; there may be for the next one.
      member.job = undefined;
      member.worker.unref();
      job.reject(error as Error);
      this.#start(member);
      return;
    }
    member.worker.ref();
    member.worker.postMessage({ call: job.task.call, args: job.task.args });
  }

  #done(member: Member): void {
    const job = member.job;
    member.job = undefined;
    member.worker.unref();
    const answer = read(member.memory);
    if (member.memory.buffer.byteLength > KEEP_BYTES) {
      this.#dismiss(member);
      void this.#next();
    } else this.#start(member);
    job?.resolve(answer);
    this.#timer ??= setTimeout(() => this.#sweep(), this.#idleTime).unref();
    this.#timer.refresh();
  }

  /** A thread died: its task gets one more try on another. */
  #lost(member: Member, failure: Error): void {
    this.#members.delete(member);
    const job = member.job;
    if (!job) return;
    if (job.retried) {
      job.reject(failure);
    } else {
      job.retried = true;
      this.#queue.unshift(job);
    }
    void this.#next();
  }

  #dismiss(member: Member): void {
    this.#members.delete(member);
    void member.worker.terminate();
  }

  /** After a time without work all threads end. */
  #sweep(): void {
    for (const member of this.#members) if (!member.job) this.#dismiss(member);
  }
}
