// Publishes the outcome of each fetch on a diagnostics channel; free without subscribers.
import { channel } from "node:diagnostics_channel";
import { URL } from "node:url";
import { type CanvasError, toCanvasError } from "../errors.ts";

/** What is published on the channel `wx-canvas-node:fetch` for each picture or font of a URL. */
export interface FetchMessage {
  /** Where it is: the URL without path and query, which may hold secrets. */
  origin: string;
  /** Whether the picture was there already, decoded. */
  cached: boolean;
  /** Milliseconds. */
  time: number;
  /** Bytes of the file; undefined when it failed. */
  bytes?: number;
  /** Why it failed, when it did. */
  error?: CanvasError;
}

const fetches = channel("wx-canvas-node:fetch");

/** Runs a fetch, or the look-up that makes it needless, and publishes its outcome. */
export async function publishFetch<Result extends { bytes: Buffer }>(
  url: string,
  cached: boolean,
  run: () => Result | Promise<Result>,
): Promise<Result> {
  if (!fetches.hasSubscribers) return run();
  const begun = performance.now();
  const origin = URL.canParse(url) ? new URL(url).origin : "";
  const publish = (rest: Partial<FetchMessage>) =>
    fetches.publish({ origin, cached, time: performance.now() - begun, ...rest });
  try {
    const result = await run();
    publish({ bytes: result.bytes.length });
    return result;
  } catch (error) {
    publish({ error: toCanvasError(error) });
    throw error;
  }
}
