// Runs the JavaScript files of a mini-program as its runtime does: as CommonJS modules in a realm.
import { type Aliases, resolveEntry, resolveRequire } from "../files/resolve.ts";
import { readJson } from "../files/source.ts";
import { compiled } from "./compile.ts";
import type { Realm } from "./realm.ts";

/** Loads the files of one mini-program, each once. */
export interface Modules {
  /** Runs the file, unless it has run already, and returns what it exports. */
  load(path: string): { path: string; exports: unknown };
  /** The file that is running now. */
  running(): string;
}

/**
 * Names that browsers and Node have but mini-programs do not: code detects by them where it runs.
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

export function createModules(realm: Realm, root: string, aliases: Aliases): Modules {
  const modules = new Map<string, { exports: unknown }>();
  const running: string[] = [];
  const absent = ABSENT.filter((name) => !Object.hasOwn(realm.global, name));
  const parameters = { names: ["require", "module", "exports"], absent };

  function run(path: string): unknown {
    const known = modules.get(path);
    if (known) return known.exports;
    const module = realm.own({}) as { exports: unknown };
    module.exports = realm.dictionary();
    // Added before it runs: files that require each other get what is exported by then.
    modules.set(path, module);
    running.push(path);
    try {
      if (path.endsWith(".json")) {
        module.exports = realm.own(readJson(path));
      } else {
        const call = realm.run(compiled(path, parameters));
        call.call(module.exports, requireOf(path), module, module.exports);
      }
    } catch (error) {
      modules.delete(path);
      throw error;
    } finally {
      running.pop();
    }
    return module.exports;
  }

  /**
   * The `require` of a file: `require(path)`, and for subpackages `require(path, callback)` and
   * `require.async(path)`.
   */
  function requireOf(from: string) {
    const require = (request: unknown, callback?: unknown, fail?: unknown) => {
      if (typeof callback !== "function")
        return run(resolveRequire(String(request), from, root, aliases));
      require.async(request).then(callback as () => void, fail as () => void);
      return undefined;
    };
    require.async = async (request: unknown) => require(request);
    return require;
  }

  return {
    load(given) {
      const path = resolveEntry(given, root);
      return { path, exports: run(path) };
    },
    running: () => running.at(-1) ?? "",
  };
}
