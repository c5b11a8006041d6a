// Which URLs a host may fetch, and which network addresses they may lead to.
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { CanvasError, show } from "../errors.ts";

/** Where remote pictures may come from; each setting asks about a URL, or is a plain answer. */
export interface RemotePolicy {
  remote: boolean | ((url: URL) => boolean);
  privateOrigins: readonly string[] | ((url: URL) => boolean);
}

/** The URL of that text, if the host may fetch it; throws SOURCE with the reason if not. */
export function allowedUrl(policy: RemotePolicy, text: string, base?: URL): URL {
  let url: URL;
  try {
    url = new URL(text, base);
  } catch (cause) {
    throw refused(text, "it is no URL", cause);
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw refused(text, "only http and https are fetched");
  }
  if (url.username !== "" || url.password !== "") throw refused(text, "it carries a password");
  if (!asked(policy.remote, url)) {
    const hint = "the setting `images.remote` allows remote pictures";
    throw new CanvasError("SOURCE", `${show(text)}: this host does not fetch it`, { hint });
  }
  return url;
}

/** Whether the host may fetch this URL although it leads to an inner network. */
export function isPrivateOrigin({ privateOrigins }: RemotePolicy, url: URL): boolean {
  return typeof privateOrigins === "function"
    ? asked(privateOrigins, url)
    : privateOrigins.some((origin) => new URL(origin).origin === url.origin);
}

function asked(answer: boolean | ((url: URL) => boolean), url: URL): boolean {
  // A copy: what the predicate does to it stays with it. Anything but true is a no, a promise too.
  return typeof answer === "function" ? answer(new URL(url)) === true : answer;
}

/** The IP address that a URL names itself, without a look-up. */
export function literalAddress({ hostname }: URL): string | undefined {
  const host = hostname.replace(/^\[|\]$/g, "");
  return isIP(host) === 0 ? undefined : host;
}

/**
 * Whether the address is one of the public internet. Everything with another purpose is not:
 * private, loopback, link-local (where clouds keep their credentials), carrier-grade NAT, multicast,
 * documentation, and the IPv6 forms that stand for an IPv4 address.
 */
export function isPublic(address: string): boolean {
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== "unicast") return false;
  return parsed.kind() === "ipv4" || parsed.match(GLOBAL_UNICAST);
}

/** No other part of IPv6 is given out. */
const GLOBAL_UNICAST = ipaddr.parseCIDR("2000::/3");

export function refused(url: string, why: string, cause?: unknown): CanvasError {
  return new CanvasError("SOURCE", `${show(url)}: ${why}`, { cause });
}
