// Serves posters over HTTP: checks a request, draws or reuses its picture, and answers.
import { createHash } from "node:crypto";
import { isUint8Array } from "node:util/types";
import { CanvasError, invalid, show, toCanvasError, withApiNameSync } from "../../errors.ts";
import { asyncDispose } from "../../known-symbols.ts";
import { AbortController } from "../../own-globals.ts";
import { clearTimeout, setTimeout, sleep } from "../../timers.ts";
import { type Format, parseFormat } from "../format.ts";
import { posterKey } from "../key.ts";
import type { OwnTypeError, RenderedPoster } from "../render.ts";
import type { Renderer } from "../renderer.ts";
import {
  failureAnswer,
  refusal,
  type ServiceAnswer,
  type ServiceRequest,
  textAnswer,
} from "./answers.ts";
import { aborted, createDrawnOnce } from "./drawn-once.ts";
import { fetchOf, listenerOf, type NodeListener } from "./faces.ts";
import { createMetrics } from "./metrics.ts";
import { fileTypeOf, isMatch } from "./negotiation.ts";
import { type PosterServiceOptions, parseServiceOptions } from "./options.ts";
import { assertSigned, type LinkOptions, signedPath } from "./signature.ts";

/** A service of posters. All its functions can be called without `this`. */
export interface PosterService extends AsyncDisposable {
  /** Answers a web `Request`: for hono, srvx, Bun, Deno, a route handler of Next. */
  fetch(request: Request): Promise<Response>;
  /** Answers a request of `node:http`. As a middleware of express it passes on other paths. */
  readonly listener: NodeListener;
  /**
   * The path and query of a link to a picture, for `<img>`. It needs a `secret`.
   *
   * @example
   * const src = service.sign("invite", { nickname: "小满" }, { expires: 3600, fileType: "jpg" });
   */
  sign(name: string, data?: unknown, options?: LinkOptions): string;
  /**
   * Finishes the requests under way, answers 503 to new ones, and then closes the renderer. Clients
   * of `listener` have received their answers then, and the store its pictures, or they have had
   * the time of a request for it.
   */
  close(): Promise<void>;
}

/** A request for a picture, read and checked. */
interface Wanted {
  name: string;
  data: unknown;
  format: Format;
  /** Whether the client takes a picture of another type, too. */
  isWish: boolean;
  /** Seconds that a client may cache the picture. */
  maxAge: number;
}

type Asked = Omit<Wanted, "isWish">;

/**
 * Makes a service of a renderer's posters: `POST /posters/:name` with JSON, signed links for
 * `GET /posters/:name`, `/healthz`, `/readyz` and `/metrics`.
 *
 * @throws {CanvasError} `INVALID`, naming the option
 * @example
 * const service = createPosterService(createRenderer({ posters: "./posters" }), { secret });
 * http.createServer(service.listener).listen(8080);
 */
export function createPosterService(
  renderer: Renderer,
  options?: PosterServiceOptions,
): PosterService {
  const settings = withApiNameSync("createPosterService", () => {
    if (typeof renderer?.render !== "function") throw invalid("renderer", "a renderer", renderer);
    return parseServiceOptions(options);
  });
  const { path, secrets, store, maxAge, version, maxQueue, maxBody, timeout, strict } = settings;
  const metrics = createMetrics();
  const drawnOnce = createDrawnOnce<Uint8Array>();
  /** Posters that refuse a type for their own. */
  const haveOwnType = new Set<string>();
  const answering = new Set<Promise<unknown>>();
  const sending = new Set<Promise<unknown>>();
  const storing = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;

  const probes: Record<string, () => ServiceAnswer> = {
    "/healthz": () => textAnswer("ok\n"),
    "/readyz": () => {
      if (closing) throw draining();
      if (renderer.stats().ready > 0) return textAnswer("ok\n");
      throw refusal(503, "DISPOSED", "no process can take posters yet");
    },
    "/metrics": () => textAnswer(metrics.read(renderer.stats()), "text/plain; version=0.0.4"),
  };

  function answer(request: ServiceRequest): Promise<ServiceAnswer> {
    const begun = performance.now();
    const answered = route(request)
      .catch((error) =>
        failureAnswer(
          request.signal.aborted ? aborted(request.signal) : toCanvasError(error, "INTERNAL"),
          wait,
        ),
      )
      .then((result) => {
        metrics.count(result.status, performance.now() - begun);
        return result;
      });
    keepUntilSettled(answering, answered);
    return answered;
  }

  async function route(request: ServiceRequest): Promise<ServiceAnswer> {
    const { method } = request;
    const url = readUrl(request.url);
    const probe = Object.hasOwn(probes, url.pathname) ? probes[url.pathname] : undefined;
    const [, name = "", extension] =
      /^([\w-]{1,100})(?:\.(png|jpe?g))?$/i.exec(url.pathname.slice(path.length + 1)) ?? [];
    const isPoster = url.pathname.startsWith(`${path}/`) && renderer.names.includes(name);
    if (!probe && !isPoster) throw refusal(404, "NOT_FOUND", "there is no such poster");
    const isReading = method === "GET" || method === "HEAD";
    if (!isReading && (probe || method !== "POST")) {
      const allow = probe ? "GET, HEAD" : "GET, HEAD, POST";
      throw refusal(405, "METHOD", `${method} is not allowed here`, { allow });
    }
    if (probe) return probe();
    if (closing) throw draining();
    const deadline = new AbortController();
    const clock = setTimeout(() => {
      deadline.abort(refusal(504, "TIMEOUT", `no answer within ${timeout} ms`));
    }, timeout);
    const signal = AbortSignal.any([request.signal, deadline.signal]);
    try {
      const { fileType, isWish } = fileTypeOf(extension, request.header("accept"));
      const type = isWish && haveOwnType.has(name) ? undefined : fileType;
      const asked = isReading
        ? readLink(name, url.searchParams, type)
        : await readOrder(request, name, url.searchParams, type, signal);
      const wanted = { ...asked, isWish };
      return respond(request, await picture(wanted, signal), wanted.maxAge);
    } finally {
      clearTimeout(clock);
    }
  }

  function readLink(name: string, query: URLSearchParams, fileType: Format["fileType"]): Asked {
    assertSigned(secrets, name, query);
    const left = Math.floor(Number(query.get("expires")) - Date.now() / 1000);
    const data = parseJson(query.get("data") as string);
    return { name, data, format: readFormat(query, fileType), maxAge: Math.min(maxAge, left) };
  }

  async function readOrder(
    request: ServiceRequest,
    name: string,
    query: URLSearchParams,
    fileType: Format["fileType"],
    signal: AbortSignal,
  ): Promise<Asked> {
    const format = readFormat(query, fileType);
    if (Number(request.header("content-length")) > maxBody) {
      throw refusal(413, "BODY_TOO_LARGE", `the body has more than ${maxBody} bytes`);
    }
    const encoding = request.header("content-encoding").toLowerCase();
    const body = await until(signal, request.body(maxBody));
    // What a framework has parsed is decoded.
    if (!("parsed" in body) && encoding !== "" && encoding !== "identity") {
      const came = `got ${show(encoding)}`;
      const expected = "content-encoding: expected a body without one";
      throw refusal(415, "ENCODING", `${expected}, ${came}`);
    }
    const data = "parsed" in body ? body.parsed : parseJson(decodeText(body) || "{}");
    return { name, data, format, maxAge: 0 };
  }

  /** The bytes of the picture, of the poster's own type where the client takes that, too. */
  async function picture(wanted: Wanted, signal: AbortSignal): Promise<Uint8Array> {
    const { name, data, format, isWish } = wanted;
    try {
      return await drawn(name, data, format, signal);
    } catch (error) {
      // A page, and legacy code that returns a path, make the type that they make.
      if (!isWish || !(error as OwnTypeError).isOwnType) throw error;
      haveOwnType.add(name);
      return await drawn(name, data, { ...format, fileType: undefined }, signal);
    }
  }

  /** The bytes of a picture: from the store, from a drawing under way, or drawn now. */
  async function drawn(
    name: string,
    data: unknown,
    format: Format,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const key = keyOf(name, data, format);
    return drawnOnce(key, signal, async (signal) => {
      const kept = await fromStore(key);
      if (kept) return kept;
      const { queued, active, ready } = renderer.stats();
      if (queued >= maxQueue && active >= ready) {
        throw refusal(429, "BUSY", `${maxQueue} posters are waiting, which is the limit`);
      }
      const made = await renderer.render(name, data, { ...format, strict, signal });
      keepUntilSettled(storing, toStore(key, made));
      return made.data;
    });
  }

  function keyOf(name: string, data: unknown, format: Format): string {
    try {
      return posterKey(name, data, format, version);
    } catch (error) {
      throw badRequest(toCanvasError(error).reason);
    }
  }

  async function fromStore(key: string): Promise<Uint8Array | undefined> {
    try {
      const kept = (await store.get(key)) ?? undefined;
      if (kept === undefined || mimeOf(kept)) return kept;
      throw invalid("store", "the bytes of a PNG or JPEG from get", kept);
    } catch (error) {
      settings.onError(error);
      return undefined;
    }
  }

  async function toStore(key: string, { data }: RenderedPoster): Promise<void> {
    try {
      await store.put(key, data);
    } catch (error) {
      settings.onError(error);
    }
  }

  /** Estimated seconds until the queue is empty, from how long posters took so far. */
  function wait(): number {
    const { queued, rendered, ready, stages } = renderer.stats();
    const each = (stages.process ?? 0) / Math.max(1, rendered) / Math.max(1, ready);
    return Math.min(60, Math.max(1, Math.ceil((queued * each) / 1000)));
  }

  async function close(): Promise<void> {
    while (answering.size > 0) await Promise.all(answering);
    // A client that reads slowly, and a store, have as long as a request.
    const late = new AbortController();
    const waited = sleep(timeout, undefined, { signal: late.signal }).catch(() => {});
    await Promise.race([Promise.all([...sending, ...storing]), waited]);
    late.abort();
    await renderer.close();
  }

  const isOurs = (url: string) => {
    const [pathname = ""] = url.split("?");
    return pathname.startsWith(`${path}/`) || Object.hasOwn(probes, pathname);
  };
  const service: PosterService = {
    fetch: fetchOf(answer),
    listener: listenerOf(answer, isOurs, (sent) => keepUntilSettled(sending, sent)),
    sign: (name, data = {}, linkOptions = {}) =>
      withApiNameSync("sign", () => {
        const [secret] = secrets;
        if (secret === undefined) throw new CanvasError("INVALID", "sign: needs the option secret");
        if (!renderer.names.includes(name)) throw invalid("name", "the name of a poster", name);
        return signedPath(path, secret, name, data, linkOptions);
      }),
    close() {
      closing ??= close();
      return closing;
    },
    [asyncDispose]: () => service.close(),
  };
  return service;
}

function keepUntilSettled(promises: Set<Promise<unknown>>, promise: Promise<unknown>): void {
  promises.add(promise);
  promise.then(() => promises.delete(promise));
}

function respond(request: ServiceRequest, bytes: Uint8Array, maxAge: number): ServiceAnswer {
  const etag = etagOf(bytes);
  const headers = {
    etag,
    vary: "accept",
    "cache-control": maxAge > 0 ? `public, max-age=${maxAge}` : "no-cache",
  };
  if (isMatch(request.header("if-none-match"), etag)) return { status: 304, headers };
  return {
    status: 200,
    headers: {
      ...headers,
      "content-type": mimeOf(bytes) as string,
      "content-length": String(bytes.length),
      "x-content-type-options": "nosniff",
    },
    body: bytes,
  };
}

/** The type of a picture by its first byte; undefined for anything else. */
function mimeOf(bytes: unknown): string | undefined {
  const first = isUint8Array(bytes) ? bytes[0] : undefined;
  if (first === 0x89) return "image/png";
  return first === 0xff ? "image/jpeg" : undefined;
}

const etags = new WeakMap<Uint8Array, string>();

/** The ETag of the content, computed once for bytes that a memory store returns repeatedly. */
function etagOf(bytes: Uint8Array): string {
  const etag = etags.get(bytes) ?? `"${createHash("sha256").update(bytes).digest("base64url")}"`;
  etags.set(bytes, etag);
  return etag;
}

function readUrl(url: string): URL {
  // A proxy sends all of it.
  const text = url.startsWith("/") ? `http://localhost${url}` : url;
  if (/^https?:/i.test(text) && URL.canParse(text)) return new URL(text);
  throw badRequest("the URL cannot be read");
}

function readFormat(query: URLSearchParams, fileType: Format["fileType"]): Format {
  const number = (name: string) => {
    const text = query.get(name);
    return text === null || text === "" ? undefined : Number(text);
  };
  const given = { fileType, quality: number("quality"), pixelRatio: number("pixelRatio") };
  try {
    return parseFormat(given);
  } catch (error) {
    throw badRequest(toCanvasError(error).reason);
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw badRequest("the body is not UTF-8");
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`the data is not JSON: ${(error as Error).message}`);
  }
}

/** Settles as the promise does, or fails when the signal aborts sooner. */
function until<Value>(signal: AbortSignal, promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(aborted(signal));
    signal.addEventListener("abort", leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}

function badRequest(reason: string): CanvasError {
  return refusal(400, "BAD_REQUEST", reason);
}

function draining(): CanvasError {
  return refusal(503, "DISPOSED", "the service is ending");
}
