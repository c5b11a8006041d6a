// What Windows does its own way: devices and streams, leftovers without /proc, files that others
// hold, processes and their ends.
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHost } from "wx-canvas-node";
import { createRenderer } from "wx-canvas-node/posters";

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
  // Ctrl-Break, and a closed console.
  const breaking = script.replace("process.reallyExit(1)", 'process.emit("SIGBREAK", "SIGBREAK")');
  const { status: ended } = spawnSync(process.execPath, ["-e", breaking], { stdio: "ignore" });
  ok(ended !== 0, "the process ends by the signal");
  strictEqual(readdirSync(folder).length, 1, "that of the living process");

  const canvas = host.createCanvas("svg", 20, 20);
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><rect width="20" height="20" fill="red"/></svg>';
  canvas.getContext("2d").drawImage(await host.loadImage(Buffer.from(svg)), 0, 0);
  deepStrictEqual([...canvas.getContext("2d").getImageData(9, 9, 1, 1).data], [255, 0, 0, 255]);
  const path = join(folder, "own.png");
  for (let i = 0; i < 2; i++) await host.canvasToFile({ canvas, path });
  await host.dispose();
  deepStrictEqual(readdirSync(folder), ["own.png"]);
  await checkRenderer();
}

/** Processes that render posters, one of which never ends by itself. */
async function checkRenderer() {
  const poster = (draw) =>
    `import { definePoster } from "wx-canvas-node/posters";
     export default definePoster({ width: 40, height: 20, draw({ context }) { ${draw} } });`;
  writeFileSync("good.mjs", poster("context.fillRect(0, 0, 9, 9);"));
  writeFileSync("endless.mjs", poster("for (;;);"));
  const renderer = createRenderer({
    posters: ["./good.mjs", "./endless.mjs"],
    processes: 1,
    timeout: 20_000,
  });
  const failure = await renderer.render("endless", {}).catch((error) => error);
  strictEqual(failure.code, "TIMEOUT");
  strictEqual((await renderer.render("good", {})).width, 40);
  await renderer.close();
}
