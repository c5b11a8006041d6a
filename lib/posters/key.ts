// The key of a picture in a store: the same poster, data and format have the same key.
import { createHash } from "node:crypto";
import { isAnyArrayBuffer, isMap, isNativeError, isRegExp, isSet } from "node:util/types";
import { CanvasError, invalid, withApiNameSync } from "../errors.ts";
import { type Format, isPosterName } from "./format.ts";

/** Deeper data is refused: no poster needs it, and recursion over it would end the process. */
const MAX_DEPTH = 64;

/**
 * The key under which a picture is stored: letters, digits, `-` and `_`, fit for a file or an
 * object. The order of the keys of `data` makes no difference.
 *
 * @param version what else the picture depends on, such as the version of the posters' code
 * @throws {CanvasError} `INVALID` for a name that no poster has, for data deeper than 64 levels, and
 * for data with objects that have no `toJSON` and would all have the same key: a Map, Set, RegExp,
 * Error or ArrayBuffer, and any other without keys of its own that is neither an array nor plain,
 * such as a Blob or a Promise
 * @example
 * posterKey("invite", { nickname: "小满" }, { fileType: "jpg" }); // "invite-6Lw1…"
 */
export function posterKey(name: string, data: unknown, format: Format = {}, version = ""): string {
  return withApiNameSync("posterKey", () => {
    if (!isPosterName(name)) throw invalid("name", "the name of a poster", name);
    const { fileType, quality, pixelRatio } = format;
    const all = canonical([name, version, data, { fileType, quality, pixelRatio }]);
    return `${name}-${createHash("sha256").update(all).digest("base64url")}`;
  });
}

/** JSON with its keys in order. */
export function canonical(value: unknown): string {
  let depth = 0;
  const sorted = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    depth++;
    if (depth > MAX_DEPTH) {
      throw new CanvasError("INVALID", `data: expected at most ${MAX_DEPTH} levels`);
    }
    const result = withSortedKeys(value, sorted);
    depth--;
    return result;
  };
  return JSON.stringify(sorted(value));
}

/** Whatever they have inside, JSON leaves it out. */
const isOpaque = [isMap, isSet, isRegExp, isNativeError, isAnyArrayBuffer];

function withSortedKeys(value: object, sorted: (value: unknown) => unknown): unknown {
  // Such as a Date. Data may have a key of this name, too.
  if ("toJSON" in value && typeof value.toJSON === "function") return sorted(value.toJSON());
  if (Array.isArray(value)) return value.map(sorted);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  if (isOpaque.some((is) => is(value)) || (entries.length === 0 && !isPlain(value))) {
    throw invalid("data", "values that JSON has", value);
  }
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

/** Whether its prototype is null or `Object.prototype`, of any realm. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
