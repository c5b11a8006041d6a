// Writes the report of the last run: a self-contained HTML file, and its data as JSON.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { withApiName } from "../../settle.ts";
import { writeWhole } from "../baselines.ts";
import type { Report, ReportEntry } from "../records.ts";
import { isFailed, type PictureRecord } from "../records.ts";
import { baselineOf, type Results, type ResultsOptions, readResults } from "../results.ts";
import { keptPath } from "../run.ts";
import { type Embedded, embed } from "./embed.ts";
import { page } from "./page.ts";

/** How the run ended, and where its report is. */
export interface ReportResult {
  /** How many pictures failed. */
  failed: number;
  /** How many pictures the run asked for. */
  all: number;
  /** The paths of the two files. */
  html: string;
  json: string;
  report: Report;
}

/** Which run is reported, and where. */
export interface ReportOptions extends ResultsOptions {
  /** The path of the page; its data goes beside it. Default: `report.html` in the run's folder. */
  out?: string | undefined;
}

/**
 * Writes the report of the last run.
 *
 * @throws {CanvasError} `NOT_FOUND` without a run
 */
export function reportPictures(options: ReportOptions = {}): Promise<ReportResult> {
  return withApiName("reportPictures", () => writeReport(options));
}

async function writeReport({ out, ...options }: ReportOptions): Promise<ReportResult> {
  const results = readResults(options);
  const html = out ?? join(results.folder.path, "report.html");
  const json = html.replace(/(\.html?)?$/i, ".json");
  const counts: Record<string, number> = {};
  for (const { status } of results.pictures) counts[status] = (counts[status] ?? 0) + 1;
  const failures = results.pictures.filter(isFailed).map((record) => withFiles(results, record));
  const report = { startedAt: results.run.startedAt, counts, failures };
  const images: Embedded[] = await embed(failures.flatMap(filesOf));
  writeWhole(html, page(report, images));
  writeWhole(json, `${JSON.stringify(report, null, 2)}\n`);
  return { failed: failures.length, all: results.pictures.length, html, json, report };
}

function withFiles(results: Results, record: PictureRecord): ReportEntry {
  const kept = (what: string) => keptPath(results.folder, record.test, record.name, what);
  const files = {
    expected: baselineOf(results, record),
    actual: kept("actual"),
    diff: kept("diff"),
  };
  const there = Object.entries(files).filter(([, path]) => existsSync(path));
  return { ...record, ...Object.fromEntries(there) };
}

/** The files of a failure, in the order in which the page shows them. */
export function filesOf({ expected, actual, diff }: ReportEntry): string[] {
  return [expected, actual, diff].filter((path) => path !== undefined);
}
