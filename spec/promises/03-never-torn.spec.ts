// Promise 3: a process that is killed while it writes leaves no half file under a final name.
import assert from "node:assert/strict";
import { watch } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { printed, start } from "../support/children.ts";
import { inFolder, LINUX, LONG, NOISE, needs, times } from "../support/promises.ts";

const KILLS = times(200, 6);

/** Exports large files, eight at a time, until it is killed. */
const script = (tempDir: string) => `
  ${NOISE}
  const host = wxCanvas.createHost({ tempDir: ${JSON.stringify(tempDir)} });
  noise(host, "a", 1200, 1000);
  host.createCanvas("b", 1, 1);
  await host.canvasToTempFilePath({ canvasId: "b" });
  setTimeout(() => process.exit(1), 60_000);
  console.log("made");
  for (;;) {
    await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((i) => host.canvasToTempFilePath({
      canvasId: "a", fileType: i % 2 ? "png" : "jpg", destWidth: 1200 - i, destHeight: 1000 - i,
    })));
  }`;

/** Whether the file ends as PNG and JPEG files do. */
function isWhole(file: Buffer): boolean {
  const png = file.toString("latin1", 0, 8) === "\x89PNG\r\n\x1a\n";
  return png
    ? file.toString("latin1", file.length - 8, file.length - 4) === "IEND"
    : file.subarray(0, 2).equals(Buffer.from([0xff, 0xd8])) &&
        file.subarray(-2).equals(Buffer.from([0xff, 0xd9]));
}

/** Resolves as soon as the nth new name from now on is seen in the directory. */
function appeared(directory: string, n: number): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0;
    const watcher = watch(directory, (event) => {
      if (event !== "rename" || ++seen < n) return;
      watcher.close();
      resolve();
    });
  });
}

describe("promise 03: never torn", function () {
  this.timeout(LONG);

  it(`holds for ${KILLS} × SIGKILL while files are being written: 0 torn files`, async function () {
    needs(this, LINUX, "Linux, where a folder tells of a new file at once");
    let [torn, whole, unfinished] = [0, 0, 0];
    for (let kill = 0; kill < KILLS; kill++) {
      await inFolder(async (tempDir) => {
        const { child, ended } = start(script(tempDir));
        await printed(child);
        const [name = ""] = await readdir(tempDir);
        const directory = join(tempDir, name);
        // Every file is made under one name and renamed to another: an odd count is in the middle.
        await appeared(directory, 1 + (kill % 7));
        child.kill("SIGKILL");
        await ended;
        for (const file of await readdir(directory)) {
          if (!/\.(png|jpg)$/.test(file)) unfinished++;
          else if (isWhole(await readFile(join(directory, file)))) whole++;
          else torn++;
        }
        await rm(directory, { recursive: true });
      });
    }
    assert.equal(torn, 0);
    assert.ok(whole >= KILLS, `${whole} whole files`);
    // The proof itself: the kills did hit the middle of writes.
    assert.ok(unfinished > KILLS / 10, `only ${unfinished} kills hit a write`);
  });
});
