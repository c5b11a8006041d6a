// Finds the test file of a picture: the given one, or the file of the calling code.
import { isAbsolute, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CanvasError, invalid } from "../errors.ts";

/**
 * The path of `in`: an `import.meta.url`, a `__filename`, or a path relative to the working
 * directory.
 */
export function fileOf(given: string | URL): string {
  const text = String(given);
  if (/^file:/i.test(text)) return withoutQuery(text);
  if (/^[a-z][a-z0-9+.-]+:/i.test(text)) throw invalid("in", "a path or a file: URL", text);
  return resolve(text);
}

/** The file of the code that called `below`; throws when that is no file. */
export function callingFile(below: (...args: never[]) => unknown): string {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const holder: { stack?: unknown } = {};
  try {
    // Places of the loaded files: source maps may name files that do not exist.
    Error.stackTraceLimit = 1;
    Error.prepareStackTrace = (_, frames) => frames[0]?.getFileName();
    Error.captureStackTrace(holder, below);
    const file = holder.stack;
    if (typeof file === "string") {
      if (file.startsWith("file:")) return withoutQuery(file);
      if (isAbsolute(file)) return file;
    }
  } finally {
    Object.assign(Error, { prepareStackTrace, stackTraceLimit });
  }
  const hint = "the calling code is in no file that is known; give `in: import.meta.url`";
  throw new CanvasError("INVALID", "in: expected the test file, got nothing", { hint });
}

/** The URL without the query that runners add to load a module again. */
function withoutQuery(url: string): string {
  const { href } = Object.assign(new URL(url), { search: "", hash: "" });
  return fileURLToPath(href);
}
