// Where pictures are kept between requests: by default in memory, up to a number of bytes.
import { LRUCache } from "lru-cache";
import { invalid } from "../../errors.ts";

/** Keeps the bytes of pictures by their key: memory, files, an object store, Redis. */
export interface PosterStore {
  /** The bytes, or undefined when there are none. */
  get(key: string): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /** Keeps the bytes. A promise that it returns is waited for when the service closes. */
  put(key: string, bytes: Uint8Array): unknown;
}

/**
 * Makes a store in memory, which drops the least recently used pictures first.
 *
 * @param maxBytes of all pictures together: a whole number, or Infinity; 0 keeps none
 * @throws {CanvasError} `INVALID` for anything else
 * @example
 * const store = createMemoryStore(256 * 2 ** 20); // one for several services
 */
export function createMemoryStore(maxBytes: number): PosterStore {
  const isCount = Number.isInteger(maxBytes) || maxBytes === Number.POSITIVE_INFINITY;
  if (!isCount || maxBytes < 0) {
    const expected = "a whole number from 0, or Infinity";
    throw invalid("maxBytes", expected, maxBytes).named("createMemoryStore");
  }
  if (maxBytes === 0) return { get: () => undefined, put() {} };
  const kept = new LRUCache<string, Uint8Array>({
    maxSize: Math.min(maxBytes, Number.MAX_SAFE_INTEGER),
    sizeCalculation: ({ length }) => Math.max(1, length),
  });
  return {
    get: (key) => kept.get(key),
    put: (key, bytes) => void kept.set(key, bytes),
  };
}
