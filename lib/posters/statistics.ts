// The statistics of a renderer: counters, and one diagnostics-channel message per job.
import type { CanvasError } from "../errors.ts";
import { structuredClone } from "../own-globals.ts";
import type { Fetch } from "./messages.ts";
import type { RenderStage } from "./render.ts";

/** What is published on the channel `wx-canvas-node:render` when a process is done with a job. */
export interface RenderMessage {
  poster: string;
  /** Milliseconds in the queue. */
  queue: number;
  /** Milliseconds that the process had the job. */
  time?: number;
  /** Size of the picture in bytes, if it was made. */
  bytes?: number;
  /** Milliseconds by stage; `load` loads the poster's module. */
  stages?: Partial<Record<RenderStage | "load", number>>;
  /** What the poster fetched. */
  fetches?: Fetch[];
  /**
   * With the option `files`: the paths of the modules and files that the process has used so far,
   * and of those that it looked for in vain.
   */
  files?: string[];
  /** The failure, if it failed. A job that crashed may be retried. */
  error?: CanvasError;
}

/** Counters of a renderer's current and finished work. */
export interface RendererStats {
  /** Jobs that wait for a process. */
  queued: number;
  /** Jobs that a process has. */
  active: number;
  /** All processes, including those that are starting, and a successor that waits. */
  processes: number;
  /** Processes that can take jobs or have one; at most as many as jobs are rendered at once. */
  ready: number;
  /** Processes that ended before their time and were replaced. */
  restarts: number;
  /** Pictures made. */
  rendered: number;
  /** Bytes of all pictures together. */
  bytes: number;
  /** Failures by code. */
  failed: Record<string, number>;
  /** Milliseconds by stage, of all jobs together; `process` is the whole time with a process. */
  stages: Partial<Record<RenderStage | "load" | "queue" | "process", number>>;
  /** Fetches by the origin of their URLs; from the hundred-and-first origin on, as `"others"`. */
  fetches: Record<string, FetchStats>;
}

/** Counters of the fetches from one origin. */
export interface FetchStats {
  count: number;
  /** Fetches answered from the cache. */
  cached: number;
  failed: number;
  bytes: number;
  /** Milliseconds. */
  time: number;
}

const MAX_ORIGINS = 100;

/** The counters of a renderer. */
export function createStatistics(): {
  count(message: RenderMessage): void;
  restarted(): void;
  read(now: Pick<RendererStats, "queued" | "active" | "processes" | "ready">): RendererStats;
} {
  const sums = { restarts: 0, rendered: 0, bytes: 0 };
  const failed: RendererStats["failed"] = {};
  const stages: RendererStats["stages"] = {};
  const fetches: RendererStats["fetches"] = {};

  function countFetch({ origin, cached, bytes = 0, time, error }: Fetch): void {
    const isKnown = Object.hasOwn(fetches, origin);
    const key = isKnown || Object.keys(fetches).length < MAX_ORIGINS ? origin : "others";
    fetches[key] ??= { count: 0, cached: 0, failed: 0, bytes: 0, time: 0 };
    const sum = fetches[key];
    sum.count++;
    if (cached) sum.cached++;
    else sum.bytes += bytes;
    if (error !== undefined) sum.failed++;
    sum.time += time;
  }

  return {
    count({ queue, time = 0, bytes, stages: own, fetches: list = [], error }) {
      if (error) failed[error.code] = (failed[error.code] ?? 0) + 1;
      else {
        sums.rendered++;
        sums.bytes += bytes ?? 0;
      }
      for (const [stage, ms] of Object.entries({ queue, process: time, ...own })) {
        // Measured by a clock that the poster's code may have replaced.
        if (!Number.isFinite(ms)) continue;
        const name = stage as keyof typeof stages;
        stages[name] = (stages[name] ?? 0) + ms;
      }
      for (const fetch of list) countFetch(fetch);
    },
    restarted() {
      sums.restarts++;
    },
    read: (now) => structuredClone({ ...now, ...sums, failed, stages, fetches }),
  };
}
