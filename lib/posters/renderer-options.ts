// The options of a renderer: their documented type, their defaults, and their checks.
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { encoderThreads } from "../concurrency.ts";
import { CanvasError, invalid, show } from "../errors.ts";
import { createHost, type HostOptions } from "../index.ts";
import { BLANK, type JobMessage, type PosterSource } from "./messages.ts";
import { findChild, findPosters, type PosterPlaces } from "./sources.ts";

/** The options of `createRenderer`: which posters, and what each may use. */
export interface RendererOptions {
  /**
   * A folder (a poster's name is its file's without extension), a list of modules, or a map of
   * names.
   */
  posters: PosterPlaces;
  /** Number of child processes. Default: the machine's parallelism. */
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
  /** Number of jobs after which a process is replaced. Default 1000. */
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
   * `true` draws a blank one, which loads the engine but no module of yours.
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

const DEFAULTS = { timeout: 15_000, memory: 2 ** 30, recycle: 1000, retry: 0 };
const KNOWN = [...Object.keys(DEFAULTS), "posters", "processes", "host", "warm", "files", "child"];

/** Timers count in signed 32-bit numbers. */
const MAX_TIMEOUT = 2 ** 31 - 1;

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
  if (typeof options !== "object" || options === null) {
    throw invalid("options", "an object", options);
  }
  const given = options as RendererOptions;
  const stranger = Object.keys(given).find((name) => !KNOWN.includes(name));
  if (stranger) {
    const known = KNOWN.join(", ");
    throw new CanvasError("INVALID", `${show(stranger)}: not one of the options (${known})`);
  }
  const sources = findPosters(given.posters);
  const processes = whole("processes", given.processes ?? availableParallelism(), 1);
  const { host = {}, warm = [], child = process.env.WX_CANVAS_NODE_CHILD || undefined } = given;
  assertSendable(host);
  return {
    sources,
    child: child === undefined ? findChild(sources.values()) : resolve(child),
    processes,
    encoderThreads: encoderThreadsFor(processes),
    timeout: whole("timeout", given.timeout ?? DEFAULTS.timeout, 1, MAX_TIMEOUT),
    memory: whole("memory", given.memory ?? DEFAULTS.memory, 1),
    recycle: whole("recycle", given.recycle ?? DEFAULTS.recycle, 1),
    retry: whole("retry", given.retry ?? DEFAULTS.retry, 0),
    host,
    warm: readWarm(warm, sources),
    files: isTrue("files", given.files),
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

function isTrue(name: string, value: unknown = false): boolean {
  if (typeof value === "boolean") return value;
  throw invalid(name, "true or false", value);
}

function whole(name: string, value: unknown, least: number, most = Number.POSITIVE_INFINITY) {
  const isWhole = Number.isInteger(value) || value === Number.POSITIVE_INFINITY;
  if (isWhole && (value as number) >= least && (value as number) <= most) return value as number;
  const range = Number.isFinite(most) ? `${least} to ${most}` : `${least}`;
  throw invalid(name, `a whole number from ${range}`, value);
}

/** Fails with INVALID unless a host takes the settings and they can be sent to another process. */
function assertSendable(host: HostOptions): void {
  void createHost(host).dispose();
  try {
    structuredClone(host);
  } catch (cause) {
    const reason = `host: settings are sent to other processes: ${(cause as Error).message}`;
    throw new CanvasError("INVALID", reason, { cause, hint: "set it in definePoster({ host })" });
  }
}

function readWarm(
  warm: unknown,
  sources: ReadonlyMap<string, PosterSource>,
): Omit<JobMessage, "host" | "files">[] {
  const job = { wants: "picture", data: {}, format: {}, strict: false } as const;
  if (warm === true) return [{ ...job, source: BLANK, name: "blank" }];
  if (!Array.isArray(warm)) throw invalid("warm", "a list of [name, data]", warm);
  return warm.map((entry) => {
    const [name, data] = Array.isArray(entry) ? entry : [];
    const source = sources.get(name);
    if (!source) throw invalid("warm", "a list of [name of a poster, data]", entry);
    return { ...job, source, name, data };
  });
}
