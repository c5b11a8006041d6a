// What wx's file system manager can do, each operation once for both of its forms.
import { createHash, randomBytes } from "node:crypto";
import type fs from "node:fs";
import { dirname, extname, join, posix, relative } from "node:path";
import { CanvasError, invalid } from "../../errors.ts";
import type { HostContext } from "../../host-context.ts";
import { toPublicPath } from "../../temp/temp-file.ts";
import { optionalStringOption, type RawOptions, stringOption } from "../async-function.ts";
import { asBytes, toArrayBuffer } from "../base64.ts";
import { disk, type Operation, readable, writable } from "./access.ts";
import { failure, moving, naming, opening, worded } from "./errors.ts";

/** The folders in the temp directory that stay as long as it. */
const FOLDERS = ["usr", "store"];

/** What is known about a file or a folder; times in seconds. */
export interface Stats {
  mode: number;
  size: number;
  lastAccessedTime: number;
  lastModifiedTime: number;
  isDirectory(): boolean;
  isFile(): boolean;
}

/** One of a folder's files, with its path from there. */
export interface FileStats {
  path: string;
  stats: Stats;
}

/** One of the files that were saved; the time in seconds. */
export interface SavedFile {
  filePath: string;
  size: number;
  createTime: number;
}

/** How text stands for bytes. */
export type Encoding =
  | "ascii"
  | "base64"
  | "binary"
  | "hex"
  | "latin1"
  | "ucs-2"
  | "ucs2"
  | "utf-16le"
  | "utf-8"
  | "utf16le"
  | "utf8";

/** What each operation answers with, by its name. */
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

/**
 * The operations. Reading goes where the host may read, writing into its user and temp directories.
 *
 * https://developers.weixin.qq.com/miniprogram/dev/api/file/FileSystemManager.html
 */
export function fileOperations(host: HostContext): {
  [Name in keyof Results]: (options: RawOptions) => Operation<Results[Name]>;
} {
  const { directory, paths, settings } = host;

  /** Below the temp directory, which is there where something is the host's own. */
  const inTemp = (own: string) => relative(directory.made() as string, own);

  /** A place of the host's own that is not one of its folders themselves, which stay. */
  function* removable(path: unknown): Operation<string> {
    const place = yield* writable(path);
    const own = paths.own(path);
    if (own === undefined || FOLDERS.includes(inTemp(own))) throw failure("EACCES");
    return place;
  }

  function* saved(path: unknown): Operation<string> {
    const own = paths.own(path);
    const isSaved = own !== undefined && dirname(inTemp(own)) === "store";
    if (isSaved && (yield* isThere(own))) return own;
    throw new CanvasError("ENOENT", "file not exist");
  }

  function* write(way: "appendFile" | "writeFile", options: RawOptions): Operation<object> {
    const { filePath, data } = options;
    const bytes = encodeData(data, encodingOf(options) ?? "utf8");
    const operation = function* () {
      const place = yield* writable(stringOption(options, "filePath"));
      // WeChat appends only to what is there.
      if (way === "appendFile") yield* disk.stat(place);
      yield* disk[way](place, bytes, { mode: 0o600 });
    };
    yield* worded(opening(filePath), operation());
    return {};
  }

  return {
    *access(options) {
      yield* worded(naming(options.path), readable(stringOption(options, "path")));
      return {};
    },
    appendFile: (options) => write("appendFile", options),
    *copyFile(options) {
      const { srcPath, destPath } = options;
      const operation = function* () {
        const from = yield* readable(stringOption(options, "srcPath"));
        if ((yield* disk.stat(from)).isDirectory()) throw failure("EPERM");
        yield* disk.copyFile(from, yield* writable(stringOption(options, "destPath")));
      };
      yield* worded(moving("copyFile", srcPath, destPath), operation());
      return {};
    },
    *getFileInfo(options) {
      const algorithm = optionalStringOption(options, "digestAlgorithm") ?? "md5";
      if (!/^(md5|sha1|sha256)$/.test(algorithm)) {
        throw invalid("digestAlgorithm", '"md5", "sha1" or "sha256"', algorithm);
      }
      const filePath = stringOption(options, "filePath");
      try {
        const bytes = yield* disk.readFile(yield* readable(filePath));
        const digest = createHash(algorithm).update(bytes).digest("hex");
        return { size: bytes.length, digest };
      } catch (cause) {
        throw new CanvasError("ENOENT", "file not exist", { cause });
      }
    },
    *getSavedFileInfo(options) {
      const { size, mtimeMs } = yield* disk.stat(yield* saved(stringOption(options, "filePath")));
      return { size, createTime: seconds(mtimeMs) };
    },
    *getSavedFileList() {
      if (directory.made() === undefined) return { fileList: [] };
      const folder = paths.savedDirectory();
      const fileList: SavedFile[] = [];
      for (const name of yield* disk.readdir(folder)) {
        const { size, mtimeMs } = yield* disk.stat(join(folder, name));
        const filePath = toPublicPath(join(folder, name), settings.tempFilePaths);
        fileList.push({ filePath, size, createTime: seconds(mtimeMs) });
      }
      return { fileList };
    },
    *mkdir(options) {
      const dirPath = stringOption(options, "dirPath");
      const operation = function* () {
        const place = yield* writable(dirPath);
        if (yield* isThere(place)) throw failure("EEXIST");
        yield* disk.mkdir(place, { recursive: options.recursive === true, mode: 0o700 });
      };
      yield* worded(naming(dirPath), operation());
      return {};
    },
    *readdir(options) {
      const dirPath = stringOption(options, "dirPath");
      const operation = function* () {
        return yield* disk.readdir(yield* readable(dirPath));
      };
      return { files: yield* worded(naming(dirPath), operation()) };
    },
    *readFile(options) {
      const filePath = stringOption(options, "filePath");
      const encoding = encodingOf(options);
      const operation = function* () {
        return yield* disk.readFile(yield* readable(filePath));
      };
      const bytes = part(yield* worded(opening(filePath), operation()), options);
      return { data: encoding ? bytes.toString(encoding) : toArrayBuffer(bytes) };
    },
    *removeSavedFile(options) {
      yield* disk.unlink(yield* saved(stringOption(options, "filePath")));
      return {};
    },
    *rename(options) {
      const { oldPath, newPath } = options;
      const operation = function* () {
        const from = yield* removable(stringOption(options, "oldPath"));
        yield* disk.stat(from);
        yield* disk.rename(from, yield* removable(stringOption(options, "newPath")));
      };
      yield* worded(moving("rename", oldPath, newPath), operation());
      return {};
    },
    *rmdir(options) {
      const dirPath = stringOption(options, "dirPath");
      const operation = function* () {
        const place = yield* removable(dirPath);
        if (!(yield* disk.stat(place)).isDirectory()) throw failure("ENOTDIR");
        if (options.recursive === true) yield* disk.rm(place, { recursive: true });
        else yield* disk.rmdir(place);
      };
      yield* worded(naming(dirPath), operation());
      return {};
    },
    *saveFile(options) {
      const tempFilePath = stringOption(options, "tempFilePath");
      const filePath = optionalStringOption(options, "filePath");
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
      const to = join(
        paths.savedDirectory(),
        `store_${randomBytes(16).toString("hex")}${extname(from)}`,
      );
      yield* disk.rename(from, to);
      return { savedFilePath: toPublicPath(to, settings.tempFilePaths) };
    },
    *stat(options) {
      const path = stringOption(options, "path");
      const operation = function* () {
        const place = yield* readable(path);
        const stats = yield* disk.stat(place);
        const isTree = options.recursive === true && stats.isDirectory();
        return isTree ? yield* tree(place, "/") : described(stats);
      };
      return { stats: yield* worded(naming(path), operation()) };
    },
    *unlink(options) {
      const filePath = stringOption(options, "filePath");
      const operation = function* () {
        const place = yield* removable(filePath);
        if ((yield* disk.lstat(place)).isDirectory()) throw failure("EPERM");
        yield* disk.unlink(place);
      };
      yield* worded(naming(filePath), operation());
      return {};
    },
    writeFile: (options) => write("writeFile", options),
  };
}

function* isThere(path: string): Operation<boolean> {
  try {
    yield* disk.lstat(path);
    return true;
  } catch {
    return false;
  }
}

/** The folder itself as "/", and everything below it; links are not followed. */
function* tree(folder: string, path: string): Operation<FileStats[]> {
  const stats = yield* disk.lstat(folder);
  const found: FileStats[] = [{ path, stats: described(stats) }];
  if (!stats.isDirectory()) return found;
  for (const name of yield* disk.readdir(folder)) {
    found.push(...(yield* tree(join(folder, name), posix.join(path, name))));
  }
  return found;
}

function described(stats: fs.Stats): Stats {
  return {
    mode: stats.mode,
    size: stats.size,
    lastAccessedTime: seconds(stats.atimeMs),
    lastModifiedTime: seconds(stats.mtimeMs),
    isDirectory: () => stats.isDirectory(),
    isFile: () => stats.isFile(),
  };
}

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);

const ENCODINGS: Record<Encoding, BufferEncoding> = {
  ascii: "ascii",
  base64: "base64",
  binary: "binary",
  hex: "hex",
  latin1: "latin1",
  "ucs-2": "ucs2",
  ucs2: "ucs2",
  "utf-16le": "utf16le",
  "utf-8": "utf8",
  utf16le: "utf16le",
  utf8: "utf8",
};

function encodingOf(options: RawOptions): BufferEncoding | undefined {
  const name = optionalStringOption(options, "encoding");
  if (name === undefined) return undefined;
  if (Object.hasOwn(ENCODINGS, name)) return ENCODINGS[name as Encoding];
  throw invalid("encoding", `one of ${Object.keys(ENCODINGS).join(", ")}`, name);
}

function encodeData(data: unknown, encoding: BufferEncoding): Buffer {
  if (typeof data === "string") return Buffer.from(data, encoding);
  return asBytes("data", data, "a string or an ArrayBuffer");
}

/** The part from `position`, `length` bytes long. */
function part(bytes: Buffer, { position = 0, length }: RawOptions): Buffer {
  const isPosition = Number.isInteger(position) && (position as number) >= 0;
  if (!isPosition || (position as number) > Math.max(0, bytes.length - 1)) {
    throw new CanvasError("INVALID", "value of position is out of range");
  }
  const rest = bytes.subarray(position as number);
  if (length === undefined || length === null) return rest;
  if (!(Number.isInteger(length) && (length as number) >= 1 && (length as number) <= rest.length)) {
    throw new CanvasError("INVALID", "value of length is out of range");
  }
  return rest.subarray(0, length as number);
}
