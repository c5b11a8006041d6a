// The service's requests and answers, independent of fetch and node:http; failures are JSON.
import { CanvasError } from "../../errors.ts";

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

/** What a refusal of the service has besides its code and reason. */
interface Refusal {
  status: number;
  headers: Record<string, string>;
}

/** A failure of the service itself, with the status and headers of its answer. */
export function refusal(
  status: number,
  code: string,
  reason: string,
  headers: Record<string, string> = {},
): CanvasError {
  return Object.assign(new CanvasError(code, reason), { status, headers } satisfies Refusal);
}

/** The statuses of failures of a render. Others are of the drawing code: 500. */
const STATUSES = new Map([
  ["DATA", 422],
  ["INCOMPLETE", 422],
  ["INVALID", 422],
  // Its size comes from the data or from `?pixelRatio`.
  ["TOO_LARGE", 422],
  ["BUSY", 429],
  ["ABORTED", 499],
  ["DISPOSED", 503],
  ["TIMEOUT", 504],
]);

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
 * folders of this machine.
 *
 * @param retryAfter seconds, for failures that pass
 */
export function failureAnswer(error: CanvasError, retryAfter: () => number): ServiceAnswer {
  const { code, reason } = error;
  const { issues, warnings } = error as CanvasError & { issues?: unknown; warnings?: unknown };
  const { status = STATUSES.get(code) ?? 500, headers } = error as CanvasError & Partial<Refusal>;
  const message = status === 500 ? withoutFolders(reason) : reason;
  const body = JSON.stringify({ error: { code, message, issues, warnings } });
  const answer = textAnswer(body, "application/json");
  return {
    ...answer,
    status,
    headers: {
      ...answer.headers,
      ...headers,
      ...(status === 429 && { "retry-after": String(retryAfter()) }),
      ...(status === 503 && { "retry-after": "1", connection: "close" }),
    },
  };
}

/** A text without the folders of absolute paths, such as that of a module that cannot be loaded. */
function withoutFolders(text: string): string {
  return text.replace(
    /(?<![\w.:/\\-])(?:file:\/\/)?(?:[a-z]:)?[\\/](?:[^\s"'`,:()\\/]+[\\/])+/gi,
    "…/",
  );
}
