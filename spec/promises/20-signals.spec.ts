// Promise 20: at every end of a process its directory is removed, and the end is unchanged.
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { printed, start } from "../support/children.ts";
import { withHost } from "../support/hosts.ts";
import { inFolder, LINUX, LONG, needs } from "../support/promises.ts";

type How = (child: ReturnType<typeof start>["child"]) => void;

/** The end of a process with this script, after an export, or without the library at all. */
async function endOf(tempDir: string, isUsed: boolean, script: string, how?: How) {
  const used = `
    const host = wxCanvas.createHost({ tempDir: ${JSON.stringify(tempDir)} });
    host.createCanvas("a", 10, 10);
    const { tempFilePath } = await host.canvasToTempFilePath({ canvasId: "a" });
    globalThis.exists = () => fs.existsSync(tempFilePath);`;
  const { child, ended } = start(
    `import fs from "node:fs"; ${isUsed ? used : "globalThis.exists = () => true;"} ${script}`,
    {},
    { bare: !isUsed },
  );
  if (how) {
    await printed(child);
    how(child);
  }
  const { code, signal, stdout } = await ended;
  return { code, signal, stdout };
}

const WAIT = 'setTimeout(() => process.exit(99), 20_000); console.log("waiting");';

const ENDS: [name: string, script: string, signal?: NodeJS.Signals][] = [
  ["SIGTERM", WAIT, "SIGTERM"],
  ["SIGINT", WAIT, "SIGINT"],
  ["SIGHUP", WAIT, "SIGHUP"],
  ["process.exit()", "process.exit();"],
  ["process.exit(3)", "process.exit(3);"],
  ["process.exitCode", "process.exitCode = 4;"],
  ["an uncaught error", 'setImmediate(() => { throw new Error("uncaught"); });'],
  ["an unhandled rejection", 'Promise.reject(new Error("unhandled"));'],
  [
    "SIGTERM, with a handler that drains for 300 ms",
    `process.on("SIGTERM", () => {
      const begun = Date.now();
      setTimeout(() => {
        console.log("drained", exists(), Date.now() - begun >= 290);
        process.exit(7);
      }, 300);
    }); ${WAIT}`,
    "SIGTERM",
  ],
  [
    "SIGINT, with a handler that runs once and continues",
    `process.once("SIGINT", () => {
      console.log("received", exists());
      setTimeout(() => process.kill(process.pid, "SIGINT"), 50);
    }); ${WAIT}`,
    "SIGINT",
  ],
];

describe("promise 20: signals", function () {
  this.timeout(LONG);
  for (const [name, script, signal] of ENDS) {
    it(name, async function () {
      needs(this, process.platform !== "win32", "a system with signals");
      const how = signal && ((child: Parameters<How>[0]) => void child.kill(signal));
      await inFolder(async (tempDir) => {
        const [withUs, without] = await Promise.all([
          endOf(tempDir, true, script, how),
          endOf(tempDir, false, script, how),
        ]);
        assert.deepEqual(withUs, without);
        assert.deepEqual(await readdir(tempDir), []);
      });
    });
  }

  it("leave the directory to the next host for SIGKILL", async function () {
    needs(this, LINUX, "Linux, where it is known who is dead");
    await inFolder(async (tempDir) => {
      const { signal } = await endOf(tempDir, true, WAIT, (child) => child.kill("SIGKILL"));
      assert.equal(signal, "SIGKILL");
      assert.equal((await readdir(tempDir)).length, 1);
      await withHost({ tempDir }, async (host) => {
        host.createCanvas("a", 5, 5);
        await host.canvasToTempFilePath({ canvasId: "a" });
        assert.equal((await readdir(tempDir)).length, 1);
      });
      assert.deepEqual(await readdir(tempDir), []);
    });
  });
});
