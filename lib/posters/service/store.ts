// Where pictures are kept between requests: by default in memory, up to a number of bytes.
import { LRUCache } from "lru-cache";

/** Keeps the bytes of pictures by their key: memory, files, an object store, Redis. */
export interface PosterStore {
  /** The bytes, or undefined when there are none. */
  get(key: string): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  put(key: string, bytes: Uint8Array): unknown;
}

/** A store in memory, which drops the least recently used pictures first. */
export function createMemoryStore(maxBytes: number): PosterStore {
  if (maxBytes === 0) return { get: () => undefined, put() {} };
  const kept = new LRUCache<string, Uint8Array>({
    maxSize: maxBytes,
    sizeCalculation: ({ length }) => Math.max(1, length),
  });
  return {
    get: (key) => kept.get(key),
    put: (key, bytes) => void kept.set(key, bytes),
  };
}
