// Where a path points, and whether it may: wxfile://, file:, absolute, package and page paths.
import { mkdirSync } from "node:fs";
import { basename, dirname, isAbsolute, join, parse, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { CanvasError, invalid, show } from "../errors.ts";
import { isInside } from "../inside.ts";
import type { Settings } from "../settings/settings.ts";
import type { TempDirectory } from "../temp/temp-directory.ts";
import { exists, type PathQuery, real, run, runSync } from "./path-query.ts";

/**
 * The paths of one host. Each function takes every form of path that the host's users write, throws
 * SOURCE with the path as it was given and the reason, and answers with a real path: absolute,
 * without symlinks.
 */
export interface Paths {
  /** A file or folder that exists and may be read. */
  readable(path: unknown): Promise<string>;
  readableSync(path: unknown): string;
  /** A place in the host's user or temp directory, where something may be written or removed. */
  writable(path: unknown): Promise<string>;
  writableSync(path: unknown): string;
  /** A file of the host's temp directory, there or not, as a path below `directory.path()`. */
  own(path: unknown): string | undefined;
  /** The same, but the user directory is made first: a place in it may be named before it is there. */
  named(path: unknown): string | undefined;
  /** Whether a real path lies in one of the folders that may be read. */
  mayRead(realPath: string): Promise<boolean>;
  /** The folder of `wxfile://usr`, made on demand. */
  userDirectory(): string;
  /** The folder of `wxfile://store_…`, made on demand. */
  savedDirectory(): string;
}

const SCHEME = "wxfile://";
const USER = "usr";
const SAVED = "store";

export function createPaths({ root, page, roots }: Settings, directory: TempDirectory): Paths {
  /** The places that the path may mean; the first that is there, and allowed, is meant. */
  function candidates(given: unknown): string[] {
    const path = plain(given);
    if (path.startsWith(SCHEME)) return inTemp(path.slice(SCHEME.length), given);
    if (/^file:/i.test(path)) return [fromFileUrl(path, given)];
    if (/^([a-z][a-z\d+.-]+:\/\/|data:)/i.test(path)) throw refused(given, "it is no local path");
    const inPackage = path.startsWith("/") && root !== undefined ? [join(root, path)] : [];
    if (isAbsolute(path)) return [resolve(path), ...inPackage];
    return page === undefined ? [] : [resolve(page, path)];
  }

  /** The place of a `wxfile://` path: none before the directory is made, nothing can be there. */
  function inTemp(name: string, given: unknown): string[] {
    const temp = directory.made();
    const [first] = name.split("/");
    if (first === USER) {
      const [user, path] = [join(temp ?? sep, USER), join(temp ?? sep, name)];
      if (!isInside(path, user)) throw refused(given, "it leads out of the user directory");
      return temp === undefined ? [] : [path];
    }
    if (first !== name || !/^(tmp|store)_/.test(name)) {
      throw refused(given, `expected ${SCHEME}tmp_…, ${SCHEME}store_… or ${SCHEME}usr/…`);
    }
    if (temp === undefined) return [];
    return [name.startsWith("tmp_") ? join(temp, name) : join(temp, SAVED, name)];
  }

  const readableFolders = () => realPaths([directory.made(), root, ...roots]);

  function* readable(given: unknown): PathQuery<string> {
    const folders = yield* readableFolders();
    let why = "there is no such file";
    for (const path of candidates(given)) {
      const found = yield* real(path);
      if (found === undefined) continue;
      if (folders.some((folder) => isInside(found, folder))) return found;
      why = "it is outside the folders that may be read";
    }
    throw refused(given, why, { hint: "the settings `root` and `roots` name the folders" });
  }

  function* writable(given: unknown): PathQuery<string> {
    const folders = yield* realPaths([directory.made()]);
    for (const path of candidates(given)) {
      const place = yield* realPlace(path);
      if (place !== undefined && folders.some((folder) => isInside(place, folder))) return place;
    }
    throw refused(given, "it is not in the user or temp directory of this host");
  }

  /** Makes the folder that a path to be written is in. */
  function prepare(given: unknown): void {
    if (typeof given !== "string" || !given.startsWith(SCHEME)) return;
    make(given.startsWith(`${SCHEME}${SAVED}_`) ? SAVED : USER);
  }

  function make(name: string): string {
    const path = join(directory.pathSync(), name);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  }

  function own(path: unknown): string | undefined {
    const temp = directory.made();
    if (temp === undefined || typeof path !== "string" || path.endsWith("/")) return undefined;
    try {
      const place = runSync(writable(path));
      // As the directory was made, which may be by way of a link.
      const below = relative(runSync(real(temp)) as string, place);
      return below === "" ? undefined : join(temp, below);
    } catch {
      return undefined;
    }
  }

  return {
    readable: async (path) => run(readable(path)),
    readableSync: (path) => runSync(readable(path)),
    async writable(path) {
      prepare(path);
      return run(writable(path));
    },
    writableSync(path) {
      prepare(path);
      return runSync(writable(path));
    },
    own,
    named(path) {
      if (typeof path === "string" && path.startsWith(`${SCHEME}${USER}/`)) make(USER);
      return own(path);
    },
    async mayRead(realPath) {
      const folders = await run(readableFolders());
      return folders.some((folder) => isInside(realPath, folder));
    },
    userDirectory: () => make(USER),
    savedDirectory: () => make(SAVED),
  };
}

/** The real paths of folders; one that does not exist has none, and holds nothing. */
function* realPaths(folders: (string | undefined)[]): PathQuery<string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    const path = folder === undefined ? undefined : yield* real(folder);
    if (path !== undefined) found.push(path);
  }
  return found;
}

/** The real path of a place that need not exist: symlinks are resolved as far as it does. */
function* realPlace(path: string): PathQuery<string | undefined> {
  const found = yield* real(path);
  if (found !== undefined) return found;
  // What exists without a real path is a link to nowhere; writing would create what it points to.
  if (path === parse(path).root || (yield* exists(path))) return undefined;
  const parent = yield* realPlace(dirname(path));
  return parent === undefined ? undefined : join(parent, basename(path));
}

/** What Windows reads as a drive-relative path, a stream of a file, or a device. */
const WINDOWS_ONLY = /^[a-z]:(?![\\/])|^.{2,}:|(^|[\\/])(con|prn|aux|nul|com\d|lpt\d)(\.|$|[\\/])/i;

function plain(given: unknown): string {
  if (typeof given !== "string") throw invalid("path", "a string", given);
  if (given === "") throw refused(given, "it is empty");
  if (given.includes("\0")) throw refused(given, "it has a null byte");
  if (/^[\\/]{2}/.test(given)) throw refused(given, "network paths are not followed");
  const isUrl = /^[a-z][a-z\d+.-]+:/i.test(given);
  if (process.platform === "win32" && !isUrl && WINDOWS_ONLY.test(given)) {
    throw refused(given, "Windows does not read it as a plain path");
  }
  return given;
}

function fromFileUrl(url: string, given: unknown): string {
  try {
    return resolve(plain(fileURLToPath(url)));
  } catch (cause) {
    throw refused(given, "it is no URL of a local file", { cause });
  }
}

function refused(given: unknown, why: string, details?: object): CanvasError {
  return new CanvasError("SOURCE", `${show(given)}: ${why}`, details);
}
