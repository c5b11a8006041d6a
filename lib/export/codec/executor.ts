// Runs the encoder's tasks: in this thread until encoder threads have started, and on those from
// then on.
import { elapsedMs } from "../../clock.ts";
import { nextTurn, setImmediate } from "../../timers.ts";
import {
  compileModule,
  createInstance,
  createMemory,
  type Memory,
  type Module,
  type RunTask,
  type Task,
  type TaskResult,
} from "./instance.ts";
import type { Source } from "./job.ts";
import { destroy, readNow } from "./reading.ts";
import { type Part, type Piece, partsOf } from "./stripes.ts";
import { wasm } from "./wasm.ts";

/**
 * Runs tasks on a picture, in any order, at the same time or not; results are in the order of the
 * tasks.
 */
export type Run = (tasks: readonly Task[]) => Promise<TaskResult[]>;

/**
 * Reads a picture's pixels, the pieces `first` before the rest. Calls `work` once those pieces are
 * there or later, with a function that runs tasks, and with the parts where the pieces lie.
 */
export type Executor = <T>(
  source: Source,
  first: readonly Piece[],
  work: (run: Run, parts: readonly Part[]) => Promise<T>,
) => Promise<T>;

/**
 * An instance whose memory has grown past this many bytes for an unusual picture is replaced, since
 * memory cannot shrink.
 */
export const KEEP_BYTES: number = 32 * 1024 * 1024;
/** Milliseconds that tasks run in this thread before the event loop goes on. */
const TURN_MS = 3;

/** The encoder's WebAssembly; other threads compile it while the first pixels are read. */
export const compiled: Promise<Module> = compileModule(Buffer.from(wasm, "base64"));
// The encoding that awaits it reports a failure.
compiled.catch(() => {});

interface Here {
  memory: Memory;
  run: RunTask;
}
let here: Here | undefined;
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs a task in this thread, after the tasks asked for before it. Between tasks the event loop
 * goes on.
 */
export function runHere(pixels: Uint8Array | Uint8ClampedArray, task: Task): Promise<TaskResult> {
  const result = last.then(async () => {
    await pause();
    return withInstance((run) => run(pixels, task));
  });
  last = result.catch(() => {});
  return result;
}

/** Calls `work` with what runs tasks in this thread at once: all that it does takes one turn. */
export async function withInstance<T>(work: (run: RunTask) => T): Promise<T> {
  here ??= await createHere();
  const { memory, run } = here;
  if (busyMs === 0) setImmediate(endTurn);
  const began = elapsedMs();
  try {
    return work(run);
  } finally {
    busyMs += elapsedMs() - began;
    if (memory.buffer.byteLength > KEEP_BYTES) here = undefined;
  }
}

async function createHere(): Promise<Here> {
  const module = await compiled;
  const memory = createMemory();
  return { memory, run: createInstance(module, memory) };
}

/** How long tasks have run in this turn of the event loop. */
let busyMs = 0;

function endTurn(): void {
  busyMs = 0;
}

async function pause(): Promise<void> {
  if (busyMs > TURN_MS) await nextTurn();
}

/** Runs tasks in this thread, on the pixels as the engine gives them: memory for a copy is slow. */
export const inThisThread: Executor = async (source, first, work) => {
  const pixels = readNow(source);
  const parts = first.flatMap((piece) => partsOf(source.width, piece));
  try {
    const run: Run = (tasks) => Promise.all(tasks.map((task) => runHere(pixels, task)));
    return await work(run, parts);
  } finally {
    destroy(pixels);
  }
};
