// Promise 18: worker threads share a temp directory without sharing a name.
import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { inFolder, LONG, times } from "../support/promises.ts";

const [WORKERS, EXPORTS] = [times(8, 3), times(500, 60)];

const script = (library: string, tempDir: string) => `
  import { parentPort, threadId } from "node:worker_threads";
  import * as wxCanvas from ${JSON.stringify(library)};
  const host = wxCanvas.createHost({ tempDir: ${JSON.stringify(tempDir)} });
  const context = host.createCanvas("a", 64, 64).getContext("2d");
  const paths = [];
  for (let i = 0; i < ${EXPORTS}; i++) {
    context.fillStyle = "#" + String(100000 + threadId * 1000 + i);
    context.fillRect(0, 0, 64, i % 64);
    const fileType = i % 3 ? "png" : "jpg";
    paths.push((await host.canvasToTempFilePath({ canvasId: "a", fileType })).tempFilePath);
  }
  parentPort.postMessage(paths);
  // The files go with the thread: it waits until they have been looked at.
  await new Promise((resolve) => parentPort.once("message", resolve));
  parentPort.close();`;

/** Whether the file ends as PNG and JPEG files do. */
function isWhole(file: Buffer): boolean {
  const end = file.toString("latin1", file.length - 8);
  return end.startsWith("IEND") || end.endsWith("\xff\xd9");
}

describe("promise 18: threads", function () {
  this.timeout(LONG);
  it(`write whole files without a name twice: ${WORKERS} workers × ${EXPORTS} exports in one folder`, () =>
    inFolder(async (folder) => {
      const library = new URL("../../lib/index.ts", import.meta.url).href;
      const file = join(folder, "worker.mjs");
      await writeFile(file, script(library, folder));
      const execArgv = ["--import", import.meta.resolve("@oxc-node/core/register")];
      const workers = Array.from({ length: WORKERS }, () => new Worker(file, { execArgv }));
      const ended = workers.map(
        (worker) =>
          new Promise<number>((resolve, reject) => worker.on("exit", resolve).on("error", reject)),
      );
      const answers = workers.map(
        (worker, i) =>
          new Promise<string[]>((resolve, reject) => {
            worker.once("message", resolve);
            ended[i]?.then(() => reject(new Error("a worker ended early")), reject);
          }),
      );
      const paths = (await Promise.all(answers)).flat();
      assert.equal(new Set(paths).size, WORKERS * EXPORTS);
      for (const path of paths) assert.ok(isWhole(await readFile(path)), path);
      for (const worker of workers) worker.postMessage("done");
      assert.deepEqual(new Set(await Promise.all(ended)), new Set([0]));
      assert.deepEqual(await readdir(folder), ["worker.mjs"]);
    }));
});
