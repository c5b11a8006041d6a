// The options of a renderer: their documented type, their defaults, and their checks.
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import * as z from "zod/mini";
import { encoderThreads } from "../concurrency.ts";
import { CanvasError, invalid } from "../errors.ts";
import { createHost, type HostOptions } from "../index.ts";
import { lazily } from "../late.ts";
import { anObject, checked, flag, TIMER_MAX_MS, text, whole } from "../option-parts.ts";
import { structuredClone } from "../own-globals.ts";
import { parse, type SchemaOf } from "../validate.ts";
import { BLANK, type JobMessage, type PosterSource, packData } from "./messages.ts";
import { findChild, findPosters, type PosterPlaces } from "./sources.ts";

/** The options of `createRenderer`: which posters, and what each may use. */
export interface RendererOptions {
  /**
   * A folder (a poster's name is its file's without extension), a list of modules, or a map from
   * names to modules or pages (`{ root, page }`). Of a folder, declarations, specs and files whose
   * names begin with `_` or `.` are no posters.
   */
  posters: PosterPlaces;
  /** Number of child processes, 1 to 1024. Default: the machine's parallelism. */
  processes?: number | undefined;
  /**
   * Milliseconds that a poster may take, counted from when a ready process receives it. After that
   * the process is killed and the job fails with `TIMEOUT`. Default 15000.
   */
  timeout?: number | undefined;
  /**
   * Limit of a process's resident set in bytes while it has a job. Above it the process is killed
   * and the job fails with `MEMORY`. Not watched on Windows. Default 1073741824 (1 GiB).
   */
  memory?: number | undefined;
  /**
   * Number of jobs after which a process is replaced. Where all processes are busy, its successor
   * starts during the last fifth of them, so that there is one process more for a while. Where
   * several come to it together, their successors start one after another: all but the last end as
   * soon as their successors are ready. Default 1000.
   */
  recycle?: number | undefined;
  /** How often a job whose process crashed is retried in another one. Default 0. */
  retry?: number | undefined;
  /**
   * Settings of each picture's host. Functions cannot be sent to a process: set them in
   * `definePoster`.
   */
  host?: HostOptions | undefined;
  /**
   * Posters that each new process draws before it takes jobs, so that fonts and modules are loaded.
   * `true` draws a blank one, which loads the engine but no module of yours. Failures are warnings;
   * a poster that ends its process, such as by `timeout`, is left out of later ones.
   */
  warm?: true | readonly (readonly [name: string, data?: unknown])[] | undefined;
  /**
   * Whether the messages on the diagnostics channel `wx-canvas-node:render` list the files that a
   * job has used: for tools that watch them. Default false.
   */
  files?: boolean | undefined;
  /**
   * Path of `wx-canvas-node/posters/child`, which the processes run. Default:
   * `WX_CANVAS_NODE_CHILD` of the environment, or else it is resolved by name from this package,
   * the posters and the working directory.
   */
  child?: string | undefined;
}

/** Each takes about 100 MB; more than these is a mistake. */
const MAX_PROCESSES = 1024;

const schema = lazily(() =>
  z.object({
    posters: z.unknown(),
    processes: z.optional(whole(1, MAX_PROCESSES)),
    timeout: z._default(whole(1, TIMER_MAX_MS), 15_000),
    memory: z._default(whole(1, Number.POSITIVE_INFINITY), 2 ** 30),
    recycle: z._default(whole(1, Number.POSITIVE_INFINITY), 1000),
    retry: z._default(whole(0, Number.POSITIVE_INFINITY), 0),
    host: z._default(anObject<HostOptions>(), {}),
    warm: z._default(
      checked<NonNullable<RendererOptions["warm"]>>(
        (value) => value === true || Array.isArray(value),
        "a list of [name, data]",
      ),
      [],
    ),
    files: z._default(flag(), false),
    child: z.optional(text()),
  } satisfies SchemaOf<RendererOptions>),
);

/**
 * Reads the options and fills in defaults; throws INVALID, naming the first that cannot be used.
 */
export function parseRendererOptions(options: unknown): {
  sources: ReadonlyMap<string, PosterSource>;
  child: string;
  processes: number;
  encoderThreads: number;
  timeout: number;
  memory: number;
  recycle: number;
  retry: number;
  host: HostOptions;
  warm: Omit<JobMessage, "host" | "files">[];
  files: boolean;
} {
  const given = parse(schema, options, { strict: "options", required: true });
  const sources = findPosters(given.posters as PosterPlaces);
  const { posters: _, host, warm, processes = availableParallelism(), ...limits } = given;
  const child = given.child ?? (process.env.WX_CANVAS_NODE_CHILD || undefined);
  return {
    ...limits,
    sources,
    child: child === undefined ? findChild(sources.values()) : resolve(child),
    processes,
    encoderThreads: encoderThreadsFor(processes),
    host: copyOf(host),
    warm: readWarm(warm, sources),
  };
}

/**
 * Threads only add work where each core has a process of its own: posters there took 1.2 times as
 * long. Where cores are left, threads use them.
 */
function encoderThreadsFor(processes: number): number {
  const cores = Math.floor(availableParallelism() / processes);
  return cores > 1 ? Math.min(cores, encoderThreads()) : 0;
}

/** Fails with INVALID unless a host takes the settings and they can be sent to another process. */
function copyOf(host: HostOptions): HostOptions {
  void createHost(host).dispose();
  try {
    return structuredClone(host);
  } catch (cause) {
    const reason = `host: settings are sent to other processes: ${(cause as Error).message}`;
    throw new CanvasError("INVALID", reason, { cause, hint: "set it in definePoster({ host })" });
  }
}

function readWarm(
  warm: NonNullable<RendererOptions["warm"]>,
  sources: ReadonlyMap<string, PosterSource>,
): Omit<JobMessage, "host" | "files">[] {
  const job = { wants: "picture", format: {}, strict: false } as const;
  if (warm === true) return [{ ...job, source: BLANK, name: "blank", data: packData({}) }];
  return warm.map((entry: unknown) => {
    const [name, data = {}] = Array.isArray(entry) ? entry : [];
    const source = sources.get(name);
    if (!source) throw invalid("warm", "a list of [name of a poster, data]", entry);
    return { ...job, source, name, data: packData(data, `warm: ${name}`) };
  });
}
