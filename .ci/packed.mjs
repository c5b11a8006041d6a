// A project that has the packed tarball installed: its dependencies are those of this checkout.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** Makes the project; the package is unpacked, so that it is what its users get. */
export function createProject(name) {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  const modules = join(folder, "node_modules");
  mkdirSync(modules);
  const tarball = run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder])
    .trim()
    .split("\n")
    .at(-1);
  run("tar", ["-xzf", join(folder, tarball), "-C", modules]);
  run("mv", [join(modules, "package"), join(modules, "wx-canvas-node")]);
  for (const name of readdirSync("node_modules")) {
    if (!name.startsWith(".")) symlinkSync(resolve("node_modules", name), join(modules, name));
  }
  const put = (path, text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  put("package.json", '{ "type": "module", "private": true }');
  return {
    folder,
    command: join(modules, "wx-canvas-node/dist/cli/main.js"),
    put,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}\n${stderr}`);
  return stdout;
}
