// Reads the results of the last run. The file may come from another machine, so it is checked.
import { readFileSync, statSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { CanvasError } from "../errors.ts";
import { isInside } from "../inside.ts";
import { baselinePath } from "./baselines.ts";
import { asName } from "./names.ts";
import type { FileRecord, PictureRecord, Run } from "./records.ts";
import { projectRoot, RESULTS, type RunFolder, runIn } from "./run.ts";

/** Where the project and its results are. */
export interface ResultsOptions {
  /** The project's folder. Default: the nearest one with a package.json. */
  root?: string | undefined;
  /** The folder of the run's results. Default: `.pictures` in the project's folder. */
  folder?: string | undefined;
}

export interface Results {
  folder: RunFolder;
  run: Run;
  /** The last record of each picture. */
  pictures: PictureRecord[];
  files: FileRecord[];
}

/** Largest file of results in bytes: enough for 100,000 pictures with long messages. */
const MAX_BYTES = 200_000_000;

/** Reads the results of the last run; throws NOT_FOUND when there was none. */
export function readResults(options: ResultsOptions = {}): Results {
  const root = options.root === undefined ? projectRoot() : resolve(options.root);
  const folder = { root, path: resolve(root, options.folder ?? ".pictures") };
  const path = join(folder.path, RESULTS);
  const run = runIn(folder.path);
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (!run || size === undefined) {
    const reason = `${folder.path}: no run has left results there`;
    throw new CanvasError("NOT_FOUND", reason, { hint: "run the tests first" });
  }
  if (size > MAX_BYTES) throw new CanvasError("TOO_LARGE", `${path}: it has ${size} bytes`);
  const pictures = new Map<string, PictureRecord>();
  const files: FileRecord[] = [];
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const record = asRecord(line, root);
    if (record?.kind === "picture") pictures.set(`${record.test}\0${record.name}`, record);
    else if (record) files.push(record);
  }
  return { folder, run, pictures: [...pictures.values()], files };
}

const STATUSES = "passed new updated differs missing broken blank accepted".split(" ");
const ENDINGS = "whole failed filtered retried skipped".split(" ");

/** The record of a line; undefined if the line is broken, or names a file outside the project. */
function asRecord(line: string, root: string): PictureRecord | FileRecord | undefined {
  try {
    const record = JSON.parse(line) as PictureRecord | FileRecord;
    const { test } = record;
    if (typeof test !== "string" || isAbsolute(test) || /[\\:\0]/.test(test)) return undefined;
    if (!isInside(resolve(root, test), root)) return undefined;
    if (record.kind === "file") return ENDINGS.includes(record.ending) ? record : undefined;
    const isKnown = record.kind === "picture" && STATUSES.includes(record.status);
    return isKnown && asName(record.name) === record.name ? record : undefined;
  } catch {
    return undefined;
  }
}

/** The path of a record's baseline. */
export function baselineOf({ folder }: Results, { test, name }: PictureRecord): string {
  return baselinePath(resolve(folder.root, test), name);
}
