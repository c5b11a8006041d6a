// Makes the received pictures of the last run the baselines, for use after a review.
import { appendFileSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { CanvasError, toCanvasError, withApiNameSync } from "../errors.ts";
import { inspect } from "../images/inspect.ts";
import { runSync } from "../procedure.ts";
import { assertPng, writeWhole } from "./baselines.ts";
import { noteEnvironment } from "./environment.ts";
import { isAcceptable, type PictureRecord } from "./records.ts";
import { baselineOf, type ResultsOptions, readResults } from "./results.ts";
import { keptPath, RESULTS } from "./run.ts";

/** Which run's pictures are accepted, and which of them. */
export interface AcceptOptions extends ResultsOptions {
  /**
   * Which pictures: a part of `<test file>/<name>`, where `*` stands for anything. Default: all.
   */
  pattern?: string | undefined;
}

/**
 * Makes the received pictures of the last run that failed the new baselines.
 *
 * @returns the paths of the baselines that were written
 * @throws {CanvasError} `NOT_FOUND` without a run, `SOURCE` for a received picture that is not
 * whole
 */
export function acceptPictures(options: AcceptOptions = {}): string[] {
  return withApiNameSync("acceptPictures", () => accept(options));
}

function accept({ pattern, ...options }: AcceptOptions): string[] {
  const results = readResults(options);
  const { folder } = results;
  const chosen = results.pictures.filter(
    (record) => isAcceptable(record) && matches(pattern, `${record.test}/${record.name}`),
  );
  const received = chosen.map((record) => {
    const path = keptPath(folder, record.test, record.name, "actual");
    return { record, bytes: readReceived(path) };
  });
  return received.map(({ record, bytes }) => {
    const baseline = baselineOf(results, record);
    writeWhole(baseline, bytes);
    noteEnvironment(resolve(folder.root, record.test), record.name, record.environment);
    const { kind, test, name } = record;
    const accepted: PictureRecord = { kind, test, name, status: "accepted" };
    // A worker that was killed may have left the last line incomplete.
    const path = join(folder.path, RESULTS);
    const gap = readFileSync(path, "utf8").endsWith("\n") ? "" : "\n";
    appendFileSync(path, `${gap}${JSON.stringify(accepted)}\n`);
    return baseline;
  });
}

/** Reads and checks a received picture. All are checked before the first baseline is written. */
function readReceived(path: string): Buffer {
  try {
    const bytes = readFileSync(path);
    assertPng(bytes);
    runSync(inspect(bytes));
    return bytes;
  } catch (cause) {
    const { code, reason } = toCanvasError(cause);
    throw new CanvasError(code, `${path}: it cannot be accepted: ${reason}`, { cause });
  }
}

export function matches(pattern: string | undefined, text: string): boolean {
  if (pattern === undefined) return true;
  // Finds part by part, in order: a regular expression with many stars could take forever.
  let at = 0;
  for (const part of pattern.split("*")) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return true;
}
