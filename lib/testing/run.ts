// Writes a run's results to the folder .pictures: empties it first, then adds lines of JSON.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { CanvasError, toCanvasError } from "../errors.ts";
import { writeWhole } from "./baselines.ts";
import { configuredFolder } from "./options.ts";
import type { FileRecord, PictureRecord, Run } from "./records.ts";
import { filtersOf, runProcess } from "./run-process.ts";

/** The nearest folder with a package.json, from `from` upwards; without one, `from` itself. */
export function projectRoot(from: string = process.cwd()): string {
  let folder = from;
  while (!existsSync(join(folder, "package.json"))) {
    const above = dirname(folder);
    if (above === folder) return from;
    folder = above;
  }
  return folder;
}

/** The folder for a run's results. */
export interface RunFolder {
  /** The project's root; records name test files from here. */
  root: string;
  /** The folder's absolute path. */
  path: string;
}

export function runFolder(): RunFolder {
  const root = projectRoot();
  return { root, path: configuredFolder() ?? join(root, ".pictures") };
}

/** A test file as records name it: relative to the root, with slashes. */
export function testOf({ root }: RunFolder, file: string): string {
  return relative(root, file).split(sep).join("/");
}

export const RESULTS = "results.jsonl";
export const RUN = "run.json";

/** Folders that this process has begun to write to. */
const begun = new Set<string>();

/** Adds a line to the results; the first line of a run empties the folder. */
export function record(folder: RunFolder, line: PictureRecord | FileRecord): void {
  begin(folder);
  // A single append, so that lines of several workers do not mix.
  writing(folder, () => appendFileSync(join(folder.path, RESULTS), `${JSON.stringify(line)}\n`));
}

function writing({ path }: RunFolder, write: () => void): void {
  try {
    write();
  } catch (cause) {
    const { code, reason } = toCanvasError(cause);
    const hint = "configurePictures({ folder }) names another folder for what a run finds";
    throw new CanvasError(code, `${path}: it cannot be written: ${reason}`, { cause, hint });
  }
}

/** Makes the folder belong to this run; any number of workers may do so at once. */
export function begin(folder: RunFolder): void {
  if (begun.has(folder.path)) return;
  writing(folder, () => empty(folder.path));
  begun.add(folder.path);
}

function empty(path: string): void {
  const { id, command } = runProcess();
  const lock = join(path, ".lock");
  mkdirSync(path, { recursive: true });
  while (runIn(path)?.id !== id) {
    if (!locked(lock)) continue;
    try {
      if (runIn(path)?.id !== id) beginAnew(path, { id, filters: filtersOf(command) });
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
}

function beginAnew(path: string, run: Omit<Run, "startedAt">): void {
  for (const name of readdirSync(path)) {
    if (name !== ".lock") rmSync(join(path, name), { recursive: true, force: true });
  }
  writeWhole(join(path, ".gitignore"), "*\n");
  const whole: Run = { ...run, startedAt: new Date().toISOString() };
  writeWhole(join(path, RUN), `${JSON.stringify(whole)}\n`);
}

/** The run that the folder belongs to, this one or an earlier one; undefined if there is none. */
export function runIn(path: string): Run | undefined {
  try {
    return JSON.parse(readFileSync(join(path, RUN), "utf8"));
  } catch {
    return undefined;
  }
}

/**
 * In milliseconds, the age of a stale lock: emptying a folder takes less unless its process was
 * killed.
 */
const STALE = 10_000;

/** Takes the lock and returns true, or waits 5 ms for another process and returns false. */
function locked(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  // NaN, which is not above the limit, when the other process has just removed the lock.
  const age = Date.now() - Number(statSync(lock, { throwIfNoEntry: false })?.mtimeMs);
  if (age > STALE) rmSync(lock, { recursive: true, force: true });
  else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  return false;
}

/** The kept picture of a record: `<folder>/<test file>/<name>.<what>.png`. */
export function keptPath({ path }: RunFolder, test: string, name: string, what: string): string {
  const inside = test.split("/").map((part) => (part === ".." ? "__" : part));
  return resolve(path, ...inside, `${name}.${what}.png`);
}
