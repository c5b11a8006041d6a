// The assertion `matchPicture`: a picture equals its baseline, or the test fails with the
// difference.
import { type CanvasError, toCanvasError } from "../errors.ts";
import { withApiName } from "../settle.ts";
import { type Actual, pngOf } from "./actual.ts";
import { assertPng, notAPicture, readIfThere } from "./baselines.ts";
import { environmentChanges, environmentOf } from "./environment.ts";
import { mismatch, missing } from "./failure.ts";
import { failIfNotAwaited } from "./not-awaited.ts";
import {
  type MatchOptions,
  type ParsedOptions,
  parseMatchOptions,
  type Tolerance,
} from "./options.ts";
import { decodePixels, encodePng } from "./pixels.ts";
import { problemsOf } from "./problems.ts";
import { runner, runningTest } from "./runners/index.ts";
import {
  type Asked,
  environmentNow,
  failed,
  note,
  type Subject,
  subjectOf,
  writeBaseline,
} from "./subject.ts";
import { callingFile, fileOf } from "./test-file.ts";
import { updateMode } from "./update.ts";
import { compare, type Verdict } from "./verdict.ts";

/** The result for a picture that passed. */
export interface MatchResult {
  /** `new` and `updated`: its baseline was written by this call. */
  status: "passed" | "new" | "updated";
  /** The path of its baseline. */
  baseline: string;
}

/**
 * Compares a picture pixel by pixel with its baseline, `__pictures__/<test file>/<name>.png` beside
 * the test. Without a baseline, the picture becomes it, unless `CI` is set. With
 * `UPDATE_PICTURES=changed`, or the runner's own `-u`, changed baselines are written, too.
 *
 * @param actual a canvas (exported as its host does, × its `pixelRatio`), `{ host, canvasId, … }`
 * with the options of an export, a path, the bytes of a PNG or JPEG, or ImageData
 * @param name a file name without extension. Default: the test's name, where the runner names it
 * (jest, vitest, mocha, or the option `test`); several pictures of one test are numbered
 * @throws {CanvasError} by rejection: `MISMATCH`, `MISSING` when no baseline may be written,
 * `BLANK` for problems that a test host found, `SOURCE` for a baseline or picture that cannot be
 * read, `INVALID` for a wrong option or a name that two tests use, or the system's code of a disk
 * error
 * @example
 * await matchPicture(canvas, "invite");
 * const small = { host, canvasId: "poster", destWidth: 375 };
 * await matchPicture(small, "small", { maxDiffRatio: 0.001 });
 */
export function matchPicture(
  actual: Actual | Promise<Actual>,
  name?: string | MatchOptions,
  options?: MatchOptions,
): Promise<MatchResult> {
  return withApiName("matchPicture", async () => {
    const [given, settings] = argumentsOf(name, options);
    const { test } = settings;
    const running = runningTest(test);
    // Found before the first await: afterwards the caller is not on the stack.
    const file =
      settings.in === undefined
        ? (running?.file ?? callingFile(matchPicture))
        : fileOf(settings.in);
    const asked = { actual, name: given, file, running, context: test };
    return match(asked, settings, runner.update());
  });
}

/** Sorts the arguments: both the name and the options after it are optional. */
export function argumentsOf(
  name: unknown,
  options: unknown,
): [name: unknown, options: ParsedOptions] {
  const isOptions = typeof name === "object" && name !== null && options === undefined;
  const settings = parseMatchOptions(isOptions ? name : options);
  return [isOptions ? undefined : name, settings];
}

/** The whole assertion, after the arguments are read; `matchPicture` and the matcher share it. */
export function match(
  asked: Asked,
  tolerance: Tolerance,
  runnerUpdate: string | undefined,
): Promise<MatchResult> {
  const compared = compareWithBaseline(asked, tolerance, runnerUpdate);
  failIfNotAwaited(compared, asked.context);
  return compared;
}

async function compareWithBaseline(
  asked: Asked,
  tolerance: Tolerance,
  runnerUpdate: string | undefined,
): Promise<MatchResult> {
  const update = updateMode(process.env, runnerUpdate);
  // Named before the first await: the pictures of a test are numbered in the order of the calls.
  const named = subjectOf(asked);
  const actual = await asked.actual;
  const subject: Subject = { ...named, problems: problemsOf(actual) };
  const received = await pngOf(actual);
  assertNoProblems(subject, received);
  const done = (status: MatchResult["status"]): MatchResult => {
    if (status !== "passed") writeBaseline(subject, received);
    note(subject, status);
    return { status, baseline: subject.baseline };
  };

  const expected = await readIfThere(subject.baseline);
  if (expected?.equals(received)) return done("passed");
  if (!expected) {
    if (update !== "none") return done("new");
    throw failed(subject, received, "missing", (paths) => missing(subject.name, paths));
  }
  let verdict: Verdict;
  try {
    assertPng(expected);
    verdict = compare(await decodePixels(expected), await decodePixels(received), tolerance);
  } catch (cause) {
    if (update === "changed") return done("updated");
    throw failed(subject, received, "broken", () => notAPicture(subject.baseline, expected, cause));
  }
  if (verdict.isSame) return done("passed");
  if (update === "changed") return done("updated");
  throw await different(subject, received, verdict);
}

/** If the test host found problems, keeps the picture and fails without comparing it. */
function assertNoProblems(subject: Subject, received: Buffer): void {
  try {
    subject.problems?.assertNone();
  } catch (error) {
    throw failed(subject, received, "blank", () => toCanvasError(error));
  }
}

async function different(
  subject: Subject,
  received: Buffer,
  { difference, diff }: Verdict,
): Promise<CanvasError> {
  const before = environmentOf(subject.file, subject.name);
  const changes = before && environmentChanges(before, environmentNow(subject));
  return failed(
    subject,
    received,
    "differs",
    (paths) => mismatch(subject.name, difference, paths, changes),
    {
      diff: await encodePng(diff()),
      difference,
      ...(changes && { environmentChanges: changes }),
    },
  );
}
