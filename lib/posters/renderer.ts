// Renders posters in a pool of child processes, so that one picture cannot harm another.
import { channel } from "node:diagnostics_channel";
import { CanvasError, show, toCanvasError, withApiNameSync } from "../errors.ts";
import { asyncDispose } from "../known-symbols.ts";
import { withApiName } from "../settle.ts";
import { aborted, assertNotAborted, listen } from "../signal.ts";
import { type RenderProcess, startProcess } from "./child-process.ts";
import { deferred } from "./deferred.ts";
import { parseRenderOptions } from "./format.ts";
import {
  type Answer,
  type JobMessage,
  type PosterCalls,
  type PosterDescription,
  packData,
  unpackError,
  type Wanted,
} from "./messages.ts";
import type { RenderedPoster, RenderOptions } from "./render.ts";
import { parseRendererOptions, type RendererOptions } from "./renderer-options.ts";
import { createStatistics, type RendererStats, type RenderMessage } from "./statistics.ts";

/** Renders posters in child processes. All its functions can be called without `this`. */
export interface Renderer extends AsyncDisposable {
  /** The names of the posters. */
  readonly names: readonly string[];
  /**
   * Resolves when all processes are warm and can take jobs. Rejects when they cannot be started
   * (`CRASHED`), or the renderer is closed before (`DISPOSED`).
   */
  readonly ready: Promise<void>;
  /**
   * Renders a poster in the next free process, in the order of the calls.
   *
   * @param data JSON, or anything else that can be sent to another process, which is copied at once.
   * Default `{}`; without a schema, `null` means `{}` too
   * @throws {CanvasError} by rejection: the codes of `renderPoster`, and `NOT_FOUND` for an unknown
   * name, `TIMEOUT`, `MEMORY`, `CRASHED`, `ABORTED`, `DISPOSED`
   * @example
   * const { data } = await renderer.render("invite", { nickname: "小满" }, { fileType: "jpg" });
   */
  render(name: string, data?: unknown, options?: RenderOptions): Promise<RenderedPoster>;
  /**
   * Describes a poster by its module: its `cases` of example data, and the JSON Schema of its
   * data.
   */
  describe(name: string): Promise<PosterDescription>;
  /**
   * Draws a poster and finds which call painted each pixel of its picture, and where in the source
   * that call stands. It takes longer than `render`.
   *
   * @throws {CanvasError} by rejection: as `render`, and `NOT_FOUND` for a picture of a canvas
   * whose calls are not recorded, such as one that the code made with `@napi-rs/canvas`
   * @example
   * const { calls, owners, width } = await renderer.calls("invite", { nickname: "小满" });
   * const call = calls[owners[40 * width + 20] - 1]; // of the pixel at 20, 40
   */
  calls(name: string, data?: unknown, options?: RenderOptions): Promise<PosterCalls>;
  /** Counters of current and finished work. */
  stats(): RendererStats;
  /** Takes no more jobs, finishes those it has, and ends its processes. */
  close(): Promise<void>;
}

interface Job extends OwnMessage {
  resolve(answer: Answer): void;
  reject(error: unknown): void;
  /** The process that has the job. */
  on?: Member;
  tries: number;
  asked: number;
}

/** What differs from job to job. */
type OwnMessage = Omit<JobMessage, "host" | "files">;

/** A process of the pool. */
interface Member {
  process: RenderProcess;
  isReady: boolean;
  isBusy: boolean;
  /** Number of jobs given to it, without those that warm it. */
  jobs: number;
  /** Number of the job after which it ends: `recycle`, or less where it makes room. */
  lastJob: number;
  /** Whether it has its last job, or its successor has started already. */
  isLeaving: boolean;
  /** When it started, in milliseconds. */
  since: number;
}

/** After so many consecutive processes that end before they can take a job, all jobs fail. */
const MAX_FAILED_STARTS = 3;

/**
 * The part of its jobs during which the successor of a process starts and waits. A start takes
 * about a second where all cores are busy. Processes that began together come to this part
 * together; their successors start one after another, so that there is only one process more.
 */
const HANDOVER = 1 / 5;

/**
 * Node keeps a module that failed, such as by a fetch of a font that did not arrive, so a process
 * of this age in milliseconds ends after such a failure; a younger one would fail alike.
 */
const LOADS_AGAIN = 10_000;

/** Ends of a process after which `retry` renders its job again. */
const RETRIED = ["CRASHED"];
/** The same where the job cannot be the reason, as where an earlier job's code blocks the process. */
const LOST = ["CRASHED", "TIMEOUT", "MEMORY"];

/** Whether it can take a job. */
const isFree = ({ isReady, isBusy, jobs, lastJob }: Member): boolean =>
  isReady && !isBusy && jobs < lastJob;

const renders = channel("wx-canvas-node:render");

/**
 * Starts a pool of child processes that render posters, each one at a time in a host of its own.
 *
 * @throws {CanvasError} `INVALID`, naming the option; `NOT_FOUND` where the package is not found
 * @example
 * const renderer = createRenderer({ posters: "./posters", timeout: 5_000 });
 * const { data } = await renderer.render("invite", { nickname: "小满" });
 * await renderer.close();
 */
export function createRenderer(options: RendererOptions): Renderer {
  return withApiNameSync("createRenderer", () => build(parseRendererOptions(options)));
}

function build(settings: ReturnType<typeof parseRendererOptions>): Renderer {
  const {
    sources,
    child,
    processes,
    encoderThreads,
    recycle,
    retry,
    host,
    warm: allWarm,
    files,
    ...limits
  } = settings;
  const warm = new Set(allWarm);
  const queue: Job[] = [];
  const active = new Set<Job>();
  const members = new Set<Member>();
  const statistics = createStatistics();
  let failedStarts = 0;
  let closing: Promise<void> | undefined;
  let onDrained = () => {};
  const ready = deferred<void>();

  /** The message of a job: all jobs share the renderer's host settings. */
  const messageOf = (job: OwnMessage): JobMessage => {
    const { wants, source, name, data, format, strict } = job;
    return { wants, source, name, data, format, strict, host, files };
  };

  function start(): void {
    const process = startProcess(child, encoderThreads);
    const member: Member = {
      process,
      isReady: false,
      isBusy: false,
      jobs: 0,
      lastJob: recycle,
      isLeaving: false,
      since: performance.now(),
    };
    members.add(member);
    process.ended.then(() => onEnded(member));
    void prepare(member);
  }

  /** Waits for the process and warms it. */
  async function prepare(member: Member): Promise<void> {
    try {
      await member.process.ready;
    } catch (error) {
      if (isOver()) return;
      failedStarts++;
      // Otherwise jobs that wait for a process would wait forever.
      if (failedStarts >= MAX_FAILED_STARTS) failAll(error);
      return;
    }
    failedStarts = 0;
    for (const job of warm) if (!(await warmUp(member, job))) return;
    member.isReady = true;
    if (countReady() >= processes) ready.resolve();
    settle();
  }

  /**
   * Does a job that warms the process, under the limits of all jobs; its failure is a warning. One
   * that ends the process is left out from then on: other posters do not depend on it.
   */
  async function warmUp({ process }: Member, job: OwnMessage): Promise<boolean> {
    const warn = (what: string) => globalThis.process.emitWarning(`warm: ${what}`, WARM);
    try {
      const { error } = await process.run(messageOf(job), limits, false);
      if (error) warn(error.message);
      return true;
    } catch (error) {
      if (isOver()) return false;
      warm.delete(job);
      warn(`${job.name} ended its process, and is no longer drawn: ${(error as Error).message}`);
      return false;
    }
  }

  const countReady = () => [...members].filter(({ isReady }) => isReady).length;

  function onEnded(member: Member): void {
    members.delete(member);
    if (isOver()) return;
    if (member.jobs < member.lastJob) statistics.restarted();
    if (failedStarts < MAX_FAILED_STARTS) fill();
  }

  /** Starts processes up to the configured number; those that are leaving do not count. */
  function fill(): void {
    const staying = [...members].filter(({ isLeaving }) => !isLeaving);
    for (let i = staying.length; i < processes; i++) start();
  }

  const pending = () => queue.length + active.size;

  /** Whether its processes end because nothing is left to do. */
  const isOver = () => closing !== undefined && pending() === 0;

  /**
   * Has the children keep this process alive while there are jobs, or they are starting or closing.
   */
  function holdAll(): void {
    const isAtWork = pending() > 0 || closing !== undefined;
    for (const { process, isReady } of members) process.hold(isAtWork || !isReady);
  }

  function next(): void {
    for (const member of members) {
      // One more than these may be ready: the successor of a process that still has jobs.
      if (active.size >= processes) return;
      if (!isFree(member)) continue;
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
    if (member.jobs >= member.lastJob) {
      // If jobs wait, the successor starts during this last job; otherwise after it, so as not to
      // slow it down.
      member.isLeaving = true;
      if (queue.length > 0) fill();
    } else if (isDue(member) && mayHandOver()) {
      member.isLeaving = true;
      fill();
    }
    const begun = performance.now();
    const message: RenderMessage = { poster: job.name, queue: begun - job.asked };
    let again = false;
    try {
      const answer = await member.process.run(messageOf(job), limits, member.jobs > 1);
      const { fetches, files } = answer;
      Object.assign(message, { fetches, stages: stagesOf(answer), ...(files && { files }) });
      if (answer.error) throw unpackError(answer.error);
      if (answer.picture) message.bytes = answer.picture.data.length;
      job.resolve(answer);
    } catch (error) {
      message.error = toCanvasError(error);
      const { isSuspect } = member.process;
      const isRetried = (isSuspect ? RETRIED : LOST).includes(message.error.code);
      again = isRetried && job.tries <= (isSuspect ? retry : MAX_FAILED_STARTS);
      if (!again) job.reject(error);
    }
    message.time = performance.now() - begun;
    active.delete(job);
    member.isBusy = false;
    if (again) putBack(job);
    statistics.count(message);
    if (renders.hasSubscribers) renders.publish(message);
    if (makesRoom(member) || cannotLoad(member, message.error)) member.lastJob = member.jobs;
    if (member.jobs >= member.lastJob) {
      member.isLeaving = true;
      member.process.end();
      if (!closing) fill();
    }
    settle();
  }

  function putBack(job: Job): void {
    queue.unshift(job);
    tryStartsAgain();
    fill();
  }

  /** Where starting processes failed before, a job tries again: it would wait forever. */
  function tryStartsAgain(): void {
    if (failedStarts >= MAX_FAILED_STARTS) failedStarts = 0;
  }

  /** Whether a successor is worth its start: all processes have jobs, and none is starting. */
  function mayHandOver(): boolean {
    return !closing && active.size >= processes && members.size === processes;
  }

  /** Whether the process is in the last part of its jobs and has no successor yet. */
  function isDue({ isLeaving, jobs }: Member): boolean {
    return !isLeaving && jobs >= recycle * (1 - HANDOVER);
  }

  /** Whether a process ends early: its successor waits, and another's has to start. */
  function makesRoom(member: Member): boolean {
    const others = [...members].filter((other) => other !== member);
    return member.isLeaving && others.some(isFree) && others.some(isDue);
  }

  /** Whether another process may load the module of a poster. */
  function cannotLoad({ since }: Member, error: CanvasError | undefined): boolean {
    return error?.code === "LOAD" && performance.now() - since > LOADS_AGAIN;
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
    return withApiName(VERBS[wants], async () => {
      const source = sources.get(name);
      if (!source) throw new CanvasError("NOT_FOUND", `there is no poster ${show(name)}`);
      const { fileType, quality, pixelRatio, signal, strict } = parseRenderOptions(options);
      assertNotAborted(signal);
      if (closing) throw hasBeenClosed();
      tryStartsAgain();
      const format = { fileType, quality, pixelRatio };
      const asked = performance.now();
      return await new Promise<Answer>((resolve, reject) => {
        const job: Job = {
          wants,
          source,
          name,
          data: packData(data),
          format,
          strict,
          tries: 0,
          asked,
          resolve,
          reject,
        };
        const stop = signal && listen(signal, (cause) => cancel(job, cause));
        const over = <Value>(settle: (value: Value) => void) => {
          return (value: Value) => {
            stop?.();
            settle(value);
          };
        };
        Object.assign(job, { resolve: over(resolve), reject: over(reject) });
        queue.push(job);
        next();
        // No process was free: some may be leaving, or have ended.
        if (queue.length > 0) fill();
        holdAll();
      });
    });
  }

  /**
   * Rejects the caller at once. The process is free again when its code has ended or it is killed.
   */
  function cancel(job: Job, cause: unknown): void {
    job.reject(aborted("the render", cause));
    job.tries = Number.POSITIVE_INFINITY;
    if (active.has(job)) job.on?.process.abort();
    else {
      const at = queue.indexOf(job);
      if (at >= 0) queue.splice(at, 1);
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
    ready.reject(hasBeenClosed());
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
        ready: Math.min(countReady(), processes),
      }),
    close() {
      // Later, because it asks whether it is closing.
      closing ??= Promise.resolve().then(close);
      return closing;
    },
    [asyncDispose]: () => renderer.close(),
  };
  return renderer;
}

/** The function that asks for each. */
const VERBS: Record<Wanted, string> = {
  picture: "render",
  description: "describe",
  calls: "calls",
};

const hasBeenClosed = () => new CanvasError("DISPOSED", "the renderer has been closed");

const WARM = { code: "WX_CANVAS_WARM" };

/** The picture with a Buffer: bytes that were sent between processes arrive as a Uint8Array. */
function asPicture(given: RenderedPoster | undefined): RenderedPoster {
  const picture = given as RenderedPoster;
  const { buffer, byteOffset, length } = picture.data;
  return { ...picture, data: Buffer.from(buffer, byteOffset, length) };
}

function stagesOf({ picture, load }: Answer): NonNullable<RenderMessage["stages"]> {
  return { load, ...picture?.stages };
}
