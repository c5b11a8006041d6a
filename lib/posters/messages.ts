// The messages between the renderer and its child processes, and how errors are sent.
import { isNativeError } from "node:util/types";
import { serialize } from "node:v8";
import { CanvasError, type ErrorCode, toCanvasError } from "../errors.ts";
import type { FetchMessage, HostOptions } from "../index.ts";
import type { Format } from "./format.ts";
import type { OwnTypeError, RenderedPoster } from "./render.ts";
import { shortened } from "./shortened.ts";

/** Where a poster is: the URL of its module, or a page of a mini-program project. */
export type PosterSource = string | { root: string; page: string };

/** A built-in poster. Drawing it loads the engine and the encoder, but no poster module. */
export const BLANK = "wx-canvas-node:blank";

/** What a job returns: the picture, what the poster's module exports, or the drawing calls. */
export type Wanted = "picture" | "description" | "calls";

/** A job for a child process. */
export interface JobMessage {
  wants: Wanted;
  source: PosterSource;
  name: string;
  /** As `packData` makes it. */
  data: Uint8Array;
  format: Format;
  strict: boolean;
  /** Settings of the host. Those of the poster win over them. */
  host: HostOptions;
  /** Whether the answer lists the files that were used. */
  files: boolean;
}

/**
 * Copies a job's data at once, for the job may wait and its caller change them. Fails with INVALID
 * for values that cannot be sent to another process.
 */
export function packData(data: unknown, what = "data"): Uint8Array {
  try {
    return serialize(data);
  } catch (cause) {
    const expected = "expected a value that can be sent to another process";
    const reason = `${what}: ${expected}: ${toCanvasError(cause).reason}`;
    throw new CanvasError("INVALID", reason, { cause });
  }
}

/** What a child process receives: a job, or the request to abort the job under way. */
export type ToChild = { job: JobMessage } | { abort: true };

/**
 * What a child process sends: it is ready for jobs, it has received a job, it must end, or the
 * job's answer.
 */
export type FromChild =
  | { ready: true }
  | { begun: true }
  /** `isLate`: by code that an earlier job left behind. */
  | { failed: ErrorMessage; isLate: boolean }
  | Answer;

/** The answer to a job: its result or its error. */
export interface Answer {
  picture?: RenderedPoster;
  description?: PosterDescription;
  calls?: PosterCalls;
  error?: ErrorMessage;
  /** Milliseconds that loading the poster's module took. */
  load: number;
  fetches: Fetch[];
  files?: string[];
}

/** The exports of a poster's module besides the poster itself. */
export interface PosterDescription {
  /** Example data by name: what the module exports as `cases`. */
  cases: Record<string, unknown>;
  /** The JSON Schema of the data, if the schema library provides it (`~standard.jsonSchema`). */
  schema?: unknown;
}

/** A call of the drawing code that paints. */
export interface PosterCall {
  /** The method of the context, such as `"fillText"`. */
  name: string;
  /** Its arguments as short text. */
  text: string;
  /**
   * Where the code makes it: `file:line:column`, in the original source where Node has a source
   * map. Empty where it is not known.
   */
  site: string;
}

/** The calls that painted a picture, in their order, and which of them each pixel shows. */
export interface PosterCalls {
  calls: PosterCall[];
  /** The picture's in logical pixels; smaller for a drawing of very many calls. */
  width: number;
  height: number;
  /**
   * For each pixel, row by row: the number of the last call that painted it, from 1; 0 for none.
   */
  owners: Uint32Array;
}

/**
 * One fetch of a job, as published on `wx-canvas-node:fetch`; a failure is reduced to its message.
 */
export type Fetch = Omit<FetchMessage, "error"> & { error?: string };

/** An error as it is sent between processes. */
export interface ErrorMessage {
  code: ErrorCode;
  reason: string;
  hint: string;
  errMsg: string;
  message: string;
  stack: string | undefined;
  /** Details of `DATA` and `INCOMPLETE`. */
  issues: unknown;
  warnings: unknown;
  /** The mark of `OwnTypeError`. */
  isOwnType: boolean;
}

/** Characters of each text of an error that is sent: code may throw one of any length. */
const MAX_TEXT = 10_000;

export function packError(error: CanvasError): ErrorMessage {
  const { code, reason, hint, errMsg, message } = error;
  return {
    code,
    reason: shortened(reason, MAX_TEXT),
    hint: shortened(hint, MAX_TEXT),
    errMsg: shortened(errMsg, MAX_TEXT),
    message: shortened(message, MAX_TEXT),
    stack: stackOf(error),
    issues: detailOf(error, "issues"),
    warnings: detailOf(error, "warnings"),
    isOwnType: isOwnType(error),
  };
}

function isOwnType(error: OwnTypeError): boolean {
  try {
    return error.isOwnType === true;
  } catch {
    // A poster's code may attach anything to an error that it throws.
    return false;
  }
}

/** Entries of a detail, and characters of it as JSON. */
const MAX_ENTRIES = 400;
const MAX_DETAIL = 1_000_000;

/** A detail as plain JSON: a poster's code may attach anything to an error that it throws. */
function detailOf(error: CanvasError, name: "issues" | "warnings"): unknown {
  try {
    const list = (error as Partial<Record<typeof name, unknown>>)[name];
    if (!Array.isArray(list)) return undefined;
    const text = JSON.stringify(list.slice(0, MAX_ENTRIES));
    return text.length > MAX_DETAIL ? undefined : JSON.parse(text);
  } catch {
    // It has a BigInt, a cycle, or code that throws.
    return undefined;
  }
}

/** For an error of the poster's own code, the useful stack is the cause's. */
function stackOf(error: CanvasError): string | undefined {
  try {
    const { stack } = isNativeError(error.cause) ? error.cause : error;
    return stack === undefined ? undefined : shortened(String(stack), MAX_TEXT);
  } catch {
    // It is made when it is read, of a message that may be anything.
    return error.stack;
  }
}

/**
 * Restores the error. Its cause has the stack of the child process, with the poster's own lines.
 */
export function unpackError(packed: ErrorMessage): CanvasError {
  const { code, reason, hint, errMsg, message, stack, issues, warnings, isOwnType } = packed;
  const cause = Object.assign(new Error(message), { stack });
  const error = new CanvasError(code, reason, { cause, hint });
  const details = { ...(issues ? { issues } : {}), ...(warnings ? { warnings } : {}) };
  Object.assign(error, { errMsg, ...details, ...(isOwnType && { isOwnType }) });
  Object.defineProperty(error, "message", { value: message, configurable: true, writable: true });
  return error;
}
