// Promise 4: the next host sweeps the leftovers of killed processes, and nothing else.
import assert from "node:assert/strict";
import { chown, mkdir, readdir, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type How, printed, start } from "../support/children.ts";
import { withHost } from "../support/hosts.ts";
import { inFolder, LINUX, LONG, needs, ROOT, times } from "../support/promises.ts";

const KILLS = times(50, 2);

/** A process that has exported, and the name of its directory. */
async function owner(tempDir: string, how: How = {}) {
  const { child, ended } = start(
    `const host = wxCanvas.createHost({ tempDir: ${JSON.stringify(tempDir)} });
    host.createCanvas("a", 10, 10);
    const { tempFilePath } = await host.canvasToTempFilePath({ canvasId: "a" });
    setTimeout(() => {}, 150_000);
    console.log(tempFilePath.split("/").at(-2));`,
    {},
    how,
  );
  const name = (await printed(child)).trim();
  const kill = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  return { name, kill };
}

/** Makes a host, has it export, and gives the names left that are not its own. */
function leftAfterNewHost(tempDir: string): Promise<string[]> {
  return withHost({ tempDir }, async (host) => {
    host.createCanvas("a", 10, 10);
    await host.canvasToTempFilePath({ canvasId: "a" });
    const names = await readdir(tempDir);
    return names.filter((name) => !name.includes(`-${process.pid}-`)).sort();
  });
}

describe("promise 04: leftovers are swept", function () {
  this.timeout(LONG);

  it(`holds for those of ${KILLS} killed processes, and only those`, async function () {
    needs(this, LINUX, "Linux, where it is known who is dead");
    await inFolder(async (tempDir) => {
      const living = await owner(tempDir);
      for (let i = 0; i < KILLS; i++) await (await owner(tempDir)).kill();
      const dead = await owner(tempDir);
      await dead.kill();

      const renamed = async (change: (parts: string[]) => string[]) => {
        const { name, kill } = await owner(tempDir);
        await kill();
        const other = change(name.split("-")).join("-");
        await rename(join(tempDir, name), join(tempDir, other));
        return other;
      };
      // wx-canvas-node-<uid>-<namespace>-<start>-<pid>-<random>
      const kept = [
        living.name,
        await renamed((parts) => parts.with(3, "12345")),
        await renamed((parts) => parts.with(4, "0123456789abcdef")),
        await renamed((parts) => parts.slice(0, -1)),
        dead.name.replace(/-\w+$/, "-link"),
        "target",
      ];
      // The pid now belongs to another process, which started at another time.
      await renamed((parts) => parts.with(6, String(process.ppid)));
      await mkdir(join(tempDir, "target"), { mode: 0o700 });
      await writeFile(join(tempDir, "target", "kept"), "");
      await symlink(join(tempDir, "target"), join(tempDir, kept[4] ?? ""));
      if (ROOT) {
        const stranger = dead.name.replace(/-\w+$/, "-stranger");
        await mkdir(join(tempDir, stranger), { mode: 0o700 });
        await chown(join(tempDir, stranger), 12345, 12345);
        kept.push(stranger);
      }

      try {
        assert.deepEqual(await leftAfterNewHost(tempDir), kept.sort());
        assert.deepEqual(await readdir(join(tempDir, "target")), ["kept"]);
      } finally {
        await living.kill();
      }
    });
  });

  it("does not hold for a process in another pid namespace, dead or alive", async function () {
    needs(this, ROOT, "root on Linux, to make a pid namespace");
    await inFolder(async (tempDir) => {
      const by = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];
      const { name, kill } = await owner(tempDir, { by });
      try {
        assert.deepEqual(await leftAfterNewHost(tempDir), [name]);
      } finally {
        await kill();
      }
      assert.deepEqual(await leftAfterNewHost(tempDir), [name]);
    });
  });
});
