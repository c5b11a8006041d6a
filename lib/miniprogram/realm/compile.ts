// Compiles JavaScript files, each once in a process, to functions with given parameters.
import { Script } from "node:vm";
import { CanvasError } from "../../errors.ts";
import { derived } from "../files/source.ts";
import { sucrase } from "../peers.ts";
import { BUILT_INS } from "./built-ins.ts";

/** The parameters of a compiled function. */
export interface Parameters {
  names: readonly string[];
  /** Further names that are undefined in the code; it may declare them itself. */
  absent?: readonly string[];
}

/** The script of a file, as {@link functionOf} makes it. */
export function compiled(path: string, parameters: Parameters): Script {
  const { names, absent } = parameters;
  return derived(path, `script ${names} ${absent}`, (text) => compile(text, path, parameters));
}

/**
 * The script of a text. Its value is a function of the built-ins that returns the function with
 * the names as parameters. The code is in the inner one, so that it may declare all other names.
 */
export function functionOf(text: string, filename: string, parameters: Parameters): Script {
  const { names, absent = [] } = parameters;
  const head = `(function(${[...BUILT_INS, ...absent]}){return(function(${names}){`;
  return new Script(`${head}${text}\n})})`, { filename, columnOffset: -head.length });
}

function compile(source: string, path: string, parameters: Parameters): Script {
  const code = source.replace(/^#!.*/, "");
  if (path.endsWith(".ts")) return functionOf(toCommonJs(code, path), path, parameters);
  try {
    return functionOf(code, path, parameters);
  } catch (error) {
    if (!mayBeModule(code)) throw error;
    return functionOf(toCommonJs(code, path), path, parameters);
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
      preserveDynamicImport: true,
      disableESTransforms: true,
    });
    return code;
  } catch (cause) {
    if (!(cause instanceof CanvasError)) throw placed(cause as SyntaxFailure, filePath);
    throw new CanvasError("SOURCE", `${filePath}: ${cause.reason}`, {
      cause: cause.cause,
      hint: "npm install sucrase",
      api: "run",
    });
  }
}

/** An error of the transformer, which has its place at the end of its message, too: `(3:23)`. */
type SyntaxFailure = Error & { loc?: { line: number; column: number } };

function placed(cause: SyntaxFailure, filePath: string): CanvasError {
  const place = [filePath, cause.loc?.line, cause.loc?.column].filter(Boolean).join(":");
  const reason = cause.message.replace(/ \(\d+:\d+\)$/, "");
  return new CanvasError("SOURCE", `${place}: ${reason}`, { cause });
}
