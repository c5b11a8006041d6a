// Limits how many exports run at once in this process, and how many pixels its pictures have.
import { availableParallelism } from "node:os";
import * as z from "zod/mini";
import { CanvasError, withApiNameSync } from "./errors.ts";
import { lazily } from "./late.ts";
import { whole } from "./option-parts.ts";
import { assertNotAborted } from "./signal.ts";
import { createTurns } from "./turns.ts";
import { parse, type SchemaOf } from "./validate.ts";

/** How much all hosts of this process together may do at once. */
export interface Concurrency {
  /**
   * Exports at once. Default: the machine's parallelism and one more, whose pixels are read while
   * the others are encoded.
   */
  exports?: number | undefined;
  /**
   * Pixels of all exports under way together; an export that is larger runs alone. Default 33554432
   * (128 MiB). At most as many are kept as empty canvases for the next exports, until there has
   * been no export for 10 seconds.
   */
  pixels?: number | undefined;
  /** Exports that may wait; one more fails with `BUSY`. Default: any number. */
  maxQueue?: number | undefined;
  /**
   * Pixels of all decoded pictures together: those of the draw that is being painted, which fails
   * with `TOO_LARGE` beyond the limit, and those kept for the next draws. Default: the largest
   * `images.maxPixels` of the hosts of this process, at least 4194304.
   */
  imagePixels?: number | undefined;
  /**
   * How many bytes of these pictures are kept for the next draws. A picture goes when it has not
   * been drawn for a minute; 0 keeps none. Default 67108864 (64 MiB).
   */
  imageCacheBytes?: number | undefined;
  /**
   * Threads that encode pictures, from their next start on; 0 encodes in the calling thread, with
   * the same bytes. Set 0 where as many processes as the machine has cores make pictures: threads
   * only add work there. At most 1024. Default: the machine's parallelism, at most 4.
   */
  encoderThreads?: number | undefined;
}

/** What this process is doing, and has done. */
export interface Stats {
  /** Exports under way. */
  active: number;
  /** Exports that wait for their turn. */
  queued: number;
  /** Bytes of the pictures made so far. */
  bytes: number;
  /** Temp files written so far. */
  files: number;
  /**
   * What encoded the last picture: `"threads"`; `"calling thread"`, until threads have started and
   * where they cannot start; or `"engine"`, where WebAssembly cannot run. Only the engine's bytes
   * differ. Small pictures, which the calling thread always encodes, count only as the first.
   */
  encoder?: "threads" | "calling thread" | "engine";
}

type Encoder = NonNullable<Stats["encoder"]>;

interface Waiting {
  pixels: number;
  start(): void;
}

/** More threads gain little for one picture, and each holds a few megabytes. */
const DEFAULT_ENCODER_THREADS = 4;
/** Each takes memory and addresses, and more than there are cores gain nothing. */
const MAX_ENCODER_THREADS = 1024;

interface State {
  limits: Required<{ [Name in keyof Concurrency]: number }>;
  areImagePixelsGiven: boolean;
  queue: Waiting[];
  active: number;
  activePixels: number;
  totals: Pick<Stats, "bytes" | "files" | "encoder">;
}

/**
 * Shared by all copies of this library in a realm: after `jest.resetModules`, what an earlier copy
 * loads late is of a new one. The number goes up when the shape changes.
 */
const SHARED = Symbol.for("wx-canvas-node.concurrency.1");
const realm = globalThis as { [SHARED]?: State };
const state: State = realm[SHARED] ?? {
  limits: {
    exports: availableParallelism() + 1,
    encoderThreads: Math.min(availableParallelism(), DEFAULT_ENCODER_THREADS),
    // Two of the largest canvases that the default size limits allow.
    pixels: 33_554_432,
    maxQueue: Number.POSITIVE_INFINITY,
    // A thousand avatars of 132 × 132, or a handful of backgrounds.
    imageCacheBytes: 67_108_864,
    // Four megapixels are what a poster has at twice its size; hosts raise it.
    imagePixels: 4_194_304,
  },
  areImagePixelsGiven: false,
  queue: [],
  active: 0,
  activePixels: 0,
  totals: { bytes: 0, files: 0 },
};
// A frozen global object refuses it; this copy then keeps its own.
Reflect.defineProperty(globalThis, SHARED, { value: state });
const { limits, queue, totals } = state;

const schema = lazily(() => {
  const from = (least: number) => z.optional(whole(least, Number.POSITIVE_INFINITY));
  return z.object({
    exports: from(1),
    encoderThreads: z.optional(whole(0, MAX_ENCODER_THREADS)),
    pixels: from(1),
    maxQueue: from(0),
    imageCacheBytes: from(0),
    imagePixels: from(1),
  } satisfies SchemaOf<Concurrency>);
});

/**
 * Sets how many exports are under way at once in this process, over all hosts. What is left out
 * stays as it is.
 *
 * @throws {CanvasError} `INVALID`, naming the option
 * @example
 * setConcurrency({ exports: 4, maxQueue: 1000 });
 */
export function setConcurrency(options: Concurrency): void {
  withApiNameSync("setConcurrency", () => {
    const given = parse(schema, options, { strict: "options" });
    const known = Object.entries(given).filter(([, value]) => value !== undefined);
    Object.assign(limits, Object.fromEntries(known));
    state.areImagePixelsGiven ||= given.imagePixels !== undefined;
    startNext();
  });
}

/**
 * The most pixels that the exports under way have together; an export that is larger runs alone.
 */
export function maxExportPixels(): number {
  return limits.pixels;
}

/** How many threads encode pictures. */
export function encoderThreads(): number {
  return limits.encoderThreads;
}

/** The limits of pictures: pixels of all at once, and bytes of those that are kept. */
export function imageLimits(): { pixels: number; cacheBytes: number } {
  return { pixels: limits.imagePixels, cacheBytes: limits.imageCacheBytes };
}

/** Raises the limit to the largest picture that a host accepts, unless the program has set it. */
export function allowImagePixels(pixels: number): void {
  if (!state.areImagePixelsGiven) limits.imagePixels = Math.max(limits.imagePixels, pixels);
}

/**
 * What this process is doing, and has done, over all hosts.
 *
 * @example
 * const { active, queued } = stats();
 */
export function stats(): Stats {
  return { active: state.active, queued: queue.length, ...totals };
}

/** Adds to the totals that `stats` gives. */
export function countOutput(bytes: number, files: number): void {
  totals.bytes += bytes;
  totals.files += files;
}

/** Notes what encoded the last picture, for `stats`. */
export function noteEncoder(encoder: Encoder): void {
  totals.encoder = encoder;
}

/** Notes what encoded a small picture: it says nothing about larger ones. */
export function noteFirstEncoder(encoder: Encoder): void {
  totals.encoder ??= encoder;
}

/**
 * Runs the task when its turn comes. Rejects with BUSY when the queue is full, and with the
 * signal's reason when that aborts first.
 */
export async function withExportSlot<T>(
  pixels: number,
  signal: AbortSignal | null | undefined,
  task: () => Promise<T>,
): Promise<T> {
  await acquireSlot(pixels, signal);
  try {
    await ownLoopTurn();
    return await task();
  } finally {
    state.active--;
    state.activePixels -= pixels;
    startNext();
  }
}

/**
 * Waits for a turn of the event loop in which no other export begins: drawing blocks the loop, and
 * the engine frees memory in finalizers, which only run between turns.
 */
const ownLoopTurn = createTurns(1);

function acquireSlot(
  pixels: number,
  signal: AbortSignal | null | undefined,
): Promise<void> | undefined {
  // A signal that has aborted fires no event any more: check it here, and listen below.
  assertNotAborted(signal);
  if (queue.length === 0 && hasRoom(pixels)) {
    start(pixels);
    return undefined;
  }
  if (queue.length >= limits.maxQueue) {
    throw new CanvasError(
      "BUSY",
      `${limits.maxQueue} exports are waiting, which is the queue's limit`,
    );
  }
  return new Promise((resolve, reject) => {
    const waiting: Waiting = {
      pixels,
      start() {
        signal?.removeEventListener("abort", leave);
        start(pixels);
        resolve();
      },
    };
    function leave() {
      queue.splice(queue.indexOf(waiting), 1);
      startNext();
      try {
        assertNotAborted(signal);
      } catch (error) {
        reject(error);
      }
    }
    signal?.addEventListener("abort", leave, { once: true });
    queue.push(waiting);
  });
}

/** Starts exports in the order of the queue: small ones do not overtake a large one. */
function startNext(): void {
  while (queue[0] && hasRoom(queue[0].pixels)) queue.shift()?.start();
}

function hasRoom(pixels: number): boolean {
  if (state.active === 0) return true;
  return state.active < limits.exports && state.activePixels + pixels <= limits.pixels;
}

function start(pixels: number): void {
  state.active++;
  state.activePixels += pixels;
}
