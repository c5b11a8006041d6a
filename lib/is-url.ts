// Tests whether a value is a URL of any realm; `node:util/types` has no function for that.

export function isUrl(value: unknown): value is URL {
  try {
    return Object.prototype.toString.call(value) === "[object URL]";
  } catch {
    // A revoked proxy throws.
    return false;
  }
}
