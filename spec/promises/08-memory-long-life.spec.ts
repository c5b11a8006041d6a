// Promise 8: a process that exports for months does not grow.
import assert from "node:assert/strict";
import { answerOf, inFolder, LONG, times } from "../support/promises.ts";

const [EXPORTS, EVERY, SETTLED] = [times(20_000, 4_000), 500, 2_000];

interface Sample {
  exports: number;
  heap: number;
  rss: number;
}

/** Least-squares slope of the heap, in bytes an export. */
function slope(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [x, y] = [mean(({ exports }) => exports), mean(({ heap }) => heap)];
  const up = mean((sample) => (sample.exports - x) * (sample.heap - y));
  return up / mean((sample) => (sample.exports - x) ** 2);
}

/** What is held by mistake stays; what a process holds besides goes up and down by a tenth. */
function leastRss(samples: readonly Sample[]): number {
  return Math.min(...samples.map(({ rss }) => rss));
}

/** One poster of each kind of drawing: mounted and recorded, made and drawn at once. */
const script = (tempDir: string) => `
  const host = wxCanvas.createHost({ tempDir: ${JSON.stringify(tempDir)}, pixelRatio: 2 });
  const samples = [];
  for (let exports = 0; exports <= ${EXPORTS}; exports++) {
    if (exports % ${EVERY} === 0) {
      for (let i = 0; i < 3; i++) {
        globalThis.gc();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      const { heapUsed: heap, rss } = process.memoryUsage();
      samples.push({ exports, heap, rss });
    }
    const canvasId = "poster" + exports;
    if (exports % 2) {
      const context = host.createCanvas(canvasId, 100, 100).getContext("2d");
      context.fillStyle = "#123456";
      context.fillRect(exports % 50, 0, 40, 40);
    } else {
      host.mountCanvas({ canvasId, width: 50, height: 50 });
      const context = host.wx.createCanvasContext(canvasId);
      context.setFillStyle("red");
      context.fillRect(exports % 50, 0, 40, 40);
      context.draw();
    }
    const { tempFilePath } = await host.canvasToTempFilePath({ canvasId });
    await host.releaseFile(tempFilePath);
    host.releaseCanvas(canvasId);
  }
  await host.dispose();
  console.log(JSON.stringify(samples));`;

describe("promise 08: memory over a long life", function () {
  this.timeout(LONG);
  it(`holds for ${EXPORTS} exports: heap growth below 200 bytes an export, RSS below 10 %`, () =>
    inFolder(async (tempDir) => {
      const samples = await answerOf<Sample[]>(script(tempDir), { flags: ["--expose-gc"] });
      const settled = samples.filter(({ exports }) => exports >= SETTLED);
      const growth = slope(settled);
      // 1 kB is promised; what is kept of an export by mistake may be smaller than that.
      assert.ok(growth < 200, `${growth} bytes an export`);
      const part = Math.ceil(samples.length / 4);
      const [early, late] = [
        leastRss(samples.slice(part, 2 * part)),
        leastRss(samples.slice(-part)),
      ];
      assert.ok(late < early * 1.1, `${early / 1e6} MB grew to ${late / 1e6} MB`);
      if (process.env.PROMISES) console.log(`      ${growth.toFixed(1)} B, ${early} -> ${late}`);
    }));
});
