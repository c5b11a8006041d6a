// The records of a run: one line for each picture, and one for each test file that ended.
import type { Environment } from "./environment.ts";
import type { Difference } from "./verdict.ts";

/** The content of `run.json`: the run that the folder belongs to. */
export interface Run {
  id: string;
  /** ISO 8601. */
  startedAt: string;
  /** Flags of the runner's command line under which not all tests run. */
  filters: string[];
}

/** The record of one picture. */
export interface PictureRecord {
  kind: "picture";
  /** The test file from the project's root, with slashes. */
  test: string;
  name: string;
  /**
   * For `new` and `updated`, the run wrote the baseline; `accepted`: `acceptPictures` did, later.
   * `blank`: the test host found problems.
   */
  status: "passed" | "new" | "updated" | "differs" | "missing" | "broken" | "blank" | "accepted";
  /** The test's own name, where the runner names it. */
  title?: string | undefined;
  /** Why the picture failed. */
  message?: string;
  difference?: Difference;
  /** The environment of the received picture; only if the picture was kept. */
  environment?: Environment;
  /** How it differs from the baseline's environment. */
  environmentChanges?: string[];
}

/** How a test file ended, as far as its runner reports. */
export interface FileRecord {
  kind: "file";
  test: string;
  ending: Ending;
}

/** How a test file ended; `whole`: all its tests ran once and passed. */
export type Ending = "whole" | "failed" | "filtered" | "retried" | "skipped";

/** Whether the picture failed its test, and was kept. */
export function isFailed({ status }: Pick<PictureRecord, "status">): boolean {
  return status === "blank" || isAcceptable({ status });
}

/** Whether the received picture can become the baseline. */
export function isAcceptable({ status }: Pick<PictureRecord, "status">): boolean {
  return status === "differs" || status === "missing" || status === "broken";
}

/** A picture in the report: its record and its files. */
export interface ReportEntry extends PictureRecord {
  /** Paths of the files, if they exist. */
  expected?: string;
  actual?: string;
  diff?: string;
}

/** The content of the JSON file beside the page. */
export interface Report {
  startedAt: string;
  /** How many pictures the run asked for, by status. */
  counts: Record<string, number>;
  /** The pictures that failed. */
  failures: ReportEntry[];
}
