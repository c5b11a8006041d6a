// Removing files: a file that a scanner holds for a moment is retried on Windows only.
import assert from "node:assert/strict";
import { retried } from "../../lib/temp/removal.ts";
import { withStub } from "../support/stubs.ts";

const on = (platform: NodeJS.Platform, test: () => Promise<void>) =>
  withStub(process, "platform", () => platform, test);

/** A function that fails the given number of times. */
function failing(times: number, code: string) {
  let calls = 0;
  const attempt = () => {
    calls++;
    if (calls <= times) throw Object.assign(new Error(code), { code });
  };
  return { attempt, calls: () => calls };
}

describe("the removal of a file that is held for a moment", () => {
  it("is retried on Windows", () =>
    on("win32", async () => {
      const { attempt, calls } = failing(2, "EBUSY");
      await retried(attempt);
      assert.equal(calls(), 3);
    }));

  it("is retried for a bounded time", () =>
    on("win32", async () => {
      const { attempt, calls } = failing(100, "EPERM");
      await assert.rejects(retried(attempt), { code: "EPERM" });
      assert.equal(calls(), 6);
    })).timeout(10_000);

  for (const [platform, code] of [
    ["linux", "EBUSY"],
    ["win32", "ENOSPC"],
  ] as const) {
    it(`is not retried on ${platform} for ${code}`, () =>
      on(platform, async () => {
        const { attempt, calls } = failing(1, code);
        await assert.rejects(retried(attempt), { code });
        assert.equal(calls(), 1);
      }));
  }
});
