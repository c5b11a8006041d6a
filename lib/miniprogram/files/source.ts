// Caches files and what is made of them for the process, until the files change.
import { readFileSync, type Stats, statSync } from "node:fs";
import { createCache } from "../../cache.ts";
import { CanvasError, toCanvasError } from "../../errors.ts";

/** Limit of the cache, in characters of source; what was made of them is kept with them. */
const MAX_KEPT = 64 * 1024 * 1024;
/** The largest file that is read, in bytes: bundles of mini-programs are limited to 2 MB each. */
const MAX_BYTES = 32 * 1024 * 1024;

interface Kept {
  version: string;
  text: string;
  /** The values made of the text, by kind. */
  made: Map<string, unknown>;
}

const files = createCache<Kept>({
  maxBytes: MAX_KEPT,
  maxAgeMs: 3_600_000,
  bytesOf: ({ text }) => text.length + 1024,
});

export function isFile(path: string): boolean {
  return statOf(path)?.isFile() === true;
}

/** A text that changes with the file's time, size or inode. */
export function versionOf(path: string): string {
  const stats = statOf(path);
  return stats === undefined ? "" : `${stats.mtimeMs}:${stats.size}:${stats.ino}`;
}

export function readText(path: string): string {
  return kept(path).text;
}

/** The result of `make` for the file's text, made again when the file has changed. */
export function derived<Made>(path: string, kind: string, make: (text: string) => Made): Made {
  const { text, made } = kept(path);
  if (!made.has(kind)) made.set(kind, make(text));
  return made.get(kind) as Made;
}

/** Reads a JSON file of a mini-program; each caller gets its own object. */
export function readJson(path: string): Record<string, unknown> {
  const text = readText(path);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch (cause) {
    const { message } = cause as Error;
    const position = /at position (\d+)/.exec(message)?.[1];
    const line =
      position === undefined ? "" : `:${text.slice(0, Number(position)).split("\n").length}`;
    throw new CanvasError("SOURCE", `${path}${line}: ${message}`, { cause });
  }
  throw new CanvasError("SOURCE", `${path}: expected an object`);
}

function kept(path: string): Kept {
  const version = versionOf(path);
  const known = files().get(path);
  if (known?.version === version && version !== "") return known;
  const file = { version, text: read(path), made: new Map() };
  files().set(path, file);
  return file;
}

function read(path: string): string {
  try {
    const size = statSync(path).size;
    if (size > MAX_BYTES) {
      throw new CanvasError("SOURCE", `${path}: it has more than ${MAX_BYTES} bytes`);
    }
    // Editors on Windows begin files with a byte order mark, which parsers reject.
    return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    throw toCanvasError(error, "SOURCE");
  }
}

/** The files examined during the current `lookingOnce` call. */
let looked: Map<string, Stats | undefined> | undefined;

/** Runs the function, and asks the system only once about each file meanwhile. */
export function lookingOnce<Result>(run: () => Result): Result {
  const outer = looked;
  looked ??= new Map();
  try {
    return run();
  } finally {
    looked = outer;
  }
}

function statOf(path: string): Stats | undefined {
  if (!looked) return lookAt(path);
  if (!looked.has(path)) looked.set(path, lookAt(path));
  return looked.get(path);
}

function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // For instance, the path continues below a file.
    return undefined;
  }
}
