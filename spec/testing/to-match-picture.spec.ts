// toMatchPicture: the same verdict, in the form of expect's matchers.
import assert from "node:assert/strict";
import { type MatcherContext, toMatchPicture } from "../../lib/testing/index.ts";
import { failing, inPlayground, square } from "./support.ts";

describe("toMatchPicture", () => {
  it("passes, or gives the reason, under its test's name or its own", () =>
    inPlayground(async ({ file }) => {
      const test = { title: "draws", attempt: 0 };
      const expect = (actual: unknown, context: MatcherContext, name?: string | object) => {
        test.attempt++;
        return toMatchPicture.call(
          context,
          actual,
          name as string,
          name === "x" ? { test } : undefined,
        );
      };
      const context = { testPath: file, snapshotState: { _updateSnapshot: "new" } };
      assert.equal((await expect(square(), context, "x")).pass, true);
      const same = await expect(square(), context, "x");
      assert.deepEqual([same.pass, same.message()], [true, "the picture matches"]);
      const other = await expect(square([1, 1]), context, "x");
      assert.equal(other.pass, false);
      assert.match(other.message(), /^toMatchPicture:fail "x" differs from its baseline/);
      const all = { ...context, snapshotState: { _updateSnapshot: "all" } };
      assert.equal((await expect(square([1, 1]), all, "x")).pass, true);
      const none = { ...context, snapshotState: { _updateSnapshot: "none" } };
      const missing = await expect(square(), none, { test: { title: "another" } });
      assert.match(missing.message(), /"another" has no baseline/);
      const testFile = Object.assign({ name: "f" }, { filepath: file });
      const task = { name: "of vitest", file: testFile };
      assert.equal((await expect(square(), { ...context, task })).pass, true);
      assert.equal((await expect(square(), {}, { in: file })).pass, true);
    }));

  it("rethrows errors that are no verdict", () =>
    inPlayground(async ({ file }) => {
      const cases: [context: MatcherContext, actual: unknown, message: RegExp][] = [
        [{ testPath: file, isNot: true }, square(), /not: a picture can only be expected to match/],
        [{}, square(), /in: expected the test file/],
        [{ testPath: file }, 5, /actual: expected a canvas/],
      ];
      for (const [context, actual, message] of cases) {
        const failure = await failing(() => toMatchPicture.call(context, actual, "y"));
        assert.match(failure.message, message);
      }
    }));
});
