// Promise 7: exports do not use up descriptors, at any number and concurrency.
import assert from "node:assert/strict";
import { answerOf, inFolder, LINUX, LONG, needs, times } from "../support/promises.ts";

const [EXPORTS, AT_ONCE] = [times(5_000, 400), times(500, 150)];

interface Answer {
  files: number;
  before: number;
  after: number;
}

const script = (tempDir: string, exportsAtOnce: number | undefined) => `
  import { execFileSync } from "node:child_process";
  import { readdirSync } from "node:fs";
  import { dirname } from "node:path";
  const host = wxCanvas.createHost({ tempDir: ${JSON.stringify(tempDir)} });
  ${exportsAtOnce ? `wxCanvas.setConcurrency({ exports: ${exportsAtOnce} });` : ""}
  host.createCanvas("a", 20, 20).getContext("2d").fillRect(1, 2, 3, 4);
  const one = () => host.canvasToTempFilePath({ canvasId: "a" });
  const { tempFilePath } = await one();
  // Now, since loading modules takes more than that.
  execFileSync("prlimit", ["--nofile=64", "--pid", String(process.pid)]);
  const open = () => readdirSync("/proc/self/fd").length;
  const before = open();
  for (let i = 0; i < ${EXPORTS}; i += 4) await Promise.all([one(), one(), one(), one()]);
  await Promise.all(Array.from({ length: ${AT_ONCE} }, one));
  const after = open();
  const files = readdirSync(dirname(tempFilePath)).length;
  await host.dispose();
  console.log(JSON.stringify({ files, before, after }));`;

describe("promise 07: descriptors", function () {
  this.timeout(LONG);
  for (const [name, exportsAtOnce] of [
    ["", undefined],
    [", all of them let through at once", 1000],
  ] as const) {
    it(`holds for ${EXPORTS} exports, then ${AT_ONCE} at once, with 64 descriptors${name}`, async function () {
      needs(this, LINUX, "Linux, which tells what is open");
      await inFolder(async (folder) => {
        const answer = await answerOf<Answer>(script(folder, exportsAtOnce));
        assert.equal(answer.files, 1 + EXPORTS + AT_ONCE);
        assert.equal(answer.after, answer.before);
      });
    });
  }
});
