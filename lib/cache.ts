// Caches: what they keep is bounded in bytes and by age, in this one way, and can be found again.
import { LRUCache } from "lru-cache";

/** How much a cache keeps, and for how long. */
export interface CacheLimits<Value> {
  /** Bytes of all keys and values together, about. */
  maxBytes: number;
  /** Milliseconds that a value is kept. */
  maxAgeMs: number;
  /** Bytes of a value; without it, those of a small object. */
  bytesOf?: (value: Value) => number;
}

/** What an entry takes beside its key and value. */
const ENTRY_BYTES = 200;

/** A cache by strings that keeps what was used last. */
export function createCache<Value extends NonNullable<unknown>>({
  maxBytes,
  maxAgeMs,
  bytesOf = () => 0,
}: CacheLimits<Value>): LRUCache<string, Value> {
  return new LRUCache<string, Value>({
    maxSize: maxBytes,
    sizeCalculation: (value, key) => ENTRY_BYTES + key.length * 2 + bytesOf(value),
    ttl: maxAgeMs,
  });
}
