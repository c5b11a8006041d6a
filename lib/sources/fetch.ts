// Fetches a URL under a host's policy: limits of time, bytes and redirects, and each hop checked.
import dns, { type LookupAddress } from "node:dns";
import { type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction, Socket } from "node:net";
import { CanvasError, toCanvasError } from "../errors.ts";
import type { Semaphore } from "../semaphore.ts";
import { assertNotAborted, untilAborted, withSignal } from "../signal.ts";
import { nextTurn } from "../timers.ts";
import type { RemotePolicy } from "./policy.ts";
import { allowedUrl, isPrivateOrigin, isPublic, literalAddress, refused } from "./policy.ts";

/** How long and how large a fetch may be. */
export interface RemoteSettings extends RemotePolicy {
  /**
   * Milliseconds for all of it: waiting for its turn, look-up, connection, redirects, header and
   * body.
   */
  timeout: number;
  maxBytes: number;
}

/** What a fetch gives. */
export interface Fetched {
  bytes: Buffer;
  /** The content type of the answer, in lower case, without parameters. */
  type: string;
  /** The URLs asked, in order: the first, and those that it was redirected to. */
  hops: [URL, ...URL[]];
}

const MAX_REDIRECTS = 3;
/** Most answers of status 1xx before the one that counts: servers send one or two. */
const MAX_HINTS = 10;
/** Most bytes of headers and sizes of chunks on a connection, beside as many as the body has. */
const MAX_WASTE = 1_048_576;

/**
 * Fetches the URL when its turn comes. Throws SOURCE with the URL and the reason, or the reason of
 * a signal. It settles within the timeout, for any server.
 */
export function fetchRemote(
  settings: RemoteSettings,
  text: string,
  inTurn: Semaphore,
  signals: readonly AbortSignal[] = [],
): Promise<Fetched> {
  const milliseconds = settings.timeout;
  const failure = () => refused(text, `no answer within ${milliseconds} ms`);
  // The time starts before its turn: a fetch must not wait for each of the hanging servers before
  // it.
  return withSignal({ signals, timeout: { milliseconds, failure } }, async (signal) => {
    try {
      return await inTurn(() => untilAborted(signal, follow(settings, text, signal)), signal);
    } catch (error) {
      assertNotAborted(signal);
      if (error instanceof CanvasError) throw error;
      throw refused(text, toCanvasError(error).reason, error);
    }
  });
}

async function follow(
  settings: RemoteSettings,
  text: string,
  signal: AbortSignal,
): Promise<Fetched> {
  let url = allowedUrl(settings, text);
  const hops: Fetched["hops"] = [url];
  for (;;) {
    const response = await ask(settings, url, signal);
    const { location } = response.headers;
    if (!isRedirect(response.statusCode) || location === undefined) {
      const bytes = await body(response, settings.maxBytes);
      // A body that ends with its connection seems whole when the timeout cuts it off.
      assertNotAborted(signal);
      return { bytes, type: typeOf(response), hops };
    }
    response.destroy();
    if (hops.length > MAX_REDIRECTS) throw new Error(`more than ${MAX_REDIRECTS} redirects`);
    url = allowedUrl(settings, location, url);
    hops.push(url);
  }
}

/** The answer to one request, its body still to come. */
function ask(policy: RemotePolicy, url: URL, signal: AbortSignal): Promise<IncomingMessage> {
  const isInner = isPrivateOrigin(policy, url);
  const literal = literalAddress(url);
  if (!isInner && literal !== undefined && !isPublic(literal)) throw inner(url.hostname, literal);
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request: ClientRequest = send(url, {
      signal,
      // A new connection: one that another host was allowed to make is not reused.
      agent: false,
      // It connects to the very addresses that are checked; there is no second look-up.
      ...(!isInner && { lookup: publicLookup }),
      headers: {
        accept: "image/*,font/*,*/*;q=0.5",
        // Unpacking an answer can give a thousand times the bytes that were counted.
        "accept-encoding": "identity",
        "user-agent": "wx-canvas-node",
      },
    });
    let hints = 0;
    request
      .on("response", resolve)
      .on("error", reject)
      // Node reports 101 by this event alone, and leaves the connection to its listener.
      .on("upgrade", ({ statusCode }, socket) => {
        socket.destroy();
        reject(new Error(`the server answered ${statusCode}`));
      })
      .on("information", () => {
        if (++hints > MAX_HINTS) request.destroy(new Error("the server never comes to an answer"));
      })
      .end();
  });
}

/** Looks a name up, and fails unless every address of it is public. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  dns.lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, "");
    const hidden = addresses.find(({ address }) => !isPublic(address));
    if (hidden) return callback(inner(hostname, hidden.address), "");
    if (options.all) return callback(null, addresses);
    // Never empty: a name without an address is an error.
    const { address, family } = addresses[0] as LookupAddress;
    return callback(null, address, family);
  });
};

function inner(hostname: string, address: string): Error {
  const hint = "the setting `images.privateOrigins` lists exceptions";
  return new Error(`${hostname} is ${address}, which is not on the public internet; ${hint}`);
}

/** The bytes of an answer, counted while they arrive: its header is not trusted. */
async function body(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const { statusCode, headers } = response;
  const refuse = (why: string) => {
    response.destroy();
    return new Error(why);
  };
  if (statusCode !== 200) throw refuse(`the server answered ${statusCode}`);
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw refuse(`the server answered with ${encoding} data`);
  const tooLarge = `it has more than ${maxBytes} bytes`;
  if (Number(headers["content-length"]) > maxBytes) throw refuse(tooLarge);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw refuse(tooLarge);
    chunks.push(chunk);
    const wasted = response.socket.bytesRead - length;
    if (wasted > MAX_WASTE + length) throw refuse("it comes in chunks of a few bytes");
    // Node reads two megabytes of small chunks in one turn of the loop; other work runs in between.
    if (wasted > 65_536 + length / 10) await othersTurn(response.socket);
  }
  return Buffer.concat(chunks);
}

async function othersTurn(socket: Socket): Promise<void> {
  socket.pause();
  await nextTurn();
  socket.resume();
}

function typeOf({ headers }: IncomingMessage): string {
  return (headers["content-type"] ?? "").replace(/;.*/s, "").trim().toLowerCase();
}

function isRedirect(status: number | undefined): boolean {
  return status !== undefined && [301, 302, 303, 307, 308].includes(status);
}
