// Which URLs a host may fetch, and which network addresses they may lead to.
import { BlockList, isIP } from "node:net";
// The global one may be a polyfill that reads addresses in another way.
import { URL } from "node:url";
import { CanvasError, show } from "../errors.ts";

/** Where remote pictures may come from; each setting is a function of a URL, or a plain answer. */
export interface RemotePolicy {
  remote: boolean | ((url: URL) => boolean);
  privateOrigins: readonly string[] | ((url: URL) => boolean);
}

/** As many characters as servers take in their first line and headers together, at most. */
const URL_MAX_LENGTH = 16_384;

/** The URL of that text, if the host may fetch it; throws SOURCE with the reason if not. */
export function allowedUrl(policy: RemotePolicy, text: string, base?: URL): URL {
  if (text.length > URL_MAX_LENGTH) {
    throw refused(text, `it has more than ${URL_MAX_LENGTH} characters`);
  }
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
  // Pass a copy, which the predicate may change. Only `true` allows a URL; a promise does not.
  return typeof answer === "function" ? answer(new URL(url)) === true : answer;
}

/** The IP address that a URL names itself, without a look-up. */
export function literalAddress({ hostname }: URL): string | undefined {
  const host = hostname.replace(/^\[|\]$/g, "");
  return isIP(host) === 0 ? undefined : host;
}

/**
 * Whether the address is one of the public internet. Everything with another purpose is not:
 * private, loopback, link-local (where clouds keep their credentials), carrier-grade NAT,
 * multicast, documentation, and the IPv6 forms that stand for an IPv4 address.
 */
export function isPublic(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !SPECIAL.check(address, "ipv4");
    case 6:
      // An address with a zone belongs to this machine's own networks.
      return (
        !address.includes("%") &&
        GLOBAL_UNICAST.check(address, "ipv6") &&
        !SPECIAL.check(address, "ipv6")
      );
    default:
      return false;
  }
}

/** No other part of IPv6 is in use. */
const GLOBAL_UNICAST = blockList("2000::/3");

/**
 * https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry,
 * multicast and reserved ranges, and public addresses by which clouds mean services of their own.
 */
const SPECIAL = blockList(
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/3",
  // Azure: https://learn.microsoft.com/en-us/azure/virtual-network/what-is-ip-address-168-63-129-16
  "168.63.129.16/32",
  // IBM Cloud's service networks:
  // https://cloud.ibm.com/docs/vpc?topic=vpc-service-endpoints-for-vpc
  "161.26.0.0/16",
  "166.8.0.0/14",
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "2620:4f:8000::/48",
  "3fff::/20",
);

function blockList(...ranges: string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = "", prefix] = range.split("/");
    list.addSubnet(network, Number(prefix), network.includes(":") ? "ipv6" : "ipv4");
  }
  return list;
}

export function refused(url: string, why: string, cause?: unknown): CanvasError {
  return new CanvasError("SOURCE", `${show(url)}: ${why}`, { cause });
}
