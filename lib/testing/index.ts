// The public entry of picture tests, wx-canvas-node/testing: exports only.
export { type AcceptOptions, acceptPictures } from "./accept.ts";
export type { Actual, HostCanvas } from "./actual.ts";
export { type MatchResult, matchPicture } from "./match-picture.ts";
export {
  configurePictures,
  type MatchOptions,
  type PicturesConfiguration,
  type Rectangle,
  type Tolerance,
} from "./options.ts";
export type { ProblemKind } from "./problems.ts";
export { type PruneOptions, type PruneResult, prunePictures } from "./prune.ts";
export type { Report, ReportEntry } from "./records.ts";
export { type ReportOptions, type ReportResult, reportPictures } from "./report/report.ts";
export type { StandIn } from "./stand-ins.ts";
export type { FontSource } from "./test-fonts.ts";
export { createTestHost, type TestHostOptions } from "./test-host.ts";
export { type MatcherContext, toMatchPicture } from "./to-match-picture.ts";
