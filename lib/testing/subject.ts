// One picture of one test: its name and baseline, and how its result is recorded.
import { type CanvasError, invalid } from "../errors.ts";
import { baselinePath, writeWhole } from "./baselines.ts";
import { currentEnvironment, noteEnvironment } from "./environment.ts";
import type { Paths } from "./failure.ts";
import { asName, claimName, nameFromTitle } from "./names.ts";
import type { Problems } from "./problems.ts";
import type { PictureRecord } from "./records.ts";
import { begin, keptPath, record, runFolder, testOf } from "./run.ts";
import { noteTestFile, type RunningTest } from "./runners/index.ts";

export interface Subject {
  /** The test file. */
  file: string;
  name: string;
  /** The test's own name, where it is known. */
  title: string | undefined;
  baseline: string;
  /** The problems of its test host, if it has one. */
  problems: Problems | undefined;
}

/** The value to compare, or a promise of it, and the test that compares it. */
export interface Asked {
  actual: unknown;
  name: unknown;
  file: string;
  running: RunningTest | undefined;
  /** The runner's context of the test, where it is given. */
  context?: object | undefined;
}

/** Finds the picture's name, and reserves it for this test; the problems are known later. */
export function subjectOf({ name: given, file, running }: Asked): Omit<Subject, "problems"> {
  if (given === undefined && !running) {
    const expected = "the name of a picture, since this runner does not name the running test";
    throw invalid("name", expected, given);
  }
  const { title } = running ?? {};
  const wanted = given === undefined ? nameFromTitle(title as string) : asName(given);
  noteTestFile(file);
  const name = claimName(file, wanted, running);
  return { file, name, title, baseline: baselinePath(file, name) };
}

/** Records the result. */
export function note(
  { file, name, title }: Subject,
  status: PictureRecord["status"],
  more: Partial<PictureRecord> = {},
): void {
  const folder = runFolder();
  record(folder, { kind: "picture", test: testOf(folder, file), name, status, title, ...more });
}

export const environmentNow = ({ problems }: Subject): Record<string, string> =>
  currentEnvironment(problems !== undefined);

/** Makes the received picture the baseline. */
export function writeBaseline(subject: Subject, received: Buffer): void {
  writeWhole(subject.baseline, received);
  noteEnvironment(subject.file, subject.name, environmentNow(subject));
}

/** Keeps the received picture, for the report and for accepting it, and returns the failure. */
export function failed(
  subject: Subject,
  received: Buffer,
  status: PictureRecord["status"],
  failure: (paths: Paths) => CanvasError,
  { diff, ...more }: Partial<PictureRecord> & { diff?: Buffer } = {},
): CanvasError {
  const folder = runFolder();
  begin(folder);
  const keep = (what: string, bytes: Buffer) => {
    const path = keptPath(folder, testOf(folder, subject.file), subject.name, what);
    writeWhole(path, bytes);
    return path;
  };
  const error = failure({
    expected: subject.baseline,
    actual: keep("actual", received),
    diff: diff && keep("diff", diff),
  });
  note(subject, status, { message: error.reason, environment: environmentNow(subject), ...more });
  return error;
}
