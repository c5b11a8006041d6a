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
  const { host = "", origin, cookie = "", ...fetch } = request.headers;
  const { "sec-fetch-site": site, "sec-fetch-mode": mode } = fetch;
  // Browsers leave out the port 80.
  const isLocal = ["127.0.0.1", "localhost", "[::1]"].some(
    (name) => host === `${name}:${port}` || (port === 80 && host === name),
  );
  // Against DNS rebinding: a foreign name that resolves to this machine is none of these.
  if (!token && !isLocal) return `the host ${host} is not this machine`;
  if (origin !== undefined && origin !== `http://${host}`) return `the origin ${origin} is another`;
  const isForeign = site === "cross-site" || (site === "same-site" && mode !== "navigate");
  if (isForeign) return "another site asks";
  if (!token) return undefined;
  const cookies = new Map(
    cookie.split(/; ?/).map((pair) => pair.split("=", 2) as [string, string]),
  );
  const given = cookies.get(cookieOf(port)) ?? tokenIn(request.url ?? "");
  return isSame(given, token) ? undefined : "the token that was printed is missing";
}

/** The cookie with the token: those of one machine are shared by its ports. */
export function cookieOf(port: number): string {
  return `preview-${port}`;
}

/** The token of the link that was printed. */
export function tokenIn(url: string): string {
  return new URLSearchParams(url.split("?")[1] ?? "").get("token") ?? "";
}

function isSame(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}
