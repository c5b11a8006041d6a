// Runs the JavaScript files of a mini-program as its runtime does: CommonJS, with wx in scope.
import { readFileSync } from "node:fs";
import { compileFunction } from "node:vm";
import { CanvasError } from "../../errors.ts";
import { require } from "../../require.ts";
import { resolveEntry, resolveRequire } from "./resolve.ts";

/** Loads the files of one mini-program, each once. */
export interface Modules {
  /** Runs the file, unless it has been, and gives what it exports. */
  load(path: string): { path: string; exports: unknown };
  /** The file that is running now. */
  running(): string;
}

/**
 * What browsers and Node have, and a mini-program has not: code tells by them where it runs.
 *
 * https://developers.weixin.qq.com/miniprogram/dev/framework/runtime/js-support.html
 */
const ABSENT = [
  "window",
  "document",
  "frames",
  "self",
  "location",
  "navigator",
  "localStorage",
  "sessionStorage",
  "history",
  "screen",
  "alert",
  "confirm",
  "prompt",
  "fetch",
  "XMLHttpRequest",
  "WebSocket",
  "Image",
  "HTMLCanvasElement",
  "HTMLImageElement",
  "Blob",
  "FileReader",
  "process",
  "Buffer",
  "__dirname",
  "__filename",
];

/** @param scope what the files see besides `require`, `module` and `exports` */
export function createModules(root: string, scope: Record<string, unknown>): Modules {
  const modules = new Map<string, { exports: unknown }>();
  const running: string[] = [];
  const absent = ABSENT.filter((name) => !Object.hasOwn(scope, name));
  const names = ["require", "module", "exports", ...Object.keys(scope), ...absent];

  function run(path: string): unknown {
    const known = modules.get(path);
    if (known) return known.exports;
    const module = { exports: {} as unknown };
    // Known before it runs: files that require each other get what is there by then.
    modules.set(path, module);
    running.push(path);
    try {
      const source = readFileSync(path, "utf8");
      if (path.endsWith(".json")) {
        module.exports = JSON.parse(source);
      } else {
        const require = (request: unknown) => run(resolveRequire(String(request), path, root));
        const values = [require, module, module.exports, ...Object.values(scope)];
        compile(source, path, names).apply(module.exports, values);
      }
    } catch (error) {
      modules.delete(path);
      throw error;
    } finally {
      running.pop();
    }
    return module.exports;
  }

  return {
    load(given) {
      const path = resolveEntry(given, root);
      return { path, exports: run(path) };
    },
    running: () => running.at(-1) ?? "",
  };
}

type Compiled = (...values: unknown[]) => unknown;

/** In this realm: arrays and errors of the code are those of everybody. */
function compile(source: string, filename: string, names: string[]): Compiled {
  const code = source.replace(/^#!.*/, "");
  try {
    return compileFunction(code, names, { filename }) as Compiled;
  } catch (error) {
    if (!isModuleSyntax(error)) throw error;
    return compileFunction(toCommonJs(code, filename), names, { filename }) as Compiled;
  }
}

/** What V8 says of `import` and `export` in a script. */
function isModuleSyntax(error: unknown): boolean {
  const isSyntax = error instanceof SyntaxError;
  return isSyntax && /import statement|'export'|'import\.meta'|\bimport\b/.test(error.message);
}

/** The transformer is loaded when the first such file is met; line numbers stay what they are. */
function toCommonJs(source: string, filename: string): string {
  let sucrase: typeof import("sucrase");
  try {
    sucrase = require("sucrase");
  } catch (cause) {
    const reason = `${filename}: files with import and export need the package sucrase`;
    throw new CanvasError("SOURCE", reason, { cause, hint: "npm install sucrase", api: "run" });
  }
  const { code } = sucrase.transform(source, {
    transforms: ["imports"],
    filePath: filename,
    preserveDynamicImport: true,
    disableESTransforms: true,
  });
  return code;
}
