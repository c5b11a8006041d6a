// Which file a mini-program's require means: relative, from the package root, or of an npm package.
import { readFileSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { CanvasError, show } from "../../errors.ts";

/** The folders that npm packages lie in: what the developer tools build, and what npm installs. */
const PACKAGES = ["miniprogram_npm", "node_modules"];

/** The file that `require(request)` means in the file `from`. */
export function resolveRequire(request: string, from: string, root: string): string {
  const found =
    /^\.{1,2}($|\/)/.test(request) || request === ""
      ? asFile(resolve(dirname(from), request))
      : request.startsWith("/")
        ? (asFile(join(root, request)) ?? asFile(request))
        : (inPackages(request, from, root) ?? asFile(resolve(dirname(from), request)));
  if (found !== undefined) return found;
  const reason = `there is no module ${show(request)}, as ${from} asks for`;
  throw new CanvasError("SOURCE", reason, { api: "require" });
}

/** The file that the caller of the frame means: anywhere, below the root, or a package's. */
export function resolveEntry(path: string, root: string): string {
  const found =
    (isAbsolute(path) ? asFile(path) : undefined) ??
    asFile(join(root, path)) ??
    inPackages(path, join(root, "index.js"), root);
  if (found !== undefined) return found;
  throw new CanvasError("SOURCE", `there is no file ${show(path)} below ${root}`, { api: "run" });
}

function asFile(path: string): string | undefined {
  return [path, `${path}.js`, `${path}.json`, join(path, "index.js")].find(isFile);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** Looks in the folders of packages from the file upwards; the package root is looked at, too. */
function inPackages(request: string, from: string, root: string): string | undefined {
  const [, name = "", inside = ""] = /^((?:@[^/]+\/)?[^/]+)(?:\/(.*))?$/.exec(request) ?? [];
  const folders = [root];
  for (let folder = dirname(from); !folders.includes(folder); folder = dirname(folder)) {
    folders.splice(-1, 0, folder);
  }
  for (const folder of folders) {
    for (const packages of PACKAGES) {
      const found = inPackage(join(folder, packages, name), inside);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function inPackage(folder: string, inside: string): string | undefined {
  if (inside !== "") return asFile(join(folder, inside));
  const { miniprogram, main } = manifest(folder);
  const entries = [
    typeof miniprogram === "string" ? join(miniprogram, "index.js") : undefined,
    typeof main === "string" ? main : undefined,
    "index.js",
  ];
  for (const entry of entries) {
    const found = entry === undefined ? undefined : asFile(join(folder, entry));
    if (found !== undefined) return found;
  }
  return undefined;
}

function manifest(folder: string): { miniprogram?: unknown; main?: unknown } {
  const path = join(folder, "package.json");
  return isFile(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
}
