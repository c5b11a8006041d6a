// What only Windows does: devices and streams, leftovers without /proc, files that others hold.
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHost } from "wx-canvas-node";

const folder = mkdtempSync(join(tmpdir(), "checks-"));

export async function check() {
  strictEqual(process.platform, "win32");
  const host = createHost({ tempDir: folder });
  const files = host.wx.getFileSystemManager();
  for (const name of ["NUL", "nul.txt", "a.txt:x", "COM1", "con .txt", "sub/AUX"]) {
    const write = () => files.writeFileSync(`wxfile://usr/${name}`, "x");
    let failure;
    try {
      write();
    } catch (error) {
      failure = error;
    }
    ok(failure, `${name} was written`);
  }
  files.writeFileSync("wxfile://usr/console.txt", "x");
  strictEqual(files.readFileSync("wxfile://usr/console.txt", "utf8"), "x");

  // A process that ends without clean-up leaves its directory; this one, which lives, keeps its
  // own.
  const script = `
    const { createHost } = require("wx-canvas-node");
    const host = createHost({ tempDir: ${JSON.stringify(folder)} });
    host.createCanvas("a", 9, 9);
    host.canvasToTempFilePath({ canvasId: "a" }).then(() => process.reallyExit(1));`;
  spawnSync(process.execPath, ["-e", script], { stdio: "ignore" });
  strictEqual(readdirSync(folder).length, 2, "one of the dead process, one of ours");
  const sweeper = `
    const { createHost } = require("wx-canvas-node");
    const host = createHost({ tempDir: ${JSON.stringify(folder)} });
    host.createCanvas("a", 9, 9);
    host.canvasToTempFilePath({ canvasId: "a" }).then(() => host.dispose());`;
  const { status } = spawnSync(process.execPath, ["-e", sweeper], { stdio: "ignore" });
  strictEqual(status, 0);
  strictEqual(readdirSync(folder).length, 1, "that of the living process");
  await host.dispose();
  deepStrictEqual(readdirSync(folder), []);
}
