// The assertion `matchPicture` as a matcher of expect, for vitest and jest.
import { CanvasError, toCanvasError } from "../errors.ts";
import { withApiName } from "../settle.ts";
import { argumentsOf, match } from "./match-picture.ts";
import type { MatchOptions } from "./options.ts";
import { runner, runningTest } from "./runners/index.ts";
import { fileOf } from "./test-file.ts";

/** The `this` of a matcher: the members that vitest and jest have in common, and `task`. */
export interface MatcherContext {
  isNot?: boolean;
  testPath?: string | undefined;
  currentTestName?: string | undefined;
  /** Of vitest only: the right test even where tests run concurrently. */
  task?: object;
  snapshotState?: object;
}

/**
 * {@link matchPicture} for `expect.extend` of vitest and jest.
 *
 * @example
 * expect.extend({ toMatchPicture });
 * await expect(canvas).toMatchPicture("invite");
 */
export async function toMatchPicture(
  this: MatcherContext,
  actual: unknown,
  name?: string | MatchOptions,
  options?: MatchOptions,
): Promise<{ pass: boolean; message: () => string }> {
  try {
    await withApiName("toMatchPicture", async () => {
      if (this.isNot)
        throw new CanvasError("INVALID", "not: a picture can only be expected to match");
      const [given, settings] = argumentsOf(name, options);
      const context = this.task ? this : settings.test;
      const running = runningTest(context);
      const file = settings.in === undefined ? this.testPath : fileOf(settings.in);
      if (file === undefined)
        throw new CanvasError("INVALID", "in: expected the test file, got nothing");
      const { snapshotState: state } = this as { snapshotState?: { _updateSnapshot?: string } };
      return match(
        { actual, name: given, file, running, context },
        settings,
        state?._updateSnapshot ?? runner.update(),
      );
    });
    return { pass: true, message: () => "the picture matches" };
  } catch (error) {
    const failure = toCanvasError(error);
    if (failure.code !== "MISMATCH" && failure.code !== "MISSING") throw failure;
    return { pass: false, message: () => failure.message };
  }
}
