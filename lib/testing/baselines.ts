// Reads and writes baselines: pictures beside their tests, always as whole files.
import { randomBytes } from "node:crypto";
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CanvasError, show, toCanvasError } from "../errors.ts";
import { isPng } from "./pixels.ts";

/** The folder beside the test files with the baselines of all of them. */
export const BASELINES = "__pictures__";

/** `__pictures__/<test file>/`, with the pictures of that test file. */
export function baselineFolder(file: string): string {
  return join(dirname(file), BASELINES, basename(file));
}

export function baselinePath(file: string, name: string): string {
  return join(baselineFolder(file), `${name}.png`);
}

/** The bytes of the file; undefined when there is none. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw notReadable(path, error);
  }
}

function notReadable(path: string, cause: unknown): CanvasError {
  const { code, reason } = toCanvasError(cause, "SOURCE");
  return new CanvasError(code, `${path}: the baseline cannot be read: ${reason}`, { cause });
}

/** The error for a baseline that is not a picture; it says what the file is instead. */
export function notAPicture(path: string, bytes: Buffer, cause: unknown): CanvasError {
  const isPointer = bytes.subarray(0, 40).toString("latin1").startsWith("version https://git-lfs");
  const what = isPointer ? "it is a pointer of Git LFS" : toCanvasError(cause).reason;
  const hint = isPointer
    ? "`git lfs pull` gets the picture"
    : "restore it, or have it written anew with UPDATE_PICTURES=changed";
  return new CanvasError("SOURCE", `${path}: the baseline is no picture: ${what}`, { cause, hint });
}

/** Fails with SOURCE unless the baseline is a PNG. */
export function assertPng(bytes: Buffer): void {
  if (isPng(bytes)) return;
  const what =
    bytes.length === 0 ? "it is empty" : `it begins with ${show(bytes.toString("latin1", 0, 8))}`;
  throw new CanvasError("SOURCE", `expected a PNG; ${what}`);
}

/** Writes the whole file or nothing, and makes its folder. An error names the file. */
export function writeWhole(path: string, bytes: Uint8Array | string): void {
  const part = `${path}.${randomBytes(6).toString("hex")}.part`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(part, bytes, { flag: "wx" });
    renameSync(part, path);
  } catch (cause) {
    discard(part);
    const { code, reason } = toCanvasError(cause);
    throw new CanvasError(code, `${path}: it cannot be written: ${reason}`, { cause });
  }
}

/** Removes the partial file. It does not exist if its folder could not be made. */
function discard(part: string): void {
  try {
    rmSync(part, { force: true });
  } catch {
    // The caller reports the first failure.
  }
}
