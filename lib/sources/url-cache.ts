// Caches which picture a URL gave, for hosts that may fetch all URLs that it led through.
import { createCache } from "../cache.ts";
import { allowedUrl, isPrivateOrigin, type RemotePolicy } from "./policy.ts";

interface Answer {
  /** The picture's content. */
  key: string;
  /** The URLs that were asked, and whether each needed permission to enter an inner network. */
  hops: { url: string; isInner: boolean }[];
}

const answers = createCache<Answer>({
  maxBytes: 8_388_608,
  // Long enough for the drawings of one page, short enough that a new avatar is seen.
  maxAgeMs: 60_000,
  bytesOf: ({ hops }) => hops.reduce((sum, { url }) => sum + url.length * 2, 0),
});

export function set(policy: RemotePolicy, hops: [URL, ...URL[]], key: string): void {
  const way = hops.map((url) => ({ url: url.href, isInner: isPrivateOrigin(policy, url) }));
  answers().set(hops[0].href, { key, hops: way });
}

/**
 * The key of what the URL gave, if this host may fetch all URLs that it led through; throws SOURCE
 * when it may not fetch the URL itself.
 */
export function get(policy: RemotePolicy, text: string): string | undefined {
  const answer = answers().get(allowedUrl(policy, text).href);
  return answer?.hops.every((hop) => mayGo(policy, hop)) ? answer.key : undefined;
}

function mayGo(policy: RemotePolicy, { url, isInner }: Answer["hops"][number]): boolean {
  try {
    const hop = allowedUrl(policy, url);
    return !isInner || isPrivateOrigin(policy, hop);
  } catch {
    return false;
  }
}
