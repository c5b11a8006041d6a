// `canvasToFile`: exports a picture into a file that the caller names. The file is written whole or
// not at all, with the permissions that the umask leaves.

import { lstat, realpath, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CanvasError, invalid, show } from "../errors.ts";
import type { HostContext } from "../host-context.ts";
import { isUrl } from "../is-url.ts";
import { assertNotAborted, withSignal } from "../signal.ts";
import { randomName } from "../temp/random-name.ts";
import { type CanvasToBufferResult, canvasToBuffer } from "./canvas-to-temp-file-path.ts";
import type { ExportOptions, FileType } from "./options.ts";

/** What `canvasToFile` exports, and to which file. */
export interface CanvasToFileOptions extends ExportOptions {
  /**
   * The file: a path from the working directory, or a `file:` URL. The extension gives the type:
   * `.png`, `.jpg` or `.jpeg`. An existing file is replaced.
   */
  path: string | URL;
}

/** The result of `canvasToFile`. */
export interface CanvasToFileResult extends Omit<CanvasToBufferResult, "data"> {
  /** The absolute path of the file. */
  path: string;
  /** Its length in bytes. */
  bytes: number;
}

const TYPES: Readonly<Record<string, FileType>> = { ".png": "png", ".jpg": "jpg", ".jpeg": "jpg" };

/** The picture is frozen before this returns, as in the other exports. */
export async function canvasToFile(
  host: HostContext,
  options: CanvasToFileOptions,
  component: unknown,
): Promise<CanvasToFileResult> {
  const given: Partial<CanvasToFileOptions> =
    typeof options === "object" && options !== null ? options : {};
  const path = asPath(given.path);
  const type = typeOf(path, given.fileType);
  const { data, ...picture } = await canvasToBuffer(host, { ...given, fileType: type }, component);
  await withSignal({ given: given.signal, signals: [host.signal] }, (signal) =>
    writeWhole(path, data, signal),
  );
  return { path, bytes: data.length, ...picture };
}

function asPath(path: unknown): string {
  const isFileUrl = isUrl(path) || (typeof path === "string" && /^file:/i.test(path));
  if (isFileUrl) return fileURLToPath(String(path));
  const isPath = typeof path === "string" && path !== "" && !/^\w{2,}:\/\/|\0/.test(path);
  if (isPath) return resolve(path);
  throw invalid("path", "the path or the file: URL of a file", path);
}

/**
 * The file type: the extension of the path decides if it is a known one; a `fileType` that
 * contradicts it is an error.
 */
function typeOf(path: string, fileType: unknown): unknown {
  const extension = extname(path).toLowerCase();
  const type = TYPES[extension];
  if (fileType === undefined || fileType === null || fileType === "") {
    if (type) return type;
    throw invalid("path", "a name that ends in .png, .jpg or .jpeg, or a fileType", path);
  }
  const asked = TYPES[`.${String(fileType).toLowerCase()}`];
  if (type && asked && type !== asked) {
    throw new CanvasError(
      "INVALID",
      `fileType: ${show(fileType)} does not fit the name ${show(basename(path))}`,
    );
  }
  return fileType;
}

/**
 * Writes under another name in the same folder first and renames, so that `path` never holds half a
 * file.
 */
async function writeWhole(path: string, data: Buffer, signal: AbortSignal): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const before = await lstat(target).catch(() => undefined);
  if (before && !before.isFile()) throw invalid("path", "a file, or none yet", path);
  const part = join(dirname(target), `.${basename(target)}.${randomName().slice(16)}.part`);
  try {
    await writeFile(part, data, { flag: "wx" });
    assertNotAborted(signal);
    await rename(part, target);
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw error;
  }
}
