// What the renderer and its child processes say to each other, and errors on that way.
import { isNativeError } from "node:util/types";
import { CanvasError, type ErrorCode } from "../errors.ts";
import type { FetchMessage, HostOptions } from "../index.ts";
import type { Format } from "./poster.ts";
import type { RenderedPoster } from "./render.ts";

/** Where a poster is: the URL of its module, or a page of a mini-program project. */
export type PosterSource = string | { root: string; page: string };

/** A poster that every process has: drawing it loads the engine and the encoder, and no module of others. */
export const BLANK = "wx-canvas-node:blank";

/** What is asked of a poster: its picture, what its module says of it, or the calls that draw it. */
export type Wanted = "picture" | "description" | "calls";

/** What a child process is asked. */
export interface JobMessage {
  wants: Wanted;
  source: PosterSource;
  name: string;
  data: unknown;
  format: Format;
  strict: boolean;
  /** Settings of the host, below those of the poster. */
  host: HostOptions;
}

/** What a child process is sent: a job, or that the job's picture is not wanted any more. */
export type ToChild = { job: JobMessage } | { abort: true };

/** What a child process sends: it can take jobs, it has a job, it must end, or what became of its job. */
export type FromChild = { ready: true } | { begun: true } | { failed: ErrorMessage } | Answer;

/** What became of a job. */
export interface Answer {
  picture?: RenderedPoster;
  description?: PosterDescription;
  calls?: PosterCalls;
  error?: ErrorMessage;
  /** Milliseconds that loading the poster's module took. */
  load: number;
  fetches: Fetch[];
}

/** What the module of a poster says of it. */
export interface PosterDescription {
  /** Data to show it with, by name: what the module exports as `cases`. */
  cases: Record<string, unknown>;
  /** The JSON Schema of its data, of libraries that tell it (`~standard.jsonSchema`). */
  schema?: unknown;
}

/** One call of the drawing code, or a property that it sets. */
export interface PosterCall {
  name: string;
  /** Its arguments as text, in short. */
  text: string;
  /** Where it stands: `file:line:column`. */
  site: string;
}

/** The calls of a drawing in their order, and which of them each pixel shows. */
export interface PosterCalls {
  calls: PosterCall[];
  /** In logical pixels. */
  width: number;
  height: number;
  /** Of each pixel, row by row, the number of the last call that changed it, counted from 1; or 0. */
  owners: Uint16Array;
}

/** One fetch of a job, as the channel `wx-canvas-node:fetch` has it; of its failure the message. */
export type Fetch = Omit<FetchMessage, "error"> & { error?: string };

/** An error as it crosses between processes. */
export interface ErrorMessage {
  code: ErrorCode;
  reason: string;
  errMsg: string;
  message: string;
  stack: string | undefined;
  /** Details of `DATA` and `INCOMPLETE`. */
  issues: unknown;
  warnings: unknown;
}

export function packError(error: CanvasError): ErrorMessage {
  const { code, reason, errMsg, message } = error;
  const { issues, warnings } = error as unknown as Record<string, unknown>;
  // Of what the poster's own code threw, its own place is of use.
  const { stack } = isNativeError(error.cause) ? error.cause : error;
  return { code, reason, errMsg, message, stack, issues, warnings };
}

/** The error again; its cause has the stack of the child process, with the poster's own lines. */
export function unpackError(packed: ErrorMessage): CanvasError {
  const { code, reason, errMsg, message, stack, issues, warnings } = packed;
  const cause = Object.assign(new Error(message), { stack });
  const error = new CanvasError(code, reason, { cause });
  Object.assign(error, { errMsg }, issues ? { issues } : {}, warnings ? { warnings } : {});
  Object.defineProperty(error, "message", { value: message, configurable: true, writable: true });
  return error;
}
