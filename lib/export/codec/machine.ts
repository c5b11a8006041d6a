// The encoder's WebAssembly: compiled once, and how a task is handed to an instance and its answer read.

/** Where both sides meet in an instance's memory; as in assembly/memory.ts. */
const ANSWERS = 0x2000;
const EXTRA = 0x3000;
const ARENA = 0x10000;
const PAGE = 0x10000;
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

export type Call =
  | "jpegStats"
  | "jpegStripe"
  | "jpegTables"
  | "pngLook"
  | "pngStripe"
  | "straighten";

/** One call of an exported function. Pixels and extra are copied in when an instance is free for it. */
export interface Task {
  call: Call;
  args: readonly number[];
  pixels: Uint8Array;
  extra?: Uint8Array;
}

export interface Answer {
  /** The call's output, a copy. */
  bytes: Uint8Array<ArrayBuffer>;
  /** What it says beside. */
  values: readonly number[];
}

export type Run = (task: Task) => Promise<Answer>;

let compiled: Promise<Module> | undefined;

export function compile(): Promise<Module> {
  compiled ??= import("./wasm.ts").then(({ wasm }) =>
    WebAssembly.compile(Buffer.from(wasm, "base64")),
  );
  return compiled;
}

/** Memory is shared with the worker that runs the instance: pixels and bytes cross without messages. */
export function createMemory(): Memory {
  return new WebAssembly.Memory({ initial: 2, maximum: MAX_PAGES, shared: true });
}

export function load(memory: Memory, task: Task): void {
  const pages = Math.ceil((ARENA + task.pixels.length) / PAGE) - memory.buffer.byteLength / PAGE;
  if (pages > 0) memory.grow(pages);
  const bytes = new Uint8Array(memory.buffer);
  bytes.set(task.pixels, ARENA);
  if (task.extra) bytes.set(task.extra, EXTRA);
}

export function read(memory: Memory): Answer {
  const [start = 0, length = 0, ...values] = new Uint32Array(memory.buffer, ANSWERS, 8);
  return { bytes: new Uint8Array(memory.buffer).slice(start, start + length), values };
}

export type Exports = Record<Call, (...args: number[]) => void>;

/** An instance in this thread; its tasks run when they are asked for. */
export async function createLocal(): Promise<Run> {
  const module = await compile();
  const memory = createMemory();
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const exports = instance.exports as Exports;
  return async (task) => {
    load(memory, task);
    exports[task.call](...task.args);
    return read(memory);
  };
}
