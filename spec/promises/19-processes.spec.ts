// Promise 19: processes share one folder, and the end of one does not affect the others.
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { answerOf, inFolder, LONG, times } from "../support/promises.ts";

const [PROCESSES, EXPORTS] = [4, times(1_000, 60)];

/** Looks at its files at its end; `disposeAt` is the export before which it starts anew. */
const script = (tempDir: string, disposeAt: number) => `
  import { readFileSync } from "node:fs";
  let host = wxCanvas.createHost({ tempDir: ${JSON.stringify(tempDir)} });
  const paths = [];
  let whole = 0;
  const look = () => {
    for (const path of paths.splice(0)) {
      const end = readFileSync(path).toString("latin1").slice(-8);
      if (end.startsWith("IEND") || end.endsWith("\\xff\\xd9")) whole++;
    }
  };
  for (let i = 0; i < ${EXPORTS}; i++) {
    if (i === ${disposeAt}) {
      look();
      await host.dispose();
      host = wxCanvas.createHost({ tempDir: ${JSON.stringify(tempDir)} });
    }
    host.releaseCanvas("a");
    host.createCanvas("a", 64, 64).getContext("2d").fillRect(0, 0, 64, i % 64);
    const fileType = i % 3 ? "png" : "jpg";
    paths.push((await host.canvasToTempFilePath({ canvasId: "a", fileType })).tempFilePath);
  }
  look();
  await host.dispose();
  console.log(JSON.stringify(whole));`;

describe("promise 19: processes", function () {
  this.timeout(LONG);
  const all = PROCESSES * EXPORTS;
  it(`write ${all} whole files: ${PROCESSES} processes × ${EXPORTS} exports, one disposed early`, () =>
    inFolder(async (tempDir) => {
      const answers = Array.from({ length: PROCESSES }, (_, i) =>
        answerOf<number>(script(tempDir, i === 0 ? EXPORTS / 2 : -1)),
      );
      assert.deepEqual(await Promise.all(answers), Array(PROCESSES).fill(EXPORTS));
      assert.deepEqual(await readdir(tempDir), []);
    }));
});
