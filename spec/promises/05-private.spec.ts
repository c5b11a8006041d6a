// Promise 5: files are 0600 and their directory 0700, whatever the process's umask.
import assert from "node:assert/strict";
import { readdirSync, statSync, watch } from "node:fs";
import { dirname, join } from "node:path";
import { drawn, withHost } from "../support/hosts.ts";
import { inFolder, LONG, needs } from "../support/promises.ts";

const mode = (path: string) => statSync(path).mode & 0o7777;

describe("promise 05: private", function () {
  this.timeout(LONG);
  for (const umask of [0o000, 0o022, 0o077]) {
    it(`holds under umask ${umask.toString(8).padStart(3, "0")}`, async function () {
      needs(this, process.platform !== "win32", "a system with umasks");
      const before = process.umask(umask);
      try {
        await inFolder((tempDir) =>
          withHost({ tempDir }, async (host) => {
            drawn(host.createCanvas("a", 300, 300), (context) => context.fillRect(9, 9, 99, 99));
            const first = await host.canvasToTempFilePath({ canvasId: "a" });
            const directory = dirname(first.tempFilePath);
            // This holds while they are being written, too.
            const seen = new Set<number>();
            const watcher = watch(directory, (_, name) => {
              const path = join(directory, name ?? "");
              const stats = statSync(path, { throwIfNoEntry: false });
              if (stats?.isFile()) seen.add(stats.mode & 0o7777);
            });
            const types = ["png", "jpg", "png", "jpg"];
            await Promise.all(
              types.map((fileType) => host.canvasToTempFilePath({ canvasId: "a", fileType })),
            );
            watcher.close();
            assert.ok([...seen].every((value) => value === 0o600));
            assert.equal(mode(directory), 0o700);
            const files = readdirSync(directory);
            assert.equal(files.length, 5);
            for (const file of files) assert.equal(mode(join(directory, file)), 0o600);
          }),
        );
      } finally {
        process.umask(before);
      }
    });
  }
});
