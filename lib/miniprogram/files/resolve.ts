// Resolves a mini-program's require: relative paths, paths from the package root, npm packages.
import { dirname, isAbsolute, join, resolve } from "node:path";
import { CanvasError, invalid, show } from "../../errors.ts";
import { isFile, readJson } from "./source.ts";

/** `resolveAlias` of app.json: patterns that end in `*`, and their targets below the root. */
export type Aliases = readonly (readonly [pattern: string, target: string])[];

/** The folders of npm packages: the developer tools' build, and npm's own. */
const PACKAGES = ["miniprogram_npm", "node_modules"];

/** The file that `require(request)` means in the file `from`. */
export function resolveRequire(
  request: string,
  from: string,
  root: string,
  aliases: Aliases = [],
): string {
  const found = resolvePath(request, from, root, aliases, asModule);
  if (found !== undefined) return found;
  const reason = `there is no module ${show(request)}, as ${placeIn(from)} asks for`;
  throw new CanvasError("SOURCE", reason, { api: "require" });
}

/** The line that runs in the file, as `file:line`; the file alone if the stack has none of it. */
function placeIn(file: string): string {
  const [, rest = ""] = String(new Error().stack).split(`${file}:`);
  return [file, Number.parseInt(rest, 10)].filter(Boolean).join(":");
}

/** The path that the request means in the file `from`, if `look` finds something there. */
export function resolvePath(
  request: string,
  from: string,
  root: string,
  aliases: Aliases,
  look: Look,
): string | undefined {
  const aliased = unaliased(request, aliases);
  if (aliased !== undefined) return look(join(root, aliased));
  if (/^\.{1,2}($|\/)/.test(request) || request === "")
    return look(resolve(dirname(from), request));
  if (request.startsWith("/")) return look(join(root, request)) ?? look(request);
  return inPackages(request, from, look) ?? look(resolve(dirname(from), request));
}

/** The file of a path that the library's caller gives: absolute, below the root, or a package. */
export function resolveEntry(path: string, root: string): string {
  if (typeof path !== "string") throw invalid("path", "a path below the root", path).named("run");
  const found =
    (isAbsolute(path) ? asModule(path) : undefined) ??
    asModule(join(root, path)) ??
    inPackages(path, join(root, "index.js"), asModule);
  if (found !== undefined) return found;
  throw new CanvasError("SOURCE", `there is no file ${show(path)} below ${root}`, { api: "run" });
}

type Look = (path: string) => string | undefined;

function asModule(path: string): string | undefined {
  return [
    path,
    `${path}.js`,
    `${path}.ts`,
    `${path}.json`,
    join(path, "index.js"),
    join(path, "index.ts"),
  ].find(isFile);
}

/** The path with its alias replaced: the longest matching pattern wins. */
function unaliased(request: string, aliases: Aliases): string | undefined {
  let best: readonly [string, string] | undefined;
  for (const alias of aliases) {
    const fits = request.startsWith(alias[0].slice(0, -1));
    if (fits && alias[0].length > (best?.[0].length ?? 0)) best = alias;
  }
  return best && best[1].replace(/\*$/, "") + request.slice(best[0].length - 1);
}

/** Looks in the folders of packages from the file upwards, even above the package root. */
function inPackages(request: string, from: string, look: Look): string | undefined {
  const [, name = "", inside = ""] = /^((?:@[^/]+\/)?[^/]+)(?:\/(.*))?$/.exec(request) ?? [];
  let folder = from;
  while (folder !== dirname(folder)) {
    folder = dirname(folder);
    for (const packages of PACKAGES) {
      const found = inPackage(join(folder, packages, name), inside, look);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function inPackage(folder: string, inside: string, look: Look): string | undefined {
  const manifest = join(folder, "package.json");
  const { miniprogram, main } = isFile(manifest) ? readJson(manifest) : {};
  // The folder from which the tools build the package: the one it names, or `miniprogram_dist`.
  // https://developers.weixin.qq.com/miniprogram/dev/devtools/npm.html
  const built = typeof miniprogram === "string" ? miniprogram : "miniprogram_dist";
  const entries =
    inside === ""
      ? [join(built, "index"), typeof main === "string" ? main : "index", "index"]
      : [join(built, inside), inside];
  for (const entry of entries) {
    const found = look(join(folder, entry));
    if (found !== undefined) return found;
  }
  return undefined;
}
