// The options of a service: their documented type, their defaults, and their checks.
import { CanvasError, invalid, show } from "../../errors.ts";
import { createMemoryStore, type PosterStore } from "./store.ts";

/** How a service answers; all options have defaults. */
export interface PosterServiceOptions {
  /** Prefix of the posters' URLs. Default `"/posters"`. */
  path?: string | undefined;
  /**
   * Signs links. With several, the first signs and all are accepted. Without one, GET answers 403.
   */
  secret?: string | readonly string[] | undefined;
  /** Keeps pictures. Default: in memory, `cache.maxBytes` of them. */
  store?: PosterStore | undefined;
  /** How many pictures are kept, and for how long; `false` keeps none. */
  cache?: false | CacheOptions | undefined;
  /** Posters that may wait for a process; one more is answered with 429. Default 100. */
  maxQueue?: number | undefined;
  /** Largest body of a request, in bytes. Default 102400 (100 KiB). */
  maxBody?: number | undefined;
  /** Milliseconds for a request as a whole, its time in the queue included. Default 15000. */
  timeout?: number | undefined;
  /** Answers 422 where pictures or characters are missing. Default true. */
  strict?: boolean | undefined;
  /** Called with errors of the store; the request is still answered. Default: a process warning. */
  onError?: ((error: unknown) => void) | undefined;
}

/** Which pictures a service and its clients keep. */
export interface CacheOptions {
  /** Limit of the pictures in memory, in bytes. Default 67108864 (64 MiB). */
  maxBytes?: number | undefined;
  /**
   * Seconds that a client may cache the picture of a link, limited by the link's end. Default 3600.
   */
  maxAge?: number | undefined;
  /**
   * Part of each picture's key. Change it when the posters' code changes, so that older pictures
   * are not found.
   */
  version?: string | undefined;
}

const DEFAULTS = { maxQueue: 100, maxBody: 102_400, timeout: 15_000 };
const KNOWN = ["path", "secret", "store", "cache", "strict", "onError", ...Object.keys(DEFAULTS)];

/** The options with every default filled in. */
export interface ServiceSettings {
  path: string;
  secrets: readonly string[];
  store: PosterStore;
  maxAge: number;
  version: string;
  maxQueue: number;
  maxBody: number;
  timeout: number;
  strict: boolean;
  onError: (error: unknown) => void;
}

/** Reads the options; throws INVALID, naming the first that cannot be used. */
export function parseServiceOptions(options: unknown = {}): ServiceSettings {
  if (typeof options !== "object" || options === null) {
    throw invalid("options", "an object", options);
  }
  const stranger = Object.keys(options).find((name) => !KNOWN.includes(name));
  if (stranger) {
    const known = KNOWN.join(", ");
    throw new CanvasError("INVALID", `${show(stranger)}: not one of the options (${known})`);
  }
  const given = options as PosterServiceOptions;
  const { path = "/posters", secret = [], cache = {}, strict = true } = given;
  if (typeof path !== "string" || !/^(?:\/[\w.~-]+)+$/.test(path)) {
    throw invalid("path", 'a prefix such as "/posters"', path);
  }
  const secrets = typeof secret === "string" ? [secret] : secret;
  const isSecret = (one: unknown) => typeof one === "string" && one !== "";
  if (!Array.isArray(secrets) || !secrets.every(isSecret)) {
    throw invalid("secret", "a text that is not empty, or a list of such", secret);
  }
  if (typeof strict !== "boolean") throw invalid("strict", "true or false", strict);
  const { maxBytes = 2 ** 26, maxAge = 3600, version = "" } = cacheOf(cache);
  return {
    path,
    secrets,
    store: storeOf(given.store) ?? createMemoryStore(count("cache.maxBytes", maxBytes, 0)),
    maxAge: count("cache.maxAge", maxAge, 0),
    version: String(version),
    maxQueue: count("maxQueue", given.maxQueue ?? DEFAULTS.maxQueue, 0),
    maxBody: count("maxBody", given.maxBody ?? DEFAULTS.maxBody, 1),
    timeout: count("timeout", given.timeout ?? DEFAULTS.timeout, 1),
    strict,
    onError: onErrorOf(given.onError),
  };
}

function cacheOf(cache: unknown): CacheOptions {
  if (cache === false) return { maxBytes: 0, maxAge: 0 };
  if (typeof cache === "object" && cache !== null) return cache;
  throw invalid("cache", "false or an object", cache);
}

function storeOf(store: unknown): PosterStore | undefined {
  if (store === undefined) return undefined;
  const { get, put } = (store ?? {}) as Partial<PosterStore>;
  if (typeof get === "function" && typeof put === "function") return store as PosterStore;
  throw invalid("store", "an object with get and put", store);
}

function onErrorOf(given: unknown): (error: unknown) => void {
  if (typeof given === "function") return given as (error: unknown) => void;
  if (given !== undefined) throw invalid("onError", "a function", given);
  return (error) => process.emitWarning(String(error), { code: "WX_CANVAS_STORE" });
}

function count(name: string, value: unknown, least: number): number {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) < 2 ** 31) {
    return value as number;
  }
  throw invalid(name, `a whole number from ${least} to 2147483647`, value);
}
