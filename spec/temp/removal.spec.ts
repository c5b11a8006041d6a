// Removing files: many without blocking, and one that a scanner holds is retried on Windows only.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeDirectory, retried } from "../../lib/temp/removal.ts";
import { BLOCK_MS, measured } from "../support/measured.ts";
import { inFolder } from "../support/promises.ts";
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

describe("the removal of a directory", () => {
  it("does not block the loop, however many files and folders it has", function () {
    this.timeout(120_000);
    return inFolder(async (base) => {
      const folder = join(base, "many");
      mkdirSync(join(folder, "usr"), { recursive: true });
      for (let i = 0; i < 16_000; i++) writeFileSync(join(folder, "usr", `${i}.png`), "");
      for (let i = 0; i < 200; i++) mkdirSync(join(folder, `${i}`));
      const { blockMs } = await measured(() => removeDirectory(folder));
      assert.deepEqual(readdirSync(base), []);
      assert.ok(blockMs < BLOCK_MS / 2, `${blockMs} ms`);
    });
  });

  it("removes links, not what they lead to", () =>
    inFolder(async (base) => {
      const [folder, outside] = [join(base, "a"), join(base, "outside")];
      for (const path of [folder, outside]) mkdirSync(path);
      writeFileSync(join(outside, "kept"), "");
      symlinkSync(outside, join(folder, "link"));
      symlinkSync("/nowhere", join(folder, "dead"));
      await removeDirectory(folder);
      assert.equal(existsSync(folder), false);
      assert.deepEqual(readdirSync(outside), ["kept"]);
      await removeDirectory(folder);
    }));
});
