// What a report knows of a run: the JSON beside its page.
import type { PictureRecord } from "../records.ts";

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
