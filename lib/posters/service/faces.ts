// The two interfaces of the service: web Request and Response, and a listener of node:http.
import type { IncomingMessage, ServerResponse } from "node:http";
import { isDeepStrictEqual } from "node:util";
import { isUint8Array } from "node:util/types";
import { AbortController } from "../../own-globals.ts";
import { setTimeout } from "../../timers.ts";
import { refusal, type ServiceAnswer, type ServiceRequest } from "./answers.ts";

type Answer = (request: ServiceRequest) => Promise<ServiceAnswer>;

/** The service as a fetch handler, for hono, srvx, Bun, Deno, and route handlers of Next. */
export function fetchOf(answer: Answer): (request: Request) => Promise<Response> {
  return async (request) => {
    const { pathname, search } = new URL(request.url);
    const { status, headers, body } = await answer({
      method: request.method,
      url: pathname + search,
      header: (name) => request.headers.get(name) ?? "",
      body: (maxBytes) => readAll(request.body ?? [], maxBytes),
      signal: request.signal,
    });
    const isBodiless = request.method === "HEAD" || status === 304;
    return new Response(isBodiless ? null : (body as string | Uint8Array<ArrayBuffer>), {
      status,
      headers,
    });
  };
}

/** A listener of node:http and a middleware of express: it passes on requests for other paths. */
export type NodeListener = (
  request: IncomingMessage & { originalUrl?: string; body?: unknown },
  response: ServerResponse,
  next?: () => void,
) => void;

/**
 * The service as a listener.
 *
 * @param sending called with a promise for each request, which resolves when its answer has been
 * sent or its client is gone
 */
export function listenerOf(
  answer: Answer,
  isOurs: (url: string) => boolean,
  sending: (sent: Promise<unknown>) => void,
): NodeListener {
  return (request, response, next) => {
    const url = request.originalUrl ?? (request.url as string);
    if (next && !isOurs(url)) {
      next();
      return;
    }
    const gone = new AbortController();
    response.on("close", () => {
      if (!response.writableFinished) gone.abort();
    });
    const header = (name: string) => String(request.headers[name] ?? "");
    const asked: ServiceRequest = {
      method: request.method as string,
      url,
      header,
      // A framework that has read the body leaves its bytes, text or parsed value in `request.body`.
      body: async (maxBytes) => {
        const { body } = request;
        if (isUint8Array(body)) return readAll([body], maxBytes);
        const isText = typeof body === "string" && !/json/i.test(header("content-type"));
        if (isText) return readAll([Buffer.from(body)], maxBytes);
        // Parsers of express 4 leave an empty object for a body that they do not read.
        const isLeft = request.readableDidRead === false && isDeepStrictEqual(body, {});
        if (body !== undefined && !isLeft) return { parsed: body };
        // Destroying the request would close its connection before the answer is sent.
        return readAll(request.iterator({ destroyOnReturn: false }), maxBytes);
      },
      signal: gone.signal,
    };
    sending(new Promise((resolve) => response.on("finish", resolve).on("close", resolve)));
    answer(asked).then(({ status, headers, body }) => {
      // Another middleware may have answered, such as one that limits the time.
      if (response.destroyed || response.headersSent) return;
      if (!request.complete) discardRest(request);
      // HTTP/2 has no such header.
      if (request.httpVersionMajor > 1) delete headers.connection;
      response.writeHead(status, headers).end(asked.method === "HEAD" ? undefined : body);
    });
  };
}

/** Milliseconds for the rest of a body that is not wanted. */
const LINGER = 2_000;

/** Reads on for a while: closed at once, the connection could lose the answer on its way. */
function discardRest(request: IncomingMessage): void {
  request.resume();
  setTimeout(() => {
    if (!request.complete) request.destroy();
  }, LINGER).unref();
}

async function readAll(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > maxBytes) {
      throw refusal(413, "BODY_TOO_LARGE", `the body has more than ${maxBytes} bytes`);
    }
    read.push(chunk);
  }
  return Buffer.concat(read);
}
