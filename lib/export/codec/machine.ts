// The encoder's WebAssembly: compiled once, and how a task is handed to an instance and its answer read.
import type { Picture } from "./job.ts";
import type { Part } from "./stripes.ts";

/** Where both sides meet in an instance's memory; as in assembly/memory.ts. */
export const ANSWERS = 0x2000;
export const EXTRA = 0x3000;
export const ARENA = 0x10000;
export const PAGE = 0x10000;
/** As the build declares it: 2 GiB. Memory is taken as it is needed. */
const MAX_PAGES = 32768;

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

export type Call = "jpegStats" | "jpegStripe" | "jpegTables" | "pngLook" | "pngStripe";

/** One call of an exported function. */
export interface Task {
  call: Call;
  args: readonly number[];
  /** What it works on: parts of the picture, one after another. */
  parts: readonly Part[];
  /** Written beside them. */
  extra?: Uint8Array;
}

export interface Answer {
  /** The call's output, a copy. */
  bytes: Uint8Array<ArrayBuffer>;
  /** What it says beside. */
  values: readonly number[];
}

/** Does tasks on a picture, in any order, at the same time or not; answers are in the order of the tasks. */
export type Run = (tasks: readonly Task[]) => Promise<Answer[]>;

/** What a machine reads pixels from. */
export type Source = Pick<Picture, "width" | "height" | "read">;

/** Lends what runs tasks on the pixels that it reads, until the work is done. */
export type Machine = <T>(source: Source, work: (run: Run) => Promise<T>) => Promise<T>;

let compiled: Promise<Module> | undefined;

export function compile(): Promise<Module> {
  compiled ??= import("./wasm.ts").then(({ wasm }) =>
    WebAssembly.compile(Buffer.from(wasm, "base64")),
  );
  return compiled;
}

/** The module is built for memory that threads may share, as those of the pool do to tell how much they hold. */
export function createMemory(): Memory {
  return new WebAssembly.Memory({ initial: 2, maximum: MAX_PAGES, shared: true });
}

type Exports = Record<Call, (...args: number[]) => void>;

let here: Promise<(pixels: Uint8Array, task: Task) => Answer> | undefined;

/** Does a task in this thread, now: for little ones. */
export async function runHere(pixels: Uint8Array, task: Task): Promise<Answer> {
  here ??= createInstance();
  return (await here)(pixels, task);
}

/** Runs tasks in this thread. */
export const local: Machine = (source, work) => {
  const pixels = allOf(source);
  return work((tasks) => Promise.all(tasks.map((task) => runHere(pixels, task))));
};

/** All pixels in one piece. */
export function allOf({ height, read }: Source): Uint8Array {
  let all: Uint8Array = new Uint8Array(0);
  read([[0, height]], (pixels) => {
    all = pixels;
  });
  return all;
}

/** As the script of the pool's threads does it. */
async function createInstance(): Promise<(pixels: Uint8Array, task: Task) => Answer> {
  const module = await compile();
  const memory = createMemory();
  const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as Exports;
  return (pixels, { call, args, parts, extra }) => {
    const length = parts.reduce((sum, [from, to]) => sum + to - from, 0);
    const pages = Math.ceil((ARENA + length) / PAGE) - memory.buffer.byteLength / PAGE;
    if (pages > 0) memory.grow(pages);
    const bytes = new Uint8Array(memory.buffer);
    let at = ARENA;
    for (const [from, to] of parts) {
      bytes.set(pixels.subarray(from, to), at);
      at += to - from;
    }
    if (extra) bytes.set(extra, EXTRA);
    exports[call](...args);
    const [start = 0, size = 0, ...values] = new Uint32Array(memory.buffer, ANSWERS, 8);
    return { bytes: new Uint8Array(memory.buffer).slice(start, start + size), values };
  };
}
