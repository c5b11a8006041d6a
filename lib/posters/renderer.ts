// Posters in a pool of child processes: what one picture does to its process, no other notices.
import { channel } from "node:diagnostics_channel";
import { CanvasError, invalid, show, withApiNameSync } from "../errors.ts";
import type { HostOptions } from "../index.ts";
import { withApiName } from "../settle.ts";
import { assertNotAborted, isSignal } from "../signal.ts";
import { type RenderProcess, startProcess } from "./child-process.ts";
import { deferred } from "./deferred.ts";
import {
  type Answer,
  type JobMessage,
  type PosterCalls,
  type PosterDescription,
  unpackError,
  type Wanted,
} from "./messages.ts";
import { assertFormat } from "./poster.ts";
import type { RenderedPoster, RenderOptions } from "./render.ts";
import { parseRendererOptions, type RendererOptions } from "./renderer-options.ts";
import { createStatistics, type RendererStats, type RenderMessage } from "./statistics.ts";

/** Renders posters in child processes. All its functions work unbound. */
export interface Renderer extends AsyncDisposable {
  /** The names of the posters. */
  readonly names: readonly string[];
  /** Resolves when all processes can take jobs, warm. */
  readonly ready: Promise<void>;
  /**
   * Renders a poster in the next process that is free; first come, first served.
   *
   * @param data JSON, or whatever else can be sent to another process; default `{}`, which `null` is without a schema
   * @throws {CanvasError} by rejection: what `renderPoster` fails with, and `NOT_FOUND` for a poster that is none,
   * `TIMEOUT`, `MEMORY`, `CRASHED`, `ABORTED`, `DISPOSED`
   * @example
   * const { data, type } = await renderer.render("invite", { nickname: "小满" }, { fileType: "jpg" });
   */
  render(name: string, data?: unknown, options?: RenderOptions): Promise<RenderedPoster>;
  /** What the module of a poster says of it: cases of data to show it with, and its data's JSON Schema. */
  describe(name: string): Promise<PosterDescription>;
  /**
   * Draws a poster of the form `draw` call by call, slowly, and tells which call each pixel shows.
   *
   * @throws {CanvasError} by rejection: as `render`, and `INVALID` for the other forms
   */
  calls(name: string, data?: unknown): Promise<PosterCalls>;
  /** What it is doing, and has done. */
  stats(): RendererStats;
  /** Finishes the jobs that it has, takes no more, and ends its processes. */
  close(): Promise<void>;
}

interface Job extends Omit<JobMessage, "host"> {
  resolve(answer: Answer): void;
  reject(error: unknown): void;
  /** The process that has it. */
  on?: Member;
  tries: number;
  asked: number;
}

/** A process of the pool. */
interface Member {
  process: RenderProcess;
  isReady: boolean;
  isBusy: boolean;
  /** Jobs done, warming not counted. */
  jobs: number;
  /** Has had its last job, or its successor has started. */
  isLeaving: boolean;
}

/** Processes that end before they can take a job; after so many, one after another, jobs fail. */
const MAX_FAILED_STARTS = 3;

const renders = channel("wx-canvas-node:render");

/**
 * Starts a pool of child processes that render posters, each one at a time in a host of its own.
 *
 * @throws {CanvasError} `INVALID`, withApiName the option; `NOT_FOUND` where the package is not found
 * @example
 * const renderer = createRenderer({ posters: "./posters", timeout: 5_000 });
 * const { data } = await renderer.render("invite", { nickname: "小满" });
 * await renderer.close();
 */
export function createRenderer(options: RendererOptions): Renderer {
  return withApiNameSync("createRenderer", () => build(parseRendererOptions(options)));
}

function build(settings: ReturnType<typeof parseRendererOptions>): Renderer {
  const { sources, child, processes, recycle, retry, host, warm, ...limits } = settings;
  const queue: Job[] = [];
  const active = new Set<Job>();
  const members = new Set<Member>();
  const statistics = createStatistics();
  let failedStarts = 0;
  let closing: Promise<void> | undefined;
  let onDrained = () => {};
  const ready = deferred<void>();

  /** The settings of a job's host are those of all. */
  const messageOf = ({ wants, source, name, data, format, strict }: Omit<JobMessage, "host">) => ({
    ...{ wants, source, name, data, format, strict },
    host: host as HostOptions,
  });

  function start(): void {
    const process = startProcess(child);
    const member = { process, isReady: false, isBusy: false, jobs: 0, isLeaving: false };
    members.add(member);
    process.ended.then(() => onEnded(member));
    void prepare(member);
  }

  /** Warm-up jobs are jobs, under the same limits; a failure of one is a warning. */
  async function prepare(member: Member): Promise<void> {
    try {
      await member.process.ready;
      for (const job of warm) {
        const { error } = await member.process.run(messageOf(job), limits);
        if (error) globalThis.process.emitWarning(`warm: ${error.message}`, WARM);
      }
    } catch (error) {
      if (closing) return;
      failedStarts++;
      // What waits for a process would wait for ever.
      if (failedStarts >= MAX_FAILED_STARTS) failAll(error);
      return;
    }
    failedStarts = 0;
    member.isReady = true;
    if (countReady() >= processes) ready.resolve();
    settle();
  }

  const countReady = () => [...members].filter(({ isReady }) => isReady).length;

  function onEnded(member: Member): void {
    members.delete(member);
    if (closing && pending() === 0) return;
    if (!member.isLeaving) statistics.restarted();
    if (failedStarts < MAX_FAILED_STARTS) fill();
  }

  /** As many processes as there should be, those that leave not counted. */
  function fill(): void {
    const staying = [...members].filter(({ isLeaving }) => !isLeaving);
    for (let i = staying.length; i < processes; i++) start();
  }

  const pending = () => queue.length + active.size;

  /** While there is something to do or to wait for, the processes keep this one alive. */
  function holdAll(): void {
    const isAtWork = pending() > 0 || closing !== undefined;
    for (const { process, isReady } of members) process.hold(isAtWork || !isReady);
  }

  function next(): void {
    for (const member of members) {
      if (!member.isReady || member.isBusy || member.jobs >= recycle) continue;
      const job = queue.shift();
      if (!job) return;
      void work(member, job);
    }
  }

  async function work(member: Member, job: Job): Promise<void> {
    active.add(job);
    job.on = member;
    job.tries++;
    member.isBusy = true;
    member.jobs++;
    if (member.jobs >= recycle) {
      // Its successor starts while it has its last job where others wait; else behind it, not to slow it down.
      member.isLeaving = true;
      if (queue.length > 0) fill();
    }
    const begun = performance.now();
    const message: RenderMessage = { poster: job.name, queue: begun - job.asked };
    const retries = () => (member.process.hasBegun ? retry : MAX_FAILED_STARTS);
    let again = false;
    try {
      const answer = await member.process.run(messageOf(job), limits);
      Object.assign(message, { fetches: answer.fetches, stages: stagesOf(answer) });
      if (answer.error) throw unpackError(answer.error);
      if (answer.picture) message.bytes = answer.picture.data.length;
      job.resolve(answer);
    } catch (error) {
      message.error = error as CanvasError;
      again = message.error.code === "CRASHED" && job.tries <= retries();
      if (!again) job.reject(error);
    }
    message.time = performance.now() - begun;
    active.delete(job);
    member.isBusy = false;
    if (again) queue.unshift(job);
    statistics.count(message);
    if (renders.hasSubscribers) renders.publish(message);
    if (member.isLeaving) {
      member.process.end();
      if (!closing) fill();
    }
    settle();
  }

  function settle(): void {
    next();
    if (pending() > 0) return;
    holdAll();
    onDrained();
  }

  function failAll(error: unknown): void {
    ready.reject(error);
    for (const job of queue.splice(0)) job.reject(error);
    settle();
  }

  function ask(
    wants: Wanted,
    name: string,
    data: unknown = {},
    options: RenderOptions = {},
  ): Promise<Answer> {
    return withApiName(wants === "picture" ? "render" : wants, async () => {
      const source = sources.get(name);
      if (!source) throw new CanvasError("NOT_FOUND", `there is no poster ${show(name)}`);
      assertFormat(options);
      const { fileType, quality, pixelRatio, signal, strict = false } = options;
      if (signal !== undefined && !isSignal(signal)) {
        throw invalid("signal", "an AbortSignal", signal);
      }
      assertNotAborted(signal);
      if (closing) throw new CanvasError("DISPOSED", "the renderer has been closed");
      // Another try for those that could not be started.
      if (failedStarts >= MAX_FAILED_STARTS) failedStarts = 0;
      const format = { fileType, quality, pixelRatio };
      const asked = performance.now();
      return await new Promise<Answer>((resolve, reject) => {
        const job: Job = {
          wants,
          source,
          name,
          data,
          format,
          strict,
          tries: 0,
          asked,
          resolve,
          reject,
        };
        const leave = () => cancel(job, signal as AbortSignal);
        const over = <Value>(settle: (value: Value) => void) => {
          return (value: Value) => {
            signal?.removeEventListener("abort", leave);
            settle(value);
          };
        };
        Object.assign(job, { resolve: over(resolve), reject: over(reject) });
        signal?.addEventListener("abort", leave, { once: true });
        queue.push(job);
        next();
        // None was free: perhaps some are leaving, or have ended.
        if (queue.length > 0) fill();
        holdAll();
      });
    });
  }

  /** The caller is answered at once; the process is free when its code has ended, or is killed. */
  function cancel(job: Job, signal: AbortSignal): void {
    job.reject(new CanvasError("ABORTED", "the render was aborted", { cause: signal.reason }));
    job.tries = Number.POSITIVE_INFINITY;
    if (active.has(job)) job.on?.process.abort();
    else {
      queue.splice(queue.indexOf(job), 1);
      settle();
    }
  }

  async function close(): Promise<void> {
    if (pending() > 0) {
      await new Promise<void>((resolve) => {
        onDrained = resolve;
      });
    }
    holdAll();
    const ends = [...members].map(({ process }) => {
      process.end();
      return process.ended;
    });
    await Promise.all(ends);
  }

  fill();
  const renderer: Renderer = {
    names: [...sources.keys()],
    ready: ready.promise,
    render: async (...args) => asPicture((await ask("picture", ...args)).picture),
    describe: async (name) => (await ask("description", name)).description as PosterDescription,
    calls: async (...args) => (await ask("calls", ...args)).calls as PosterCalls,
    stats: () =>
      statistics.read({
        active: active.size,
        queued: queue.length,
        processes: members.size,
        ready: countReady(),
      }),
    close() {
      closing ??= close();
      return closing;
    },
    [Symbol.asyncDispose]: () => renderer.close(),
  };
  return renderer;
}

const WARM = { code: "WX_CANVAS_WARM" };

/** Bytes that were sent between processes are a Uint8Array's. */
function asPicture(given: RenderedPoster | undefined): RenderedPoster {
  const picture = given as RenderedPoster;
  const { buffer, byteOffset, length } = picture.data;
  return { ...picture, data: Buffer.from(buffer, byteOffset, length) };
}

function stagesOf({ picture, load }: Answer): NonNullable<RenderMessage["stages"]> {
  return { load, ...picture?.stages };
}
