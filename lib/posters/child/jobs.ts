// What a child process does: one job at a time, each in a host of its own.
import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { deserialize } from "node:v8";
import { CanvasError, toCanvasError } from "../../errors.ts";
import type { FetchMessage } from "../../index.ts";
import {
  type Answer,
  BLANK,
  type Fetch,
  type FromChild,
  type JobMessage,
  type PosterDescription,
  type PosterSource,
  packError,
  type ToChild,
} from "../messages.ts";
import { asPoster, definePoster, type Poster } from "../poster.ts";
import { renderInChild } from "../render.ts";
import { callsOf } from "./calls.ts";
import { noteUsedFiles } from "./used-files.ts";

/** The part of `process` that a child process uses. */
export interface Channel {
  on(event: "message", listener: (message: ToChild) => void): unknown;
  send(message: FromChild): unknown;
}

/**
 * Answers jobs one at a time: the renderer sends the next one when it has the last answer.
 *
 * @param noteFiles begins to note the files that this process uses; called with the first job that
 * asks for them
 * @returns tells whether the code that calls it was left behind by an earlier job, such as a timer
 */
export function answerJobs(
  channel: Channel,
  noteFiles: () => () => string[] = noteUsedFiles,
): () => boolean {
  const jobs = new AsyncLocalStorage<JobMessage>();
  let current: JobMessage | undefined;
  let aborting: AbortController | undefined;
  let listFiles: (() => string[]) | undefined;
  channel.on("message", async (message) => {
    if ("abort" in message) return aborting?.abort();
    channel.send({ begun: true });
    aborting = new AbortController();
    const { job } = message;
    current = job;
    if (job.files) listFiles ??= noteFiles();
    const list = job.files ? listFiles : undefined;
    const { signal } = aborting;
    const answer = await jobs.run(job, () => answerOf(job, signal));
    channel.send({ ...answer, ...(list && { files: list() }) });
  });
  channel.send({ ready: true });
  return () => {
    const job = jobs.getStore();
    return job !== undefined && job !== current;
  };
}

async function answerOf(job: JobMessage, signal: AbortSignal): Promise<Answer> {
  const fetches: Fetch[] = [];
  const onFetch = (message: unknown) => {
    const { error, ...fetch } = message as FetchMessage;
    fetches.push({ ...fetch, ...(error && { error: error.message }) });
  };
  subscribe("wx-canvas-node:fetch", onFetch);
  const answer = await tryJob(job, signal);
  unsubscribe("wx-canvas-node:fetch", onFetch);
  return { ...answer, fetches };
}

async function tryJob(job: JobMessage, signal: AbortSignal): Promise<Omit<Answer, "fetches">> {
  const begun = performance.now();
  let load = 0;
  try {
    const { poster, cases } = await loadPoster(job.source, job.name);
    load = performance.now() - begun;
    const { format, strict } = job;
    const data: unknown = deserialize(job.data);
    const own = { ...poster, host: { ...job.host, ...poster.host } };
    const options = { ...format, strict, signal };
    switch (job.wants) {
      case "description":
        return { description: describe(poster, cases), load };
      case "calls":
        return { calls: await callsOf(own, data, options), load };
      default:
        return { picture: await renderInChild(own, data, options), load };
    }
  } catch (error) {
    const failure = toCanvasError(error, "DRAW").named("renderPoster");
    return { error: packError(failure), load };
  }
}

interface Loaded {
  poster: Poster;
  cases?: unknown;
}

const blank = definePoster<unknown>({
  width: 750,
  height: 1334,
  draw({ context }) {
    context.fillRect(0, 0, 375, 667);
    context.fillText("warm", 20, 20);
  },
}) as Poster;

/** The poster of a module (Node caches the module) or of a page. */
async function loadPoster(source: PosterSource, name: string): Promise<Loaded> {
  if (source === BLANK) return { poster: blank };
  if (typeof source !== "string")
    return { poster: definePoster({ miniProgram: source }) as Poster };
  let module: { default?: unknown; cases?: unknown };
  try {
    module = await import(source);
  } catch (error) {
    const why = toCanvasError(error).reason + typeScriptHint(source, error);
    throw new CanvasError("LOAD", `the module of ${name} cannot be loaded: ${why}`, {
      cause: error,
    });
  }
  // CommonJS that was compiled from an ES module has its exports on the default export.
  const inner = module.default as { default?: unknown; cases?: unknown } | undefined;
  const poster = asPoster(inner?.default ?? inner, `the default export of ${name}`);
  return { poster, cases: module.cases ?? inner?.cases };
}

/** What helps where Node does not load TypeScript by itself. */
function typeScriptHint(source: string, error: unknown): string {
  const { code } = Object(error) as { code?: unknown };
  if (code !== "ERR_UNKNOWN_FILE_EXTENSION" || !/\.[cm]?ts$/.test(source)) return "";
  return "; Node 22.18 or newer loads TypeScript, an older one with NODE_OPTIONS=--import=tsx";
}

interface JsonSchema {
  input?(options: { target: string }): unknown;
}

/** Cases may be a list or a map. Cases that cannot be sent to the renderer are left out. */
function describe(poster: Poster, given: unknown): PosterDescription {
  const cases: PosterDescription["cases"] = {};
  for (const [name, data] of Object.entries(given ?? {})) {
    try {
      cases[name] = structuredClone(data);
    } catch {
      // It cannot be sent, such as a function.
    }
  }
  try {
    const standard = poster.data?.["~standard"] as { jsonSchema?: JsonSchema } | undefined;
    const schema = standard?.jsonSchema?.input?.({ target: "draft-2020-12" });
    return schema === undefined ? { cases } : { cases, schema };
  } catch {
    // Schemas with transforms have no JSON Schema.
    return { cases };
  }
}
