// Checks that a request comes from the preview's own page, on this machine or with the printed
// token.
import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Why a request is refused; undefined when it is not. */
export function refusalOf(
  request: IncomingMessage,
  port: number,
  token: string | undefined,
): string | undefined {
  const { host = "", origin, cookie = "", "sec-fetch-site": site } = request.headers;
  const isLocal = ["127.0.0.1", "localhost", "[::1]"].some((name) => host === `${name}:${port}`);
  // Against DNS rebinding: a foreign name that resolves to this machine is none of these.
  if (!token && !isLocal) return `the host ${host} is not this machine`;
  if (origin !== undefined && origin !== `http://${host}`) return `the origin ${origin} is another`;
  if (site === "cross-site") return "another site asks";
  if (!token) return undefined;
  const given = /(?:^|;\s*)preview=([\w-]+)/.exec(cookie)?.[1] ?? tokenIn(request.url ?? "");
  return isSame(given, token) ? undefined : "the token that was printed is missing";
}

/** The token of the link that was printed. */
export function tokenIn(url: string): string {
  return new URLSearchParams(url.split("?")[1] ?? "").get("token") ?? "";
}

function isSame(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}
