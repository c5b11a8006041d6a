// Finds the baselines that no test of the last complete run asked for.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { CanvasError, withApiNameSync } from "../errors.ts";
import { BASELINES } from "./baselines.ts";
import { noteEnvironment } from "./environment.ts";
import { isFailed } from "./records.ts";
import { type Results, type ResultsOptions, readResults } from "./results.ts";

/** Which run counts, and what happens to the baselines that it did not use. */
export interface PruneOptions extends ResultsOptions {
  /** Deletes them; otherwise they are only listed. */
  write?: boolean | undefined;
  /** Test files that no longer have pictures: all their baselines are obsolete. */
  files?: readonly string[] | undefined;
}

/** What no test asked for. */
export interface PruneResult {
  /** The paths of the baselines that no test asked for. */
  obsolete: string[];
  /** Test files some of whose tests were skipped: their baselines stay. */
  skipped: string[];
}

/**
 * Lists the baselines that no test of the last run asked for, and deletes them with `write`.
 *
 * @throws {CanvasError} `INCOMPLETE` when that run was filtered, sharded or retried, when a test
 * failed, or a test file with baselines did not run; `NOT_FOUND` without a run
 */
export function prunePictures(options: PruneOptions = {}): PruneResult {
  return withApiNameSync("prunePictures", () => prune(options));
}

function prune({ write, files = [], ...options }: PruneOptions): PruneResult {
  const results = readResults(options);
  const { root } = results.folder;
  const gone = new Set(files.map((file) => resolve(root, file)));
  const folders = baselineFolders(root);
  const skipped = new Set<string>();
  const reasons = [...reasonsOf(results, skipped), ...notRun(results, folders, gone)];
  if (reasons.length > 0) {
    const lines = reasons.map((reason) => `\n  ${reason}`).join("");
    const hint = "run all tests, without filters, until they pass";
    throw new CanvasError(
      "INCOMPLETE",
      `the last run does not show which baselines are in use: ${lines}\n`,
      {
        hint,
      },
    );
  }
  const asked = new Set(results.pictures.map(({ test, name }) => keyOf(test, name)));
  const obsolete: string[] = [];
  for (const { file, test, pictures, path } of folders) {
    if (skipped.has(test) && !gone.has(file)) continue;
    const unused = pictures.filter((name) => gone.has(file) || !asked.has(keyOf(test, name)));
    obsolete.push(...unused.map((name) => join(path, `${name}.png`)));
    if (write) remove(file, path, unused, pictures.length);
  }
  return { obsolete: obsolete.sort(), skipped: [...skipped] };
}

/** A picture's key, in lower case, since some file systems ignore case. */
const keyOf = (test: string, name: string) => `${test}\0${name}`.toLowerCase();

function remove(file: string, path: string, names: readonly string[], all: number): void {
  if (names.length === all && all > 0) {
    rmSync(path, { recursive: true });
    return;
  }
  for (const name of names) {
    rmSync(join(path, `${name}.png`));
    noteEnvironment(file, name, undefined);
  }
}

/** The reasons why the run was incomplete; adds the files with skipped tests to `skipped`. */
function reasonsOf({ run, pictures, files }: Results, skipped: Set<string>): string[] {
  const reasons = run.filters.map((flag) => `it was filtered by ${flag}`);
  for (const { test, name, status } of pictures) {
    if (isFailed({ status })) reasons.push(`${test}: the picture "${name}" failed`);
    if (status === "accepted") reasons.push(`${test}: "${name}" was accepted since`);
  }
  const ended = new Set<string>();
  for (const { test, ending } of files) {
    ended.add(test);
    if (ending === "skipped") skipped.add(test);
    else if (ending === "failed") reasons.push(`${test}: a test failed`);
    else if (ending === "retried") reasons.push(`${test}: a test was retried`);
    else if (ending === "filtered") reasons.push(`${test}: not all of its tests ran`);
  }
  for (const test of new Set(pictures.map(({ test }) => test))) {
    if (!ended.has(test)) reasons.push(`${test}: it is not known how its tests ended`);
  }
  return reasons;
}

/** Existing test files that have baselines, but asked for none. */
function notRun({ pictures }: Results, folders: readonly Folder[], gone: Set<string>): string[] {
  const ran = new Set(pictures.map(({ test }) => test));
  return folders
    .filter(
      ({ file, test, pictures }) =>
        pictures.length > 0 && !ran.has(test) && !gone.has(file) && existsSync(file),
    )
    .map(
      ({ test }) =>
        `${test}: it has baselines and asked for none; if it has no pictures any more, name it: prune ${test}`,
    );
}

/** The baselines of one test file. */
interface Folder {
  file: string;
  /** The test file as records name it. */
  test: string;
  path: string;
  /** The names of its pictures. */
  pictures: string[];
}

const FOREIGN = new Set(["node_modules", ".git", ".pictures"]);
/** The deepest folder that is searched; no project is deeper. Links are not followed. */
const MAX_DEPTH = 40;

function baselineFolders(root: string): Folder[] {
  const found: Folder[] = [];
  const visit = (path: string, depth: number) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (!entry.isDirectory() || FOREIGN.has(entry.name) || depth > MAX_DEPTH) continue;
      const inside = join(path, entry.name);
      if (basename(path) !== BASELINES) {
        visit(inside, depth + 1);
        continue;
      }
      const file = join(dirname(path), entry.name);
      const pictures = readdirSync(inside).filter((name) => name.endsWith(".png"));
      found.push({
        file,
        test: relative(root, file).split(sep).join("/"),
        path: inside,
        pictures: pictures.map((name) => name.slice(0, -".png".length)),
      });
    }
  };
  visit(root, 0);
  return found;
}
