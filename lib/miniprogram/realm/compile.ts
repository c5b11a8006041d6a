// Compiles JavaScript files, each once in a process, as functions of their names.
import { Script } from "node:vm";
import { CanvasError } from "../../errors.ts";
import { derived } from "../files/source.ts";
import { sucrase } from "../peers.ts";

/** The script, whose value is a function of the names; evaluated in a realm, it is that realm's. */
export function compiled(path: string, names: readonly string[]): Script {
  return derived(path, `script ${names}`, (text) => compile(text, path, names));
}

/** A script of text that is not a file's own, such as a template's. */
export function functionOf(text: string, filename: string, names: readonly string[]): Script {
  const head = `(function(${names}){`;
  return new Script(`${head}${text}\n})`, { filename, columnOffset: -head.length });
}

function compile(source: string, path: string, names: readonly string[]): Script {
  const code = source.replace(/^#!.*/, "");
  if (path.endsWith(".ts")) return functionOf(toCommonJs(code, path), path, names);
  try {
    return functionOf(code, path, names);
  } catch (error) {
    if (!mayBeModule(code)) throw error;
    return functionOf(toCommonJs(code, path), path, names);
  }
}

/** Code that does not compile as a script may be a module, if it has one of a module's words. */
function mayBeModule(source: string): boolean {
  return /\b(?:import|export)\b/.test(source);
}

/** The transformer is loaded when the first such file is met; line numbers stay what they are. */
function toCommonJs(source: string, filePath: string): string {
  const isTypeScript = filePath.endsWith(".ts");
  const what = isTypeScript ? "TypeScript files" : "files with import and export";
  try {
    const { code } = sucrase(what).transform(source, {
      transforms: isTypeScript ? ["imports", "typescript"] : ["imports"],
      filePath,
      preserveDynamicImport: true,
      disableESTransforms: true,
    });
    return code;
  } catch (cause) {
    if (!(cause instanceof CanvasError)) {
      throw new CanvasError("SOURCE", (cause as Error).message, { cause });
    }
    throw new CanvasError("SOURCE", `${filePath}: ${cause.reason}`, {
      cause: cause.cause,
      hint: "npm install sucrase",
      api: "run",
    });
  }
}
