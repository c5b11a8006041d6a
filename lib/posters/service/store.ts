// Where pictures are kept from one request to the next: by default in memory, up to so many bytes.
import { LRUCache } from "lru-cache";

/** Keeps the bytes of pictures by their key: memory, files, an object store, Redis. */
export interface PosterStore {
  /** The bytes, or undefined when there are none. */
  get(key: string): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  put(key: string, bytes: Uint8Array): unknown;
}

/** A store in memory; what was not asked for the longest goes first. */
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
