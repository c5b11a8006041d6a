// The one place that makes caches, so that all can be found: each is bounded in bytes and by age.
import { LRUCache } from "lru-cache";
import { lazily } from "./late.ts";

/** How much a cache keeps, and for how long. */
export interface CacheLimits<Value> {
  /** Roughly how many bytes all keys and values together may take. */
  maxBytes: number;
  /** Milliseconds that a value is kept. */
  maxAgeMs: number;
  /** Bytes of a value. Default 0, for small objects: every entry counts 200 bytes anyway. */
  bytesOf?: (value: Value) => number;
}

/** Bytes that an entry takes beside its key and value. */
const ENTRY_BYTES = 200;

/**
 * Gives a cache with string keys, made at its first use: to load lru-cache and to make caches takes
 * 2 ms, which an import need not wait for. When it is full, the least recently used entry goes
 * first.
 */
export function createCache<Value extends NonNullable<unknown>>({
  maxBytes,
  maxAgeMs,
  bytesOf = () => 0,
}: CacheLimits<Value>): () => LRUCache<string, Value> {
  return lazily(
    () =>
      new LRUCache<string, Value>({
        maxSize: maxBytes,
        sizeCalculation: (value, key) => ENTRY_BYTES + key.length * 2 + bytesOf(value),
        ttl: maxAgeMs,
      }),
  );
}
