// The entry point of the encoder: turns pixels into the bytes of a PNG or JPEG file.
import { elapsedMs } from "../../clock.ts";
import { noteEncoder, noteFirstEncoder } from "../../concurrency.ts";
import { warnOnce } from "../../warn.ts";
import { type Executor, inThisThread, runHere } from "./executor.ts";
import { encodeWithEngine } from "./fallback.ts";
import type { Task, TaskResult } from "./instance.ts";
import type { EncodeJob } from "./job.ts";
import { encodeJpeg, sampleOf } from "./jpeg.ts";
import { encodePng } from "./png.ts";
import { encodeWhileRead, MIDDLING } from "./png-quick.ts";
import { Pool, SlowThreads } from "./pool.ts";
import { bytesOfAll, type Pixels, startReading, unread } from "./reading.ts";
import { reduce } from "./reduce.ts";
import { acquirePixels, releasePixels } from "./shared-pixels.ts";
import type { Part } from "./stripes.ts";

export type { EncodeJob } from "./job.ts";

/**
 * Pictures up to this many pixels are encoded in the calling thread: that takes 2 ms at most,
 * hardly more than a message to another thread. A pixel of a PNG can take twenty times as long as
 * one of a JPEG.
 */
const MAX_PIXELS_HERE = { png: 16_384, jpeg: 262_144 } as const;
/**
 * Threads start after this many pixels. A poster of 750 × 1334 is encoded in less time than threads
 * take to start, so a process that makes only one does not start them.
 */
const START_AFTER_PIXELS = 1_500_000;
/**
 * Milliseconds after which threads that could not start are tried again: the process may have had
 * too few descriptors or too little memory for a moment.
 */
const RETRY_MS = 60_000;
/** A row must fit a stripe; wider pictures are left to the engine. */
const MAX_WIDTH = 1 << 20;

/**
 * Encodes a picture; the same pixels and settings give the same bytes in every thread and on any
 * number of cores. Where the encoder fails (no WebAssembly SIMD, no memory), the engine's own
 * encoder does it, and a warning says so.
 */
export async function encodePixels(job: EncodeJob): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, type } = job;
  if (!(width > 0 && height > 0)) throw new RangeError(`no picture: ${width} × ${height} pixels`);
  if (width > MAX_WIDTH) return encodeByEngine(job);
  try {
    const isSmall = width * height <= MAX_PIXELS_HERE[type];
    const bytes = await encodeSized(isSmall ? inThisThread : executor, await ofItsSize(job));
    if (isSmall) noteFirstEncoder("calling thread");
    return bytes;
  } catch (error) {
    const bytes = await encodeByEngine(job);
    warnOnce(
      "WX_CANVAS_ENCODER",
      `The encoder cannot run here (${error}). The engine encodes instead: other bytes than elsewhere, for PNG up to ` +
        "2.4 times as many, and in twice the time or more.",
    );
    return bytes;
  }
}

async function encodeByEngine(job: EncodeJob): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await encodeWithEngine(job);
  noteEncoder("engine");
  return bytes;
}

async function ofItsSize(job: EncodeJob): Promise<EncodeJob> {
  const { original } = job;
  if (!original) return job;
  const isSmall = original.width * original.height <= MAX_PIXELS_HERE.jpeg;
  return reduce({ ...job, original }, isSmall ? inThisThread : executor);
}

/** Encodes with the given executor, or in this thread what takes it no longer than threads. */
function encodeSized(executor: Executor, job: EncodeJob): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height, type, compression } = job;
  const isQuick = type === "png" && compression === "fast" && width * height <= MIDDLING;
  const encode = (job: EncodeJob) => encodeWith(executor, job);
  return isQuick ? encodeWhileRead(job, encode) : encode(job);
}

/** Encodes with the given executor: what encodePixels does once it has decided where. */
export function encodeWith(executor: Executor, job: EncodeJob): Promise<Uint8Array<ArrayBuffer>> {
  if (job.type === "png") return executor(job, [], (run) => encodePng(job, run));
  const sample = sampleOf(job);
  return executor(job, sample.pieces, (run, parts) => encodeJpeg(job, sample, run, parts));
}

const executor: Executor = createExecutor(new Pool());

/**
 * An executor that runs tasks on the pool's threads once there is enough work to start them, and in
 * this thread until then.
 */
export function createExecutor(
  pool: Pool,
  startAfterPixels: number = START_AFTER_PIXELS,
  retryMs: number = RETRY_MS,
): Executor {
  let begunPixels = 0;
  let refusal: { reason: unknown; until: number } | undefined;

  function start(): void {
    if (refusal && elapsedMs() < refusal.until) return;
    refusal = undefined;
    pool.start().catch((reason) => {
      // Slow messages stay slow.
      const until =
        reason instanceof SlowThreads ? Number.POSITIVE_INFINITY : elapsedMs() + retryMs;
      if (pool.threads.length === 0) refusal = { reason, until };
    });
  }

  async function runAll(
    pixels: Pixels,
    rest: Promise<void>,
    tasks: readonly Task[],
  ): Promise<TaskResult[]> {
    const results: TaskResult[] = [];
    let open = [...tasks.keys()];
    while (open.length > 0) {
      const isThreaded = pool.threads.length > 0;
      noteEncoder(isThreaded ? "threads" : "calling thread");
      if (isThreaded && !tasks.every(({ here }) => here)) {
        const done = await pool.run(
          pixels,
          open.map((i) => tasks[i] as Task),
        );
        for (const [at, i] of open.entries()) if (done[at]) results[i] = done[at];
      } else {
        const [i] = open as [number];
        const task = tasks[i] as Task;
        if (task.after) await rest;
        results[i] = await runHere(pixels.bytes, task);
      }
      // The results of a thread that died are missing: those tasks run again, elsewhere.
      open = open.filter((i) => !results[i]);
    }
    return results;
  }

  return async (source, first, work) => {
    begunPixels += source.width * source.height;
    if (begunPixels <= startAfterPixels) {
      noteEncoder("calling thread");
      return inThisThread(source, first, work);
    }
    const bytes = acquirePixels(bytesOfAll(source, first));
    const pixels = unread(bytes);
    let reading: { rest: Promise<void> } | undefined;
    try {
      const { rest } = await startReading(pixels, source, first);
      reading = { rest };
      start();
      const run = (tasks: readonly Task[]) => runAll(pixels, rest, tasks);
      // The pieces `first` lie behind the picture.
      const parts: Part[] = [[source.width * source.height * 4, bytes.length]];
      const [result] = await Promise.all([work(run, parts), rest]);
      // Only now is it known that the calling thread can encode.
      if (refusal) warnAbout(refusal.reason);
      return result;
    } finally {
      await reading?.rest.catch(() => {});
      releasePixels(bytes);
    }
  };
}

function warnAbout(refusal: unknown): void {
  // Messages to threads that take longer than the encoding are no fault.
  if (refusal instanceof SlowThreads) return;
  warnOnce(
    "WX_CANVAS_ENCODER_THREADS",
    `The encoder's threads cannot start (${refusal}). Pictures are encoded in the calling thread: the same bytes, ` +
      "in more time, between turns of the event loop.",
  );
}
