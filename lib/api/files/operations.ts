// The operations of wx's file system manager, each written once for its async and sync form.
import { createHash } from "node:crypto";
import { dirname, extname, join, relative } from "node:path";
import { CanvasError, invalid } from "../../errors.ts";
import type { HostContext } from "../../host-context.ts";
import { LOCAL_MAX_BYTES } from "../../limits.ts";
import { disk, type Procedure } from "../../sources/file-system.ts";
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
import { optionalStringOption, type RawOptions, stringOption } from "../async-function.ts";
import { asBytes, toArrayBuffer } from "../base64.ts";
import { codeOf, failure, moving, naming, opening, worded } from "./errors.ts";
import { described, type FileStats, type Stats, seconds, tree } from "./stats.ts";

/** A saved file; the time is in seconds. */
export interface SavedFile {
  filePath: string;
  size: number;
  createTime: number;
}

/** Encodings of bytes as text. */
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

/**
 * The operations. They read where the host may read, and write to its user and temp directories.
 *
 * https://developers.weixin.qq.com/miniprogram/dev/api/file/FileSystemManager.html
 */
export function fileOperations(host: HostContext): {
  [Name in keyof Results]: (options: RawOptions) => Procedure<Results[Name]>;
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

  function* write(way: "appendFile" | "writeFile", options: RawOptions): Procedure<object> {
    const { filePath, data } = options;
    const bytes = encodeData(data, encodingOf(options) ?? "utf8");
    const operation = function* () {
      const path = stringOption(options, "filePath");
      const file = yield* openToWrite(paths, path, way === "writeFile" ? "write" : "append");
      yield* closing(file, () => writeAll(file, bytes));
    };
    yield* worded(opening(filePath), operation());
    return {};
  }

  /** For a folder, copying fails with another message of WeChat's (EPERM) than reading (EISDIR). */
  function* openSource(srcPath: string): Procedure<Opened> {
    try {
      return yield* openToRead(paths, srcPath);
    } catch (error) {
      throw codeOf(error) === "EISDIR" ? failure("EPERM") : error;
    }
  }

  /** The copy is private, whatever the mode of its source; a failed copy is removed. */
  function* copyTo(from: Opened, destPath: string): Procedure<void> {
    const to = yield* openToWrite(paths, destPath, "write");
    try {
      yield* closing(to, () => eachPiece(from, (piece) => writeAll(to, piece)));
    } catch (error) {
      yield* disk.unlink(to.path);
      throw error;
    }
  }

  return {
    *access(options) {
      yield* worded(naming(options.path), paths.find(stringOption(options, "path")));
      return {};
    },
    appendFile: (options) => write("appendFile", options),
    *copyFile(options) {
      const { srcPath, destPath } = options;
      const operation = function* () {
        const from = yield* openSource(stringOption(options, "srcPath"));
        yield* closing(from, () => copyTo(from, stringOption(options, "destPath")));
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
        const file = yield* openToRead(paths, filePath);
        const hash = createHash(algorithm);
        const size = yield* closing(file, () =>
          eachPiece(file, (piece) => void hash.update(piece)),
        );
        return { size, digest: hash.digest("hex") };
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
      const folder = yield* paths.savedDirectory();
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
        const place = yield* paths.place(dirPath);
        if (yield* isThere(place)) throw failure("EEXIST");
        yield* disk.mkdir(place, { recursive: options.recursive === true, mode: 0o700 });
      };
      yield* worded(naming(dirPath), operation());
      return {};
    },
    *readdir(options) {
      const dirPath = stringOption(options, "dirPath");
      const operation = function* () {
        return yield* namesIn(yield* paths.find(dirPath), dirPath);
      };
      return { files: yield* worded(naming(dirPath), operation()) };
    },
    *readFile(options) {
      const filePath = stringOption(options, "filePath");
      const encoding = encodingOf(options);
      const operation = function* () {
        const file = yield* openToRead(paths, filePath);
        return yield* closing(file, () => readPart(file, ...part(file, options)));
      };
      const bytes = yield* worded(opening(filePath), operation());
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
      const to = join(yield* paths.savedDirectory(), newSavedName(extname(from)));
      yield* disk.rename(from, to);
      return { savedFilePath: toPublicPath(to, settings.tempFilePaths) };
    },
    *stat(options) {
      const path = stringOption(options, "path");
      const operation = function* () {
        const place = yield* paths.find(path);
        // A real path has no links; lstat does not follow one that was created since.
        const stats = yield* disk.lstat(place);
        const isTree = options.recursive === true && stats.isDirectory();
        return isTree ? yield* tree(place) : described(stats);
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

function* isThere(path: string): Procedure<boolean> {
  try {
    yield* disk.lstat(path);
    return true;
  } catch {
    return false;
  }
}

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

/** The checked range of the file that the options ask for. */
function part(
  { stats }: Opened,
  { position = 0, length }: RawOptions,
): [position: number, length: number] {
  const size = Number(stats.size);
  const isPosition = Number.isInteger(position) && (position as number) >= 0;
  if (!isPosition || (position as number) > Math.max(0, size - 1)) {
    throw new CanvasError("INVALID", "value of position is out of range");
  }
  const rest = size - (position as number);
  const isLength =
    Number.isInteger(length) && (length as number) >= 1 && (length as number) <= rest;
  if (length !== undefined && length !== null && !isLength) {
    throw new CanvasError("INVALID", "value of length is out of range");
  }
  const asked = (length as number | null | undefined) ?? rest;
  if (asked > LOCAL_MAX_BYTES) {
    const limit = `${LOCAL_MAX_BYTES} bytes can be read at once`;
    throw new CanvasError("TOO_LARGE", `${limit}, asked for ${asked}`);
  }
  return [position as number, asked];
}

/** How many bytes of a file are read at once. */
const PIECE_BYTES = 1_048_576;

/** Passes the bytes of a file to `use`, piece by piece, and returns their number. */
function* eachPiece(
  file: Opened,
  use: (piece: Buffer) => Procedure<void> | undefined,
): Procedure<number> {
  let position = 0;
  let piece = yield* readPart(file, 0, PIECE_BYTES);
  while (piece.length > 0) {
    const using = use(piece);
    if (using) yield* using;
    position += piece.length;
    piece = yield* readPart(file, position, PIECE_BYTES);
  }
  return position;
}
