// Promise 2: every other disk fault is one clear failure; it leaves nothing, and later exports
// work.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { answerOf, inFolder, LINUX, LONG, needs, ROOT } from "../support/promises.ts";

/** The outcome of each export of the script: its file's size or its code, and the files left. */
interface Answer {
  outcomes: (number | string)[];
  left: string[];
}

/** Exports before, during and after a fault, which the script's lines bring about. */
const script = (folder: string, fault: string, cure: string) => `
  import { execFileSync } from "node:child_process";
  import * as fs from "node:fs";
  import { dirname } from "node:path";
  const folder = ${JSON.stringify(folder)};
  const host = wxCanvas.createHost({ tempDir: folder });
  host.createCanvas("a", 50, 50);
  const outcomes = [];
  const attempt = async () => {
    const exported = await host.canvasToTempFilePath({ canvasId: "a" }).catch((error) => error);
    outcomes.push(exported.code ?? fs.statSync(exported.tempFilePath).size);
    if (exported.code && !exported.errMsg.startsWith("canvasToTempFilePath:fail " + exported.code)) {
      throw exported;
    }
    return exported.tempFilePath;
  };
  const first = await attempt();
  const directory = dirname(first);
  const before = fs.readdirSync(directory);
  const list = () => (fs.statSync(directory, { throwIfNoEntry: false })?.isDirectory()
    ? fs.readdirSync(directory).filter((name) => !before.includes(name)) : []);
  ${fault}
  await attempt();
  const left = list();
  ${cure}
  await attempt();
  await attempt();
  await host.dispose();
  console.log(JSON.stringify({ outcomes, left }));`;

async function assertFault(folder: string, code: string, fault: string, cure = "", how = {}) {
  const { outcomes, left } = await answerOf<Answer>(script(folder, fault, cure), how);
  const [first, during, ...after] = outcomes;
  assert.equal(during, code);
  assert.deepEqual(left, []);
  assert.ok(Number(first) > 50 && after.length === 2, String(outcomes));
  for (const outcome of after) assert.equal(outcome, first, "after the fault");
}

/** Runs the test on a disk of its own. */
function onDisk(options: string, test: (folder: string) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder]);
    try {
      await test(folder);
    } finally {
      execFileSync("umount", [folder]);
    }
  });
}

describe("promise 02: other disk faults", function () {
  this.timeout(LONG);

  it("holds without a free inode", async function () {
    needs(this, ROOT, "root on Linux, to mount a small disk");
    const fault = `
      let filled = 0;
      try {
        for (;;) fs.writeFileSync(folder + "/fill" + filled, ""), filled++;
      } catch {}`;
    const cure = 'while (filled > 0) fs.rmSync(folder + "/fill" + --filled);';
    await onDisk("size=8m,nr_inodes=20", (folder) => assertFault(folder, "ENOSPC", fault, cure));
  });

  it("holds on a disk that becomes read-only", async function () {
    needs(this, ROOT, "root on Linux, to mount a small disk");
    const remount = (mode: string) => `execFileSync("mount", ["-o", "remount,${mode}", folder]);`;
    await onDisk("size=8m", (folder) => assertFault(folder, "EROFS", remount("ro"), remount("rw")));
  });

  it("holds without permission", async function () {
    needs(this, LINUX, "Linux, for a user without rights");
    await inFolder(async (folder) => {
      // Root may write anywhere, so the process changes its user after the library is loaded.
      const fault = `
        if (process.getuid() === 0) {
          fs.chownSync(folder, 65534, 65534);
          fs.chownSync(directory, 65534, 65534);
          process.seteuid(65534);
        }
        fs.chmodSync(directory, 0o500);`;
      const cure = "fs.chmodSync(directory, 0o700);";
      // The file system checks the rights of a thread; those of the pool have to change, too.
      await assertFault(folder, "EACCES", fault, cure);
    });
  });

  it("holds for a deleted directory, which is made again", () =>
    inFolder((folder) =>
      assertFault(folder, "ENOENT", "fs.rmSync(directory, { recursive: true });"),
    ));

  it("holds for a file in the directory's place, which stays beside a new directory", () =>
    inFolder((folder) =>
      assertFault(
        folder,
        "ENOTDIR",
        'fs.rmSync(directory, { recursive: true }); fs.writeFileSync(directory, "mine");',
        'if (fs.readFileSync(directory, "utf8") !== "mine") throw new Error("overwritten");',
      ),
    ));
});
