// Worker threads that run the encoder's tasks: started on first need, never keeping a process alive.

import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import {
  ANSWERS,
  type Answer,
  ARENA,
  compile,
  createMemory,
  EXTRA,
  type Machine,
  type Memory,
  type Module,
  PAGE,
  type Source,
  type Task,
} from "./machine.ts";
import { bytesOf, cut } from "./stripes.ts";

/** More threads than these gain little for one picture, and each holds a few megabytes. */
const MOST_WORKERS = 4;
/** A worker whose memory has grown past this for an unusual picture is replaced: Wasm memory cannot shrink. */
const KEEP_BYTES = 32 * 1024 * 1024;
/** A worker that has had nothing to do for so long ends, in milliseconds. */
const IDLE_TIME = 10_000;

/**
 * By how much workers are nicer than the main thread, on Linux: where cores are few it goes first. The event loop
 * stands still half as long; beside two other busy processes on two cores an export takes half as long again.
 */
const NICE = 3;

/** Pixels that are read at once: a copy of many would have the collector begin; each call takes its time. */
const PIECE = 500_000;

/** Threads that one picture may cost before the engine's encoder takes it. */
const MOST_LOSSES = 2;

/**
 * All that a worker does: it takes tasks off a batch until none is left, then answers. As a string it needs no
 * file, and so no loader, in sources and build alike. The middle is createInstance of machine.ts.
 */
const SCRIPT = `
const os = require("node:os");
const { parentPort, workerData: { module, memory } } = require("node:worker_threads");
try {
  // On Linux alone this is about the thread, not the process.
  if (process.platform === "linux") os.setPriority(Math.min(19, os.getPriority() + ${NICE}));
} catch {}
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
function run(pixels, { call, args, parts, extra }) {
  const length = parts.reduce((sum, [from, to]) => sum + to - from, 0);
  const pages = Math.ceil((${ARENA} + length) / ${PAGE}) - memory.buffer.byteLength / ${PAGE};
  if (pages > 0) memory.grow(pages);
  const bytes = new Uint8Array(memory.buffer);
  let at = ${ARENA};
  for (const [from, to] of parts) {
    bytes.set(pixels.subarray(from, to), at);
    at += to - from;
  }
  if (extra) bytes.set(extra, ${EXTRA});
  exports[call](...args);
  const [start, size, ...values] = new Uint32Array(memory.buffer, ${ANSWERS}, 8);
  return { bytes: new Uint8Array(memory.buffer).slice(start, start + size), values };
}
parentPort.on("message", ({ pixels, tasks, order, taken }) => {
  const answers = [];
  let failure;
  try {
    for (let i; (i = Atomics.add(taken, 0, 1)) < order.length; ) {
      answers.push([order[i], run(pixels, tasks[order[i]])]);
    }
  } catch (error) {
    failure = error;
  }
  parentPort.postMessage({ answers, failure }, answers.map(([, { bytes }]) => bytes.buffer));
});
`;

/** Tasks on one picture, shared out: whichever thread is free takes the next one. */
interface Batch {
  pixels: Uint8Array<SharedArrayBuffer>;
  tasks: readonly Task[];
  answers: (Answer | undefined)[];
  /** Threads that died at it. */
  losses: number;
  resolve(answers: Answer[]): void;
  reject(error: unknown): void;
}

interface Message {
  answers: [task: number, answer: Answer][];
  failure?: unknown;
}

interface Member {
  worker: Worker;
  memory: Memory;
  /** In the order in which it works on them. */
  batches: Batch[];
}

export class Pool {
  readonly #size: number;
  readonly #idleTime: number;
  readonly #members = new Set<Member>();
  /** Where pictures lay that are done: new memory is slow, and shared memory only goes with a collection. */
  readonly #spare: SharedArrayBuffer[] = [];
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

  /** Copies the pixels to where all threads read them. */
  readonly machine: Machine = async (source, work) => {
    const module = await compile();
    const pixels = this.#share(source);
    try {
      return await work((tasks) => this.#run(module, pixels, tasks));
    } finally {
      this.#spare.push(pixels.buffer);
    }
  };

  /** Ends the threads; tasks under way fail. */
  async close(): Promise<void> {
    for (const { batches } of this.#members) {
      for (const batch of batches) batch.losses = MOST_LOSSES;
    }
    await Promise.all(this.threads.map((worker) => worker.terminate()));
  }

  #share({ width, height, read }: Source): Uint8Array<SharedArrayBuffer> {
    const length = width * height * 4;
    const fits = this.#spare.findIndex(({ byteLength }) => byteLength >= length);
    // If none does, the last goes: there are never more than there are pictures at once.
    const [spare] = this.#spare.splice(fits, 1);
    const isEnough = spare && spare.byteLength >= length;
    const shared = new Uint8Array(isEnough ? spare : new SharedArrayBuffer(length), 0, length);
    read(cut(height, Math.ceil(PIECE / width)), (pixels, rows) => {
      shared.set(pixels, bytesOf(width, rows)[0]);
      destroy(pixels);
    });
    return shared;
  }

  #run(
    module: Module,
    pixels: Uint8Array<SharedArrayBuffer>,
    tasks: readonly Task[],
  ): Promise<Answer[]> {
    return new Promise((resolve, reject) => {
      const answers = tasks.map(() => undefined);
      const batch = { pixels, tasks, answers, losses: 0, resolve, reject };
      this.#start(module, batch);
    });
  }

  /** Gives what is left of a batch to as many threads as it has use for. */
  #start(module: Module, batch: Batch): void {
    const { pixels, tasks, answers } = batch;
    const order = [...answers.keys()].filter((i) => answers[i] === undefined);
    const count = Math.min(this.#size, order.length);
    try {
      while (this.#members.size < count) this.#add(module);
    } catch (error) {
      // No thread can be started, or no more of them.
      if (this.#members.size === 0) batch.reject(error);
    }
    const busy = ({ batches }: Member) => batches.length;
    const taken = new Int32Array(new SharedArrayBuffer(4));
    const members = [...this.#members].sort((a, b) => busy(a) - busy(b)).slice(0, count);
    for (const member of members) {
      member.batches.push(batch);
      member.worker.ref();
      member.worker.postMessage({ pixels, tasks, order, taken });
    }
  }

  #add(module: Module): void {
    const memory = createMemory();
    const worker = new Worker(SCRIPT, {
      eval: true,
      execArgv: [],
      workerData: { module, memory },
    });
    const member: Member = { worker, memory, batches: [] };
    this.#members.add(member);
    worker.on("message", (message: Message) => this.#done(member, message));
    let failure = new Error("an encoder thread ended");
    worker.on("error", (error) => {
      failure = error as Error;
    });
    worker.on("exit", () => this.#lost(module, member, failure));
  }

  #done(member: Member, { answers, failure }: Message): void {
    const batch = member.batches.shift() as Batch;
    if (member.batches.length === 0) this.#rest(member);
    for (const [task, answer] of answers) batch.answers[task] = answer;
    if (failure) {
      batch.losses = MOST_LOSSES;
      batch.reject(failure);
    } else if (isWhole(batch.answers)) batch.resolve(batch.answers);
  }

  #rest(member: Member): void {
    member.worker.unref();
    if (member.memory.buffer.byteLength > KEEP_BYTES) this.#dismiss(member);
    this.#timer ??= setTimeout(() => this.#sweep(), this.#idleTime).unref();
    this.#timer.refresh();
  }

  /** A thread died: what it was given is given to others; what waited behind the first is not to blame. */
  #lost(module: Module, member: Member, failure: Error): void {
    this.#members.delete(member);
    for (const [i, batch] of member.batches.entries()) {
      if (isWhole(batch.answers)) continue;
      if (i === 0) batch.losses++;
      if (batch.losses > MOST_LOSSES) batch.reject(failure);
      else this.#start(module, batch);
    }
  }

  #dismiss(member: Member): void {
    this.#members.delete(member);
    void member.worker.terminate();
  }

  /** After a time without work all threads end. */
  #sweep(): void {
    this.#spare.length = 0;
    for (const member of this.#members) if (member.batches.length === 0) this.#dismiss(member);
  }
}

/**
 * Frees the memory of a copy that nobody needs any more where Node can (from 21 on), which before only the
 * garbage collector does, when 64 MB have come together or later.
 */
function destroy({ buffer }: Uint8Array): void {
  (buffer as { transfer?(length: number): void }).transfer?.(0);
}

function isWhole(answers: readonly (Answer | undefined)[]): answers is Answer[] {
  return answers.every((answer) => answer !== undefined);
}
