// Promise 9: posters that are requested at once do not need their memory at once.
import assert from "node:assert/strict";
import { answerOf, inFolder, LONG, times } from "../support/promises.ts";

const POSTERS = times(500, 200);

/** The shortened form writes JPEGs, which take a tenth of the time. */
const script = (tempDir: string, fileType: string) => `
  const host = wxCanvas.createHost({ tempDir: ${JSON.stringify(tempDir)} });
  const one = async (i) => {
    const context = host.createCanvas("poster" + i, 750, 1334).getContext("2d");
    const sky = context.createLinearGradient(0, 0, 750, 1334);
    sky.addColorStop(0, "#" + String(100000 + i * 37).slice(-6));
    sky.addColorStop(1, "#fed");
    context.fillStyle = sky;
    context.fillRect(0, 0, 750, 1334);
    context.fillStyle = "#222";
    context.font = "40px sans-serif";
    for (let line = 0; line < 10; line++) context.fillText("poster " + i, 40, 100 + line * 60);
    const exporting = host.canvasToTempFilePath({ canvasId: "poster" + i, fileType: "${fileType}" });
    host.releaseCanvas("poster" + i);
    return exporting;
  };
  const made = await Promise.all(Array.from({ length: ${POSTERS} }, (_, i) => one(i)));
  await host.dispose();
  // Linux counts into maxRSS what the parent had when it forked; its own mark is the process's.
  const { readFileSync } = await import("node:fs");
  const mark = process.platform === "linux" && readFileSync("/proc/self/status", "latin1");
  const peak = mark ? Number(/VmHWM:\\s*(\\d+)/.exec(mark)[1]) : process.resourceUsage().maxRSS;
  console.log(JSON.stringify({ made: new Set(made.map(({ tempFilePath }) => tempFilePath)).size, peak }));`;

describe("promise 09: memory at once", function () {
  this.timeout(LONG);
  it(`keeps RSS below 400 MB for ${POSTERS} concurrent posters of 750 × 1334`, () =>
    inFolder(async (tempDir) => {
      const fileType = times(1, 0) ? "png" : "jpg";
      const answer = await answerOf<{ made: number; peak: number }>(script(tempDir, fileType));
      assert.equal(answer.made, POSTERS);
      const megabytes = (answer.peak * 1024) / 1e6;
      assert.ok(megabytes < 400, `${megabytes} MB`);
      if (process.env.PROMISES) console.log(`      peak ${megabytes.toFixed(0)} MB`);
    }));
});
