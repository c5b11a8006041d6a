// One instance of the encoder's WebAssembly, which does tasks; each thread has its own.
import type { Part } from "./stripes.ts";
import { ANSWERS, ARENA, EXTRA } from "./wasm.ts";

// The part of WebAssembly that is used; Node's types leave it to those of browsers.
export interface Memory {
  readonly buffer: SharedArrayBuffer;
  grow(pages: number): number;
}
export type Module = object;
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<Module>;
  Instance: new (module: Module, imports: { env: { memory: Memory } }) => { exports: object };
  Memory: new (limits: { initial: number; maximum: number; shared: true }) => Memory;
};

/** Bytes of a page of WebAssembly's memory. */
const PAGE_BYTES = 0x10000;
/** As the build declares it: 2 GiB. Memory is taken as it is needed. */
const MAX_PAGES = 32_768;

export type Call =
  | "jpegStripe"
  | "jpegTables"
  | "pngFilter"
  | "pngLook"
  | "pngQuick"
  | "pngStripe"
  | "reduce";

/** One call of an exported function. */
export interface Task {
  call: Call;
  args: readonly number[];
  /** What it works on: parts of the picture, one after another. */
  parts: readonly Part[];
  /** Written beside them. */
  extra?: Uint8Array;
  /** Written beside them instead: the output of another task, which is done before, and once. */
  needs?: Needed;
  /** Runs only once so many of the picture's first bytes are read; its parts end there. */
  after?: number;
  /** Whether it takes less time than a message to a thread. */
  here?: boolean;
  /**
   * An argument that is at most a number that earlier tasks of the batch answered with: by the
   * largest one they would be done again.
   */
  atMost?: { arg: number; value: number };
}

/** A task whose output other tasks need. */
export interface Needed extends Task {
  /** How many bytes its output has. */
  outputBytes: number;
  output?: Uint8Array;
}

export interface TaskResult {
  /** The call's output, a copy. */
  bytes: Uint8Array<ArrayBuffer>;
  /** The numbers that it answers with. */
  values: readonly number[];
  /** The output of the task that it needed. */
  needed?: Uint8Array | undefined;
}

/** Does a task on the pixels. */
export type RunTask = (pixels: Uint8Array | Uint8ClampedArray, task: Task) => TaskResult;

export async function compileModule(bytes: Uint8Array): Promise<Module> {
  return WebAssembly.compile(bytes);
}

/** Memory for an instance; the module imports shareable memory, so that its owner sees the size. */
export function createMemory(): Memory {
  return new WebAssembly.Memory({ initial: 2, maximum: MAX_PAGES, shared: true });
}

export function createInstance(module: Module, memory: Memory): RunTask {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const exports = instance.exports as Record<Call, (...args: number[]) => void>;
  const run: RunTask = (pixels, { call, args, parts, needs, extra }) => {
    if (needs) needs.output ??= run(pixels, needs).bytes;
    const needed = needs?.output;
    const beside = needed ?? extra;
    const length = parts.reduce((sum, [from, to]) => sum + to - from, 0);
    const pages = Math.ceil((ARENA + length) / PAGE_BYTES) - memory.buffer.byteLength / PAGE_BYTES;
    if (pages > 0) memory.grow(pages);
    const bytes = Buffer.from(memory.buffer);
    const source = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.length);
    let at = ARENA;
    for (const [from, to] of parts) {
      copyBytes(source, [from, to], bytes, at);
      at += to - from;
    }
    if (beside) bytes.set(beside, EXTRA);
    exports[call](...args);
    const [start = 0, size = 0, ...values] = new Uint32Array(memory.buffer, ANSWERS, 8);
    return { bytes: new Uint8Array(memory.buffer).slice(start, start + size), values, needed };
  };
  return run;
}

/**
 * Copies a part of some bytes to `at`. Where memory is shared, `set` copies it word by word, in
 * twice the time of Node's `copy`, from Node 22 on.
 */
export function copyBytes(source: Buffer, [from, to]: Part, target: Buffer, at: number): void {
  // In halves, since `copy` leaves a whole buffer to `set`.
  const middle = (from + to) >>> 1;
  source.copy(target, at, from, middle);
  source.copy(target, at + middle - from, middle, to);
}
