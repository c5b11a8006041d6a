// Answers of the service before they are a Response or written to a socket; failures as JSON.
import type { CanvasError } from "../../errors.ts";

/** A request as the service reads it, of the web or of node:http. */
export interface ServiceRequest {
  method: string;
  /** Path and query. */
  url: string;
  header(name: string): string;
  /** The bytes of the body, at most so many; or the value that a framework has read already. */
  body(maxBytes: number): Promise<Uint8Array | { parsed: unknown }>;
  /** Aborted when the client is gone. */
  signal: AbortSignal;
}

/** What is sent back. */
export interface ServiceAnswer {
  status: number;
  headers: Record<string, string>;
  body?: Uint8Array | string;
}

const STATUS: Record<string, number> = {
  DATA: 422,
  INCOMPLETE: 422,
  INVALID: 422,
  BAD_REQUEST: 400,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD: 405,
  NOT_ACCEPTABLE: 406,
  BODY_TOO_LARGE: 413,
  BUSY: 429,
  ABORTED: 499,
  DISPOSED: 503,
  TIMEOUT: 504,
};

/** The status of a failure; whatever the drawing code does is 500. */
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

/** A failure: its code, what was wrong, and where. Stacks and paths of the machine stay here. */
export function failureAnswer(
  error: CanvasError,
  headers: Record<string, string> = {},
): ServiceAnswer {
  const { code, reason } = error;
  const { issues, warnings } = error as unknown as Record<string, unknown>;
  const body = JSON.stringify({ error: { code, message: reason, issues, warnings } });
  const answer = textAnswer(body, "application/json");
  return { ...answer, status: statusOf(error), headers: { ...answer.headers, ...headers } };
}
