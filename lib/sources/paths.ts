// Resolves and checks the paths of a host: wxfile://, file:, absolute, package and page paths.
import { basename, dirname, isAbsolute, join, parse, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { CanvasError, invalid, show, toCanvasError } from "../errors.ts";
import { isInside } from "../inside.ts";
import { type Procedure, run, runSync } from "../procedure.ts";
import { behindScheme, PATH_FORMS, placeOf, SAVED_FOLDER, USER_FOLDER } from "../temp/layout.ts";
import type { TempDirectory } from "../temp/temp-directory.ts";
import { disk } from "./file-system.ts";

/**
 * The paths of one host. Each function takes every form of path that the host's users write, throws
 * SOURCE with the path as it was given and the reason, and answers with a real path: absolute,
 * without symlinks. The cause of a refusal has the system's code: ENOENT, EACCES, ENAMETOOLONG.
 */
export interface Paths {
  /** A file or folder that exists and may be read. */
  find(path: unknown): Procedure<string>;
  readable(path: unknown): Promise<string>;
  readableSync(path: unknown): string;
  /**
   * The file that a readable path means as WeChat names those of the package: from the root, without
   * a slash in front. Undefined for any other file, and for a real path.
   */
  inPackage(path: string): Procedure<string | undefined>;
  /** A place in the host's user or temp directory, where something may be written or removed. */
  place(path: unknown): Procedure<string>;
  writable(path: unknown): Promise<string>;
  /**
   * A file of the host's temp directory, whether it exists or not, as a path below
   * `directory.path()`.
   */
  own(path: unknown): string | undefined;
  /** The same, but makes the user directory first: a place in it may be named before it exists. */
  named(path: unknown): string | undefined;
  /** Whether a real path lies in one of the folders that may be read. */
  mayRead(realPath: string): Procedure<boolean>;
  /** Whether a real path lies in the temp directory. */
  mayWrite(realPath: string): Procedure<boolean>;
  /** The folder of `wxfile://store_…`, made on demand. */
  savedDirectory(): Procedure<string>;
}

/** The folders of a host, by absolute paths. */
export interface Folders {
  /** The package folder. */
  root?: string | undefined;
  /** The folder that relative paths start from. */
  page?: string | undefined;
  /** Further folders that may be read. */
  roots: readonly string[];
}

export function createPaths(
  { root, page, roots }: Folders,
  directory: Pick<TempDirectory, "made" | "pathSync">,
): Paths {
  /** The places that the path may mean; the first one that exists and is allowed counts. */
  function candidates(given: unknown): string[] {
    const path = plain(isOwnBehindSlash(given) ? given.slice(1) : given);
    const name = behindScheme(path);
    if (name !== undefined) return inTemp(name, given);
    if (/^file:/i.test(path)) return [fromFileUrl(path, given)];
    const [scheme] = /^(?:[a-z][a-z\d+.-]+:(?=\/\/)|data:|blob:)/i.exec(path) ?? [];
    if (scheme !== undefined) throw refused(given, `expected a path, not a URL of ${scheme}`);
    const inPackage = path.startsWith("/") && root !== undefined ? [join(root, path)] : [];
    if (isAbsolute(path)) return [resolve(path), ...inPackage];
    // WeChat names files of the package from its root, with or without a slash in front.
    const folders = [page, path.startsWith(".") ? undefined : root];
    return folders.flatMap((folder) => (folder === undefined ? [] : [resolve(folder, path)]));
  }

  /** Code that finds no `://` in a path takes it for one of the package, and writes `"/" + path`. */
  function isOwnBehindSlash(given: unknown): given is string {
    const temp = directory.made();
    if (temp === undefined || typeof given !== "string" || !given.startsWith("/")) return false;
    return isAbsolute(given.slice(1)) && isInside(given.slice(1), temp);
  }

  /**
   * The place of a `wxfile://` path; none before the directory is made, when no file can be there.
   */
  function inTemp(name: string, given: unknown): string[] {
    const place = placeOf(name);
    if (!place) throw refused(given, `expected ${PATH_FORMS}`);
    const temp = directory.made() ?? sep;
    const path = join(temp, place.path);
    if (!isInside(path, join(temp, place.folder))) {
      throw refused(given, "it leads out of the user directory");
    }
    return directory.made() === undefined ? [] : [path];
  }

  const readableFolders = () => realPaths([directory.made(), root, ...roots]);

  function* find(given: unknown): Procedure<string> {
    const folders = yield* readableFolders();
    let [why, code] = ["there is no such file", "ENOENT"];
    for (const path of candidates(given)) {
      const found = yield* real(path, (error) => {
        // This refusal is of Node's permission model, not of the system.
        if (error.code === "ERR_ACCESS_DENIED") throw toCanvasError(error);
      });
      if (found === undefined) continue;
      if (folders.some((folder) => isInside(found, folder))) return found;
      [why, code] = ["it is outside the folders that may be read", "EACCES"];
    }
    throw refused(given, why, code, "the settings `root` and `roots` name the folders");
  }

  function* inPackage(given: string): Procedure<string | undefined> {
    if (HAS_SCHEME.test(given)) return undefined;
    const found = yield* find(given);
    // Programs of the server use such a path with functions of Node.
    if (isAbsolute(given) && found === (yield* real(resolve(given)))) return undefined;
    const folder = (yield* realPaths([root])).find((folder) => isInside(found, folder));
    return folder && relative(folder, found).split(sep).join("/");
  }

  function* mayWrite(realPath: string): Procedure<boolean> {
    const [temp] = yield* realPaths([directory.made()]);
    return temp !== undefined && isInside(realPath, temp);
  }

  function* placed(given: unknown): Procedure<string> {
    for (const path of candidates(given)) {
      const place = yield* realPlace(path);
      if (place !== undefined && (yield* mayWrite(place))) return place;
    }
    throw refused(given, "it is not in the user or temp directory of this host");
  }

  /** Makes the folder of a `wxfile://` path first. */
  function* place(given: unknown): Procedure<string> {
    const name = typeof given === "string" ? behindScheme(given) : undefined;
    const folder = name && placeOf(name)?.folder;
    if (folder) yield* make(folder);
    return yield* placed(given);
  }

  function* make(folder: string): Procedure<string> {
    const path = join(directory.pathSync(), folder);
    yield* disk.mkdir(path, { recursive: true, mode: 0o700 });
    return path;
  }

  function own(path: unknown): string | undefined {
    const temp = directory.made();
    if (temp === undefined || typeof path !== "string" || path.endsWith("/")) return undefined;
    try {
      const found = runSync(placed(path));
      // Start from the path that the directory was made by, which may lead through a link.
      const below = relative(runSync(disk.realpath(temp)), found);
      return below === "" ? undefined : join(temp, below);
    } catch {
      return undefined;
    }
  }

  return {
    find,
    readable: (path) => run(find(path)),
    readableSync: (path) => runSync(find(path)),
    inPackage,
    place,
    writable: (path) => run(place(path)),
    own,
    named(path) {
      const name = typeof path === "string" ? behindScheme(path) : undefined;
      if (name?.startsWith(`${USER_FOLDER}/`)) runSync(make(USER_FOLDER));
      return own(path);
    },
    *mayRead(realPath) {
      const folders = yield* readableFolders();
      return folders.some((folder) => isInside(realPath, folder));
    },
    mayWrite,
    savedDirectory: () => make(SAVED_FOLDER),
  };
}

/** The path without symlinks, if it leads to something. */
function* real(
  path: string,
  onError?: (error: NodeJS.ErrnoException) => void,
): Procedure<string | undefined> {
  try {
    return yield* disk.realpath(path);
  } catch (error) {
    onError?.(error as NodeJS.ErrnoException);
    return undefined;
  }
}

/** Whether something has that name, even if it is a symlink to nowhere. */
function* exists(path: string): Procedure<boolean> {
  try {
    yield* disk.lstat(path);
    return true;
  } catch {
    return false;
  }
}

/** The real paths of folders; one that does not exist has none, and holds nothing. */
function* realPaths(folders: readonly (string | undefined)[]): Procedure<string[]> {
  const found: string[] = [];
  for (const folder of folders) {
    const path = folder === undefined ? undefined : yield* real(folder);
    if (path !== undefined) found.push(path);
  }
  return found;
}

/** The real path of a place that need not exist: symlinks are resolved as far as it does. */
function* realPlace(path: string): Procedure<string | undefined> {
  const missing: string[] = [];
  let [at, found] = [path, yield* real(path)];
  while (found === undefined) {
    // What exists without a real path is a link to nowhere; writing would create what it points to.
    if (at === parse(at).root || (yield* exists(at))) return undefined;
    missing.unshift(basename(at));
    at = dirname(at);
    found = yield* real(at);
  }
  return join(found, ...missing);
}

/** What Windows reads as a drive-relative path, a stream of a file, or a device. */
const WINDOWS_ONLY =
  /^[a-z]:(?![\\/])|^.{2,}:|(^|[\\/])(con|conin\$|conout\$|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]) *(\.|$|[\\/])/i;
/** `file:` and `wxfile:`; and drives of Windows. */
const HAS_SCHEME = /^[a-z][a-z\d+.-]*:/i;
/** Schemes: the path behind them is checked by itself, or they are refused anyway. */
const SCHEME = /^(file:|data:|[a-z][a-z\d+.-]+:\/\/)/i;

/** The longest path that Linux takes; longer ones would only take long to be refused. */
const PATH_MAX_LENGTH = 4096;

function plain(given: unknown): string {
  if (typeof given !== "string") throw invalid("path", "a string", given);
  if (given === "") throw refused(given, "it is empty");
  if (given.length > PATH_MAX_LENGTH) {
    throw refused(given, `it has more than ${PATH_MAX_LENGTH} characters`, "ENAMETOOLONG");
  }
  if (given.includes("\0")) throw refused(given, "it has a null byte");
  if (/^[\\/]{2}/.test(given)) throw refused(given, "network paths are not followed");
  const path = behindScheme(given) ?? given;
  if (process.platform === "win32" && !SCHEME.test(path) && WINDOWS_ONLY.test(path)) {
    throw refused(given, "Windows does not read it as a plain path");
  }
  return given;
}

function fromFileUrl(url: string, given: unknown): string {
  try {
    return resolve(plain(fileURLToPath(url)));
  } catch (error) {
    throw refused(given, `it is no URL of a local file: ${toCanvasError(error).reason}`);
  }
}

/** A path that may not be used; the cause has the code that the system would have for it. */
export function refused(given: unknown, why: string, code = "EACCES", hint?: string): CanvasError {
  const cause = Object.assign(new Error(`${code}: ${why}, ${show(given)}`), { code });
  return new CanvasError("SOURCE", `${show(given)}: ${why}`, { cause, ...(hint && { hint }) });
}
