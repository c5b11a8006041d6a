// Compiles JavaScript files, each once in a process, to functions with the given parameters.
import { Script } from "node:vm";
import { CanvasError } from "../../errors.ts";
import { derived } from "../files/source.ts";
import { sucrase } from "../peers.ts";

/**
 * The script of a file. Its value is a function with the names as parameters, in the realm that
 * runs it.
 */
export function compiled(path: string, names: readonly string[]): Script {
  return derived(path, `script ${names}`, (text) => compile(text, path, names));
}

/** The script of a text that is not a file, such as a compiled template. */
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

/** Whether code that does not compile as a script may be a module: it has `import` or `export`. */
function mayBeModule(source: string): boolean {
  return /\b(?:import|export)\b/.test(source);
}

/**
 * Transforms a module to CommonJS with the same line numbers. The transformer is loaded on first
 * use.
 */
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
