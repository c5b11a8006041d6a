// Promise 1: a file is whole or not there, also when the disk fails in the middle of writing.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { answerOf, inFolder, LINUX, LONG, NOISE, needs, ROOT } from "../support/promises.ts";

interface Answer {
  code: string;
  errMsg: string;
  left: string[];
  later: number[];
}

/** Exports about 3 MiB of noise, then less; prints the files that were left in between. */
const script = (tempDir: string) => `
  import { readdir, stat } from "node:fs/promises";
  import { dirname } from "node:path";
  ${NOISE}
  const host = wxCanvas.createHost({ tempDir: ${JSON.stringify(tempDir)} });
  noise(host, "large", 1024, 1024);
  noise(host, "small", 100, 100);
  const { tempFilePath } = await host.canvasToTempFilePath({ canvasId: "small" });
  const directory = dirname(tempFilePath);
  await host.releaseFile(tempFilePath);
  const { code, errMsg } = await host.canvasToTempFilePath({ canvasId: "large" }).catch((error) => error);
  const left = await readdir(directory);
  const later = [];
  for (let i = 0; i < 5; i++) {
    const { tempFilePath } = await host.canvasToTempFilePath({ canvasId: "small" });
    later.push((await stat(tempFilePath)).size);
  }
  await host.dispose();
  console.log(JSON.stringify({ code, errMsg, left, later }));`;

function assertWhole({ code, errMsg, left, later }: Answer, expected: string): void {
  assert.equal(code, expected);
  assert.match(errMsg, new RegExp(`^canvasToTempFilePath:fail ${expected}: `));
  assert.deepEqual(left, []);
  assert.ok(later.length === 5 && later.every((size) => size > 10_000), String(later));
}

describe("promise 01: a file is whole or not there", function () {
  this.timeout(LONG);

  it("holds for 3 MiB on a disk of 1 MiB", async function () {
    needs(this, ROOT, "root on Linux, to mount a small disk");
    await inFolder(async (folder) => {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]);
      try {
        assertWhole(await answerOf<Answer>(script(folder)), "ENOSPC");
      } finally {
        execFileSync("umount", [folder]);
      }
    });
  });

  it("holds for a write that the system cuts off at 512 kB", async function () {
    needs(this, LINUX, "Linux, for a process whose files have a largest size");
    await inFolder(async (folder) => {
      const by = ["sh", "-c", 'ulimit -f 1000 && exec "$0" "$@"'];
      assertWhole(await answerOf<Answer>(script(folder), { by }), "EFBIG");
    });
  });
});
