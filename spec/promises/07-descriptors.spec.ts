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

const withoutDescriptors = `
  import { execFileSync } from "node:child_process";
  import { closeSync, openSync } from "node:fs";
  const host = wxCanvas.createHost();
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="7" height="8"/>');
  const { data } = await host.canvasToBuffer({ canvas: host.createCanvas("a", 2, 2) });
  await host.loadImage(data);
  await host.loadImage(svg.subarray(1)).catch(() => {});
  execFileSync("prlimit", ["--nofile=64", "--pid", String(process.pid)]);
  const taken = [];
  try {
    for (;;) taken.push(openSync("/dev/null"));
  } catch {}
  const { errMsg } = await host.loadImage(svg).catch((error) => error);
  await new Promise(setImmediate);
  taken.forEach((fd) => closeSync(fd));
  const { width, height } = await host.loadImage(svg);
  await host.dispose();
  console.log(JSON.stringify({ errMsg, size: [width, height] }));`;

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

  it("refuses an SVG while there are none left, and renders it when there are", async function () {
    needs(this, LINUX, "Linux, which tells what is open");
    const { errMsg, size } = await answerOf<{ errMsg: string; size: number[] }>(withoutDescriptors);
    assert.match(errMsg, /its renderer cannot be started$/);
    assert.deepEqual(size, [7, 8]);
  });
});
