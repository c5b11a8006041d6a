// Loads packages late, by a literal `require("…")` that bundlers see, or says how to install them.
import { createRequire } from "node:module";
import { CanvasError } from "./errors.ts";

/**
 * Node's `require`, for the sources. The build drops each import of it. The bundle is CommonJS,
 * where the literal `require("…")` is the module's own, so that bundlers and tracers follow it, and
 * jest replaces it.
 */
export const require: NodeJS.Require = /* @__PURE__ */ createRequire(import.meta.url);

/**
 * Loads an optional peer dependency, synchronously. The `require` is in a function, not in a `try`,
 * where rollup would leave it out.
 *
 * @param name the package, or several with blanks between them, which are installed together
 * @param purpose what needs it, as the start of a sentence: "files with import and export"
 * @throws {CanvasError} `SOURCE` with the command that installs it
 * @example
 * const sucrase = peer<typeof import("sucrase")>("sucrase", "files with import and export", () =>
 *   require("sucrase"),
 * );
 */
export function peer<Package>(name: string, purpose: string, load: () => unknown): Package {
  try {
    return load() as Package;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const isMissing = code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND";
    const names = name.split(" ");
    const what = `the package${names.length > 1 ? "s" : ""} ${names.join(", ")}`;
    const reason = isMissing ? `${purpose} need ${what}` : `${what} cannot be loaded: ${message}`;
    throw new CanvasError("SOURCE", reason, { cause, hint: `npm install ${name}` });
  }
}
