// The options of a service: their documented type, their defaults, and their checks.
import * as z from "zod/mini";
import { lazily } from "../../late.ts";
import { callback, checked, flag, whole } from "../../option-parts.ts";
import { expecting, parse, preprocessed, type SchemaOf } from "../../validate.ts";
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

const schema = lazily(() => {
  const count = (least: number) => whole(least, 2 ** 31 - 1);
  const isSecret = (one: unknown) => typeof one === "string" && one !== "";
  const isPath = (value: unknown) => typeof value === "string" && /^(?:\/[\w.~-]+)+$/.test(value);
  return z.object({
    path: z._default(checked<string>(isPath, 'a prefix such as "/posters"'), "/posters"),
    secret: z._default(
      checked<string | readonly string[]>(
        (value) => [value].flat().every(isSecret),
        "a text that is not empty, or a list of such",
      ),
      [],
    ),
    store: z.optional(checked<PosterStore>(isStore, "an object with get and put")),
    cache: preprocessed(
      (value) => (value === false ? { maxBytes: 0, maxAge: 0 } : value),
      z.prefault(
        z.object(
          {
            maxBytes: z._default(count(0), 2 ** 26),
            maxAge: z._default(count(0), 3600),
            version: z.transform((value: unknown) => String(value ?? "")),
          },
          { error: expecting("false or an object") },
        ),
        { version: "" },
      ),
    ),
    maxQueue: z._default(count(0), 100),
    maxBody: z._default(count(1), 102_400),
    timeout: z._default(count(1), 15_000),
    strict: z._default(flag(), true),
    onError: z._default(callback<(error: unknown) => void>(), () => warnOfStore),
  } satisfies SchemaOf<PosterServiceOptions>);
});

function isStore(store: unknown): boolean {
  const { get, put } = (store ?? {}) as Partial<PosterStore>;
  return typeof get === "function" && typeof put === "function";
}

function warnOfStore(error: unknown): void {
  process.emitWarning(String(error), { code: "WX_CANVAS_STORE" });
}

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
  const { secret, store, cache, ...settings } = parse(schema, options, {
    strict: "options",
    required: true,
  });
  return {
    ...settings,
    secrets: [secret].flat(),
    store: store ?? createMemoryStore(cache.maxBytes),
    maxAge: cache.maxAge,
    version: cache.version,
  };
}
