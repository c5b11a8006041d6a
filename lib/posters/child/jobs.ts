// What a child process does: one job at a time, each in a host of its own.
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { CanvasError, toCanvasError } from "../../errors.ts";
import type { FetchMessage } from "../../index.ts";
import {
  type Answer,
  type Fetch,
  type FromChild,
  type JobMessage,
  type PosterSource,
  packError,
  type ToChild,
} from "../messages.ts";
import { asPoster, definePoster, type Poster } from "../poster.ts";
import { renderPoster } from "../render.ts";

/** What is used of `process` in a child process. */
export interface Channel {
  on(event: "message", listener: (message: ToChild) => void): unknown;
  send(message: FromChild): unknown;
}

/** Answers jobs; the renderer sends the next one when it has the answer to the last. */
export function answerJobs(channel: Channel): void {
  let aborting: AbortController | undefined;
  channel.on("message", async (message) => {
    if ("abort" in message) return aborting?.abort();
    channel.send({ begun: true });
    aborting = new AbortController();
    channel.send(await answerOf(message.job, aborting.signal));
  });
  channel.send({ ready: true });
}

async function answerOf(job: JobMessage, signal: AbortSignal): Promise<Answer> {
  const fetches: Fetch[] = [];
  const onFetch = (message: unknown) => {
    const { error, ...fetch } = message as FetchMessage;
    fetches.push({ ...fetch, ...(error && { error: error.message }) });
  };
  subscribe("wx-canvas-node:fetch", onFetch);
  const begun = performance.now();
  let load = 0;
  try {
    const poster = await loadPoster(job.source, job.name);
    load = performance.now() - begun;
    const { format, strict, data } = job;
    const own = { ...poster, host: { ...job.host, ...poster.host } };
    const picture = await renderPoster(own, data, { ...format, strict, signal });
    return { picture, load, fetches };
  } catch (error) {
    const failure = toCanvasError(error, "DRAW").named("renderPoster");
    return { error: packError(failure), load, fetches };
  } finally {
    unsubscribe("wx-canvas-node:fetch", onFetch);
  }
}

/** The poster of a module, which Node keeps, or of a page. */
async function loadPoster(source: PosterSource, name: string): Promise<Poster> {
  if (typeof source !== "string") return definePoster({ miniProgram: source }) as Poster;
  let module: { default?: unknown };
  try {
    module = await import(source);
  } catch (error) {
    throw new CanvasError("DRAW", `the module of ${name} cannot be loaded: ${textOf(error)}`, {
      cause: error,
    });
  }
  // CommonJS that was compiled from an ES module has its default in a default.
  const inner = (module.default as { default?: unknown } | undefined)?.default;
  return asPoster(inner ?? module.default, `the default export of ${name}`);
}

function textOf(error: unknown): string {
  return toCanvasError(error).reason;
}
