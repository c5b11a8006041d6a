// Removing files: many without blocking, and one that a scanner holds is retried on Windows only.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { elapsedMs } from "../../lib/clock.ts";
import { isDiskQuick, noteDiskWork } from "../../lib/temp/quick-disk.ts";
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
  it("does not wait for process.nextTick, which sinon replaces", () =>
    inFolder(async (base) => {
      const folder = join(base, "some");
      mkdirSync(folder);
      for (let i = 0; i < 600; i++) writeFileSync(join(folder, `${i}.png`), "");
      await withStub(
        process,
        "nextTick",
        () => () => {},
        () => removeDirectory(folder),
      );
      assert.equal(existsSync(folder), false);
    }));

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

  /** Whether the directory is gone when removeDirectory returns its promise. */
  const goesAtOnce = (files: number, folders = 0) => {
    let isGone = false;
    return inFolder(async (base) => {
      const folder = join(base, "few");
      mkdirSync(folder);
      for (let i = 0; i < files; i++) writeFileSync(join(folder, `${i}`), "");
      for (let i = 0; i < folders; i++) mkdirSync(join(folder, `folder ${i}`));
      const removed = removeDirectory(folder);
      isGone = !existsSync(folder);
      await removed;
      assert.deepEqual(readdirSync(base), []);
    }).then(() => isGone);
  };

  it("happens at once when it has few files and the disk is quick", async () => {
    // An earlier spec may have found the disk slow.
    while (!isDiskQuick()) await setTimeout(50);
    let now = elapsedMs();
    const began = now;
    await withStub(
      process,
      "uptime",
      () => () => now / 1000,
      async () => {
        noteDiskWork(now);
        assert.equal(await goesAtOnce(0), true);
        assert.equal(await goesAtOnce(8), true);
        assert.equal(await goesAtOnce(9), false);
        assert.equal(await goesAtOnce(1, 1), false);
        noteDiskWork(now - 6);
        assert.equal(await goesAtOnce(1), false);
        now = began + 110;
        assert.equal(await goesAtOnce(1), true);
      },
    );
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
