// Whether a value is a URL, of whatever realm: Node has no such function beside those of node:util/types.

export function isUrl(value: unknown): value is URL {
  try {
    return Object.prototype.toString.call(value) === "[object URL]";
  } catch {
    // A revoked proxy cannot even be asked what it is.
    return false;
  }
}
