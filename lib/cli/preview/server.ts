// The preview's server: serves the page and its requests, and notifies it of every change.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { toCanvasError } from "../../errors.ts";
import type { Drawings } from "./drawings.ts";
import { cookieOf, refusalOf, tokenIn } from "./guard.ts";
import { PAGE } from "./page.ts";

/** A running preview server. */
export interface PreviewServer {
  url: string;
  /** Has all open pages draw again. */
  changed(): void;
  close(): void;
}

const MAX_BODY = 1_000_000;

export async function startServer(
  drawings: Drawings,
  { port, host }: { port: number; host: string },
): Promise<PreviewServer> {
  const isLoopback = ["127.0.0.1", "localhost", "::1"].includes(host);
  const token = isLoopback ? undefined : randomBytes(16).toString("base64url");
  const listeners = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => {
      if (!response.headersSent) response.writeHead(500, TEXT);
      response.end(toCanvasError(error).message);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, () => resolve());
  });
  const chosen = (server.address() as AddressInfo).port;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader("x-content-type-options", "nosniff");
    response.setHeader("cross-origin-resource-policy", "same-origin");
    const refusal = refusalOf(request, chosen, token);
    if (refusal) return void response.writeHead(403, TEXT).end(refusal);
    const url = new URL(request.url as string, "http://localhost");
    const [, first = "", second = ""] = url.pathname.split("/");
    const name = url.searchParams.get("poster") ?? "";
    const testCase = url.searchParams.get("case") ?? "";
    if (request.method === "GET") {
      if (first === "") {
        // Loaded again, the page shows what is true, whatever the watcher has seen.
        drawings.refresh();
        return page(request, response);
      }
      if (first === "events") return listen(response);
      if (first === "pictures") return picture(response, drawings.picture(second));
      if (first === "posters") return json(response, drawings.list());
      if (!drawings.list().includes(name)) return void response.writeHead(404, TEXT).end();
      if (first === "description") return json(response, await drawings.describe(name));
      if (first === "design") {
        const file = drawings.design(name, testCase);
        return picture(response, file && readFileSync(file));
      }
    }
    if (request.method === "POST" && drawings.list().includes(name)) {
      const { data, format = {}, id } = JSON.parse(await bodyOf(request));
      if (first === "draw") return json(response, await drawings.draw(name, data, format));
      if (first === "calls") return calls(response, await drawings.calls(name, data));
      if (first === "accept") return json(response, { path: drawings.accept(name, testCase, id) });
    }
    response.writeHead(404, TEXT).end();
  }

  function page(request: IncomingMessage, response: ServerResponse): void {
    const nonce = randomBytes(16).toString("base64");
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": `default-src 'none'; connect-src 'self'; img-src 'self' blob: data:; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
      ...(token && tokenIn(request.url as string) === token
        ? { "set-cookie": `${cookieOf(chosen)}=${token}; HttpOnly; SameSite=Strict` }
        : {}),
    });
    const root = process.cwd().replaceAll("&", "&amp;").replaceAll('"', "&quot;");
    response.end(PAGE.replaceAll("NONCE", nonce).replace("ROOT", () => root));
  }

  /** Opens a stream of server-sent events: browsers reconnect when the preview restarts. */
  function listen(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write("retry: 500\n\n");
    listeners.add(response);
    response.on("close", () => listeners.delete(response));
  }

  return {
    url: linkOf(host, chosen, token),
    changed() {
      for (const response of listeners) response.write("data: changed\n\n");
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The link that is printed. */
export function linkOf(host: string, port: number, token?: string): string {
  const shown = host.includes(":") ? `[${host}]` : host;
  return `http://${shown}:${port}/${token ? `?token=${token}` : ""}`;
}

const TEXT = { "content-type": "text/plain; charset=utf-8" };

function json(response: ServerResponse, value: unknown): void {
  response
    .writeHead(200, { "content-type": "application/json", "cache-control": "no-store" })
    .end(JSON.stringify(value));
}

/** Sends the calls. The owners are numbers packed into a string, which the page unpacks. */
function calls(response: ServerResponse, told: Awaited<ReturnType<Drawings["calls"]>>): void {
  if ("problem" in told) {
    json(response, told);
    return;
  }
  const { buffer, byteOffset, byteLength } = told.owners;
  const owners = Buffer.from(buffer, byteOffset, byteLength).toString("base64");
  json(response, { ...told, owners });
}

function picture(response: ServerResponse, bytes: Uint8Array | string | undefined): void {
  if (!bytes) return void response.writeHead(404, TEXT).end();
  const type = bytes[0] === 0x89 ? "image/png" : "image/jpeg";
  response.writeHead(200, { "content-type": type, "cache-control": "no-store" }).end(bytes);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= MAX_BODY) chunks.push(chunk);
  }
  if (length > MAX_BODY) throw new Error(`the body has more than ${MAX_BODY} bytes`);
  return Buffer.concat(chunks).toString();
}
