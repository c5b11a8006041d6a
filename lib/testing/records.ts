// What is written down of a run: one line for each picture, and one for each test file that ended.
import type { Environment } from "./environment.ts";
import type { Difference } from "./verdict.ts";

/** `run.json`: which run the folder belongs to. */
export interface Run {
  id: string;
  /** ISO 8601. */
  startedAt: string;
  /** Flags of the runner's command line under which not all tests run. */
  filters: string[];
}

/** What became of one picture. */
export interface PictureRecord {
  kind: "picture";
  /** The test file from the project's root, with slashes. */
  test: string;
  name: string;
  /**
   * `new` and `updated` were written, `accepted` was taken over by hand; `blank` is one that a test
   * host lets nothing pass of.
   */
  status: "passed" | "new" | "updated" | "differs" | "missing" | "broken" | "blank" | "accepted";
  /** The test's own name, where the runner tells it. */
  title?: string | undefined;
  /** Why it is not as it should be. */
  message?: string;
  difference?: Difference;
  /** What made the received picture; only where it was kept. */
  environment?: Environment;
  /** How that differs from what made the baseline. */
  environmentChanges?: string[];
}

/** How a test file ended, as far as its runner tells. */
export interface FileRecord {
  kind: "file";
  test: string;
  ending: Ending;
}

/** `whole`: all its tests ran once, and passed. */
export type Ending = "whole" | "failed" | "filtered" | "retried" | "skipped";

/** Whether the picture failed its test, and was kept. */
export function isFailed({ status }: Pick<PictureRecord, "status">): boolean {
  return status === "blank" || isAcceptable({ status });
}

/** Whether the picture that was received can become the baseline. */
export function isAcceptable({ status }: Pick<PictureRecord, "status">): boolean {
  return status === "differs" || status === "missing" || status === "broken";
}

/** A picture of the report, by its record and its files. */
export interface ReportEntry extends PictureRecord {
  /** Paths; only of files that are there. */
  expected?: string;
  actual?: string;
  diff?: string;
}

/** What the JSON beside the page has. */
export interface Report {
  startedAt: string;
  /** How many pictures the run asked for, by what became of them. */
  counts: Record<string, number>;
  /** Those that failed. */
  failures: ReportEntry[];
}
