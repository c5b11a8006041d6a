// The service's requests and answers, independent of fetch and node:http; failures are JSON.
import type { CanvasError } from "../../errors.ts";

/** A request as the service reads it, from a web `Request` or from node:http. */
export interface ServiceRequest {
  method: string;
  /** Path and query. */
  url: string;
  header(name: string): string;
  /** The body, at most `maxBytes` of it, or the value that a framework has already parsed. */
  body(maxBytes: number): Promise<Uint8Array | { parsed: unknown }>;
  /** Aborted when the client is gone. */
  signal: AbortSignal;
}

/** An answer, before it becomes a Response or is written to a socket. */
export interface ServiceAnswer {
  status: number;
  headers: Record<string, string>;
  body?: Uint8Array | string;
}

const STATUS: Record<string, number> = {
  DATA: 422,
  INCOMPLETE: 422,
  INVALID: 422,
  // Its size comes from the data or from `?pixelRatio`.
  TOO_LARGE: 422,
  BAD_REQUEST: 400,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD: 405,
  NOT_ACCEPTABLE: 406,
  BODY_TOO_LARGE: 413,
  ENCODING: 415,
  BUSY: 429,
  ABORTED: 499,
  DISPOSED: 503,
  TIMEOUT: 504,
};

/** The HTTP status of a failure. Failures of the drawing code are 500. */
export function statusOf({ code }: CanvasError): number {
  return STATUS[code] ?? 500;
}

export function textAnswer(text: string, type = "text/plain"): ServiceAnswer {
  const headers = {
    "content-type": `${type}; charset=utf-8`,
    "content-length": String(Buffer.byteLength(text)),
    "cache-control": "no-store",
  };
  return { status: 200, headers, body: text };
}

/**
 * The JSON answer of a failure: its code, the reason and the place. It contains no stacks and no
 * paths of this machine.
 */
export function failureAnswer(
  error: CanvasError,
  headers: Record<string, string> = {},
): ServiceAnswer {
  const { code, reason } = error;
  const { issues, warnings } = error as CanvasError & { issues?: unknown; warnings?: unknown };
  const body = JSON.stringify({ error: { code, message: reason, issues, warnings } });
  const answer = textAnswer(body, "application/json");
  return { ...answer, status: statusOf(error), headers: { ...answer.headers, ...headers } };
}
