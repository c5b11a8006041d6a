// The only way to open local files: what is read or written is what was checked, even if swapped.
import { type BigIntStats, constants } from "node:fs";
import { CanvasError, show } from "../errors.ts";
import { asyncDispose } from "../known-symbols.ts";
import { type Procedure, run } from "../procedure.ts";
import { disk } from "./file-system.ts";
import { type Paths, refused } from "./paths.ts";

/** An open file that may be read or written; the caller closes it. */
export interface Opened {
  readonly fd: number;
  /** Its real path. */
  readonly path: string;
  readonly stats: BigIntStats;
}

/**
 * Do not follow a link put in the file's place, and do not wait for the other end of a pipe.
 * Windows has neither flag; undefined counts as 0 here.
 */
const SAFELY = constants.O_NOFOLLOW | constants.O_NONBLOCK;
const FLAGS = {
  read: constants.O_RDONLY | SAFELY,
  write: constants.O_WRONLY | constants.O_CREAT | SAFELY,
  append: constants.O_WRONLY | constants.O_APPEND | SAFELY,
};

/** Opens the file that the path means, if the host may read it; the caller closes it. */
export function* openToRead(paths: Paths, given: unknown): Procedure<Opened> {
  const path = yield* paths.find(given);
  return yield* openPlain(path, given, "read", paths.mayRead);
}

/** Opens a file of the host's own. With `write` it is emptied, or created when there is none. */
export function* openToWrite(
  paths: Paths,
  given: unknown,
  how: "write" | "append",
): Procedure<Opened> {
  const path = yield* paths.place(given);
  const opened = yield* openPlain(path, given, how, paths.mayWrite);
  if (how === "append") return opened;
  return yield* closingOnError(opened.fd, function* () {
    yield* disk.fchmod(opened.fd, 0o600);
    yield* disk.ftruncate(opened.fd, 0);
    return opened;
  });
}

/**
 * Opens a plain file: checks before and after that it is one, and after that it is where it may be.
 */
function* openPlain(
  path: string,
  given: unknown,
  how: keyof typeof FLAGS,
  isAllowed?: (realPath: string) => Procedure<boolean>,
): Procedure<Opened> {
  // Check first: opening some devices has an effect, and opening a pipe wakes its writer.
  const before = yield* lookAt(path);
  if (before) assertPlain(before, given);
  const fd = yield* disk.open(path, FLAGS[how], 0o600);
  return yield* closingOnError(fd, function* () {
    const stats = yield* disk.fstat(fd, { bigint: true });
    assertPlain(stats, given);
    if (isAllowed) {
      const { real } = yield* placeOf(fd, path);
      if (!(yield* isAllowed(real))) throw moved(given);
    }
    return { fd, path, stats };
  });
}

function* lookAt(path: string) {
  try {
    return yield* disk.lstat(path);
  } catch {
    // Opening says why, or creates the file.
    return undefined;
  }
}

function assertPlain(stats: { isFile(): boolean; isDirectory(): boolean }, given: unknown): void {
  if (stats.isFile()) return;
  throw refused(given, "it is no file", stats.isDirectory() ? "EISDIR" : "EACCES");
}

/**
 * The real path of an open file, and a name that leads to it: from `/proc`, or else by looking once
 * more.
 */
function* placeOf(fd: number, path: string): Procedure<{ real: string; name: string }> {
  const name = `/proc/self/fd/${fd}`;
  try {
    return { real: yield* disk.readlink(name), name };
  } catch {
    return { real: yield* disk.realpath(path), name: path };
  }
}

function moved(given: unknown): CanvasError {
  return refused(given, "it was moved while it was opened");
}

function* closingOnError<Result>(
  fd: number,
  procedure: () => Procedure<Result>,
): Procedure<Result> {
  try {
    return yield* procedure();
  } catch (error) {
    yield* disk.close(fd);
    throw error;
  }
}

/** Does something with an open file, and closes it. */
export function* closing<Result>(
  { fd }: Opened,
  procedure: () => Procedure<Result>,
): Procedure<Result> {
  try {
    return yield* procedure();
  } finally {
    yield* disk.close(fd);
  }
}

/** Reads `length` bytes from `position` on; fewer when the file has become shorter. */
export function* readPart({ fd }: Opened, position: number, length: number): Procedure<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const count = yield* disk.read(fd, bytes, filled, length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

/** Reads all bytes that the file had when it was opened; what is added meanwhile is cut. */
export function* readAll(opened: Opened, given: unknown, maxBytes: number): Procedure<Buffer> {
  const { size } = opened.stats;
  if (size > maxBytes) throw refused(given, `it has more than ${maxBytes} bytes`, "EFBIG");
  return yield* readPart(opened, 0, Number(size));
}

/** Reads a plain file that the program itself names, wherever it is; links are followed. */
export function* readTrusted(given: string, maxBytes: number): Procedure<Buffer> {
  const path = yield* disk.realpath(given);
  try {
    const opened = yield* openPlain(path, given, "read");
    return yield* closing(opened, () => readAll(opened, given, maxBytes));
  } catch (error) {
    // No policy refused it: throw what the system would have said.
    throw error instanceof CanvasError ? error.cause : error;
  }
}

/** Writes all the bytes at the current position of the file. */
export function* writeAll({ fd }: Opened, bytes: Uint8Array): Procedure<void> {
  for (let written = 0; written < bytes.length; ) {
    written += yield* disk.write(fd, bytes, written, bytes.length - written);
  }
}

/** Windows knows neither flag. */
const FOLDER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * The names in the folder of that real path. A link put in its place, or on the way, is not
 * followed.
 */
export function* namesIn(path: string, given: unknown): Procedure<string[]> {
  if (process.platform === "win32") return yield* disk.readdir(path);
  const fd = yield* disk.open(path, FOLDER, 0);
  try {
    const { real, name } = yield* placeOf(fd, path);
    if (real !== path) throw moved(given);
    return yield* disk.readdir(name);
  } finally {
    yield* disk.close(fd);
  }
}

/** An open file that may be read. */
export interface OpenFile extends AsyncDisposable {
  /** Its real path. */
  readonly path: string;
  /**
   * Changes when the content does: it consists of the path, device and inode, size and times of the
   * file. Undefined while the file is so young that it may change again within the same tick of the
   * file system's clock.
   */
  readonly identity: string | undefined;
  /** All its bytes; fails when there are more than allowed. */
  read(maxBytes: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** The coarsest clock of a file system, FAT's, ticks every two seconds. */
const YOUNG_MS = 2000;

/** Opens the file of that path, if the host may read it. */
export async function openReadable(paths: Paths, given: string): Promise<OpenFile> {
  const opened = await run(openToRead(paths, given)).catch((cause) => {
    if (cause instanceof CanvasError) throw cause;
    throw new CanvasError("SOURCE", `${show(given)}: it cannot be opened`, { cause });
  });
  const close = () => run(disk.close(opened.fd));
  return {
    path: opened.path,
    identity: identityOf(opened),
    read: (maxBytes) => run(readAll(opened, given, maxBytes)),
    close,
    [asyncDispose]: close,
  };
}

function identityOf({ path, stats }: Opened): string | undefined {
  const ageMs = Date.now() - Math.max(Number(stats.mtimeMs), Number(stats.ctimeMs));
  // This covers times in the future, which say nothing.
  if (ageMs < YOUNG_MS) return undefined;
  return [path, stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join("\0");
}
