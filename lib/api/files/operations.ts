// The operations of wx's file system manager, each written once for its async and sync form.
import { createHash } from "node:crypto";
import { dirname, extname, join, relative } from "node:path";
import * as z from "zod/mini";
import { CanvasError } from "../../errors.ts";
import type { HostContext } from "../../host-context.ts";
import { lazily } from "../../late.ts";
import { isTrue, optionalText, text } from "../../option-parts.ts";
import type { Procedure } from "../../procedure.ts";
import { disk } from "../../sources/file-system.ts";
import {
  closing,
  namesIn,
  type Opened,
  openToRead,
  openToWrite,
  readPart,
  writeAll,
} from "../../sources/open.ts";
import { newSavedName, SAVED_FOLDER, toPublicPath, USER_FOLDER } from "../../temp/layout.ts";
import { withOptions } from "../../validate.ts";
import { bytesFrom, toArrayBuffer } from "../base64.ts";
import { codeOf, failure, moving, naming, opening, worded } from "./errors.ts";
import { data, digestAlgorithm, encoding } from "./options.ts";
import { eachPiece, part } from "./pieces.ts";
import { described, type FileStats, type Stats, seconds } from "./stats.ts";
import { removeTree, tree } from "./tree.ts";

/** A saved file; the time is in seconds. */
export interface SavedFile {
  filePath: string;
  size: number;
  createTime: number;
}

/** The result of each operation, by its name. */
export interface Results {
  access: object;
  appendFile: object;
  copyFile: object;
  getFileInfo: { size: number; digest: string };
  getSavedFileInfo: { size: number; createTime: number };
  getSavedFileList: { fileList: SavedFile[] };
  mkdir: object;
  readdir: { files: string[] };
  readFile: { data: string | ArrayBuffer };
  removeSavedFile: object;
  rename: object;
  rmdir: object;
  saveFile: { savedFilePath: string };
  stat: { stats: Stats | FileStats[] };
  unlink: object;
  writeFile: object;
}

const pathOptions = lazily(() => z.object({ path: text() }));
const fileOptions = lazily(() => z.object({ filePath: text() }));
const folderOptions = lazily(() => z.object({ dirPath: text(), recursive: isTrue() }));
const copyOptions = lazily(() => z.object({ srcPath: text(), destPath: text() }));
const digestOptions = lazily(() =>
  z.object({ digestAlgorithm: digestAlgorithm(), filePath: text() }),
);
// The length of the file limits position and length.
const readOptions = lazily(() =>
  z.object({
    filePath: text(),
    encoding: encoding(),
    position: z.unknown(),
    length: z.unknown(),
  }),
);
const renameOptions = lazily(() => z.object({ oldPath: text(), newPath: text() }));
const saveOptions = lazily(() => z.object({ tempFilePath: text(), filePath: optionalText() }));
const statOptions = lazily(() => z.object({ path: text(), recursive: isTrue() }));
const writeOptions = lazily(() =>
  z.object({ encoding: encoding(), data: data(), filePath: text() }),
);

/**
 * The operations. They read where the host may read, and write to its user and temp directories.
 *
 * https://developers.weixin.qq.com/miniprogram/dev/api/file/FileSystemManager.html
 */
export function fileOperations(host: HostContext): {
  [Name in keyof Results]: (options: unknown) => Procedure<Results[Name]>;
} {
  const { directory, paths, settings } = host;

  /** The path below the temp directory, which exists whenever a file belongs to the host. */
  const inTemp = (own: string) => relative(directory.made() as string, own);

  /** A path of the host that may be moved or removed: any but its user and saved folders. */
  function* removable(path: unknown): Procedure<string> {
    const place = yield* paths.place(path);
    const own = paths.own(path);
    if (own === undefined || [USER_FOLDER, SAVED_FOLDER].includes(inTemp(own)))
      throw failure("EACCES");
    return place;
  }

  function* saved(path: unknown): Procedure<string> {
    const own = paths.own(path);
    const isSaved = own !== undefined && dirname(inTemp(own)) === SAVED_FOLDER;
    if (isSaved && (yield* isThere(own))) return own;
    throw new CanvasError("ENOENT", "file not exist");
  }

  function write(way: "append" | "write"): (options: unknown) => Procedure<object> {
    return withOptions(writeOptions, function* ({ filePath, data, encoding = "utf8" }) {
      // A copy of bytes, which the caller may change before they are written.
      const bytes =
        typeof data === "string" ? Buffer.from(data, encoding) : Buffer.from(bytesFrom(data));
      const operation = function* () {
        const file = yield* openToWrite(paths, filePath, way);
        yield* closing(file, () => writeAll(file, bytes));
      };
      yield* worded(opening(filePath), operation());
      return {};
    });
  }

  /** For a folder, copying fails with another message of WeChat's (EPERM) than reading (EISDIR). */
  function* openSource(srcPath: string): Procedure<Opened> {
    try {
      return yield* openToRead(paths, srcPath);
    } catch (error) {
      throw codeOf(error) === "EISDIR" ? failure("EPERM") : error;
    }
  }

  /** The copy is private for any mode of its source; a failed copy is removed. */
  function* copyTo(from: Opened, destPath: string): Procedure<void> {
    // A copy onto itself would empty the file.
    if ((yield* paths.place(destPath)) === from.path) return;
    const to = yield* openToWrite(paths, destPath, "write");
    try {
      yield* closing(to, () => eachPiece(from, (piece) => writeAll(to, piece)));
    } catch (error) {
      yield* disk.unlink(to.path);
      throw error;
    }
  }

  return {
    access: withOptions(pathOptions, function* ({ path }) {
      yield* worded(naming(path), paths.find(path));
      return {};
    }),
    appendFile: write("append"),
    copyFile: withOptions(copyOptions, function* ({ srcPath, destPath }) {
      const operation = function* () {
        const from = yield* openSource(srcPath);
        yield* closing(from, () => copyTo(from, destPath));
      };
      yield* worded(moving("copyFile", srcPath, destPath), operation());
      return {};
    }),
    getFileInfo: withOptions(digestOptions, function* ({ filePath, digestAlgorithm }) {
      try {
        const file = yield* openToRead(paths, filePath);
        const hash = createHash(digestAlgorithm ?? "md5");
        const size = yield* closing(file, () =>
          eachPiece(file, (piece) => void hash.update(piece)),
        );
        return { size, digest: hash.digest("hex") };
      } catch (cause) {
        throw new CanvasError("ENOENT", "file not exist", { cause });
      }
    }),
    getSavedFileInfo: withOptions(fileOptions, function* ({ filePath }) {
      const { size, mtimeMs } = yield* disk.stat(yield* saved(filePath));
      return { size, createTime: seconds(mtimeMs) };
    }),
    *getSavedFileList() {
      if (directory.made() === undefined) return { fileList: [] };
      const folder = yield* paths.savedDirectory();
      const fileList: SavedFile[] = [];
      for (const name of yield* disk.readdir(folder)) {
        const { size, mtimeMs } = yield* disk.stat(join(folder, name));
        const filePath = toPublicPath(join(folder, name), settings.tempFilePaths);
        fileList.push({ filePath, size, createTime: seconds(mtimeMs) });
      }
      return { fileList };
    },
    mkdir: withOptions(folderOptions, function* ({ dirPath, recursive }) {
      const operation = function* () {
        const place = yield* paths.place(dirPath);
        if (yield* isThere(place)) throw failure("EEXIST");
        yield* disk.mkdir(place, { recursive, mode: 0o700 });
      };
      yield* worded(naming(dirPath), operation());
      return {};
    }),
    readdir: withOptions(folderOptions, function* ({ dirPath }) {
      const operation = function* () {
        return yield* namesIn(yield* paths.find(dirPath), dirPath);
      };
      return { files: yield* worded(naming(dirPath), operation()) };
    }),
    readFile: withOptions(readOptions, function* ({ filePath, encoding, ...wanted }) {
      const operation = function* () {
        const file = yield* openToRead(paths, filePath);
        return yield* closing(file, () => readPart(file, ...part(file, wanted)));
      };
      const bytes = yield* worded(opening(filePath), operation());
      return { data: encoding ? bytes.toString(encoding) : toArrayBuffer(bytes) };
    }),
    removeSavedFile: withOptions(fileOptions, function* ({ filePath }) {
      yield* disk.unlink(yield* saved(filePath));
      return {};
    }),
    rename: withOptions(renameOptions, function* ({ oldPath, newPath }) {
      const operation = function* () {
        const from = yield* removable(oldPath);
        yield* disk.stat(from);
        yield* disk.rename(from, yield* removable(newPath));
      };
      yield* worded(moving("rename", oldPath, newPath), operation());
      return {};
    }),
    rmdir: withOptions(folderOptions, function* ({ dirPath, recursive }) {
      const operation = function* () {
        const place = yield* removable(dirPath);
        if (!(yield* disk.stat(place)).isDirectory()) throw failure("ENOTDIR");
        if (recursive) yield* removeTree(place);
        else yield* disk.rmdir(place);
      };
      yield* worded(naming(dirPath), operation());
      return {};
    }),
    saveFile: withOptions(saveOptions, function* ({ tempFilePath, filePath }) {
      const operation = function* () {
        const place = yield* removable(tempFilePath);
        if (!(yield* disk.stat(place)).isFile()) throw failure("ENOENT");
        return place;
      };
      let from: string;
      try {
        from = yield* operation();
      } catch (cause) {
        throw new CanvasError("ENOENT", "tempFilePath file not exist", { cause });
      }
      if (filePath !== undefined) {
        const move = function* () {
          yield* disk.rename(from, yield* removable(filePath));
        };
        yield* worded(naming(filePath), move());
        return { savedFilePath: filePath };
      }
      const to = join(yield* paths.savedDirectory(), newSavedName(extname(from)));
      yield* disk.rename(from, to);
      return { savedFilePath: toPublicPath(to, settings.tempFilePaths) };
    }),
    stat: withOptions(statOptions, function* ({ path, recursive }) {
      const operation = function* () {
        const place = yield* paths.find(path);
        // A real path has no links; lstat does not follow one that was created since.
        const stats = yield* disk.lstat(place);
        return recursive && stats.isDirectory() ? yield* tree(place) : described(stats);
      };
      return { stats: yield* worded(naming(path), operation()) };
    }),
    unlink: withOptions(fileOptions, function* ({ filePath }) {
      const operation = function* () {
        const place = yield* removable(filePath);
        if ((yield* disk.lstat(place)).isDirectory()) throw failure("EPERM");
        yield* disk.unlink(place);
      };
      yield* worded(naming(filePath), operation());
      return {};
    }),
    writeFile: write("write"),
  };
}

function* isThere(path: string): Procedure<boolean> {
  try {
    yield* disk.lstat(path);
    return true;
  } catch {
    return false;
  }
}
