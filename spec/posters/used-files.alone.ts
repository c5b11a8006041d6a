// The files that a child process notes, so that a preview can watch them; used-files.spec.ts runs
// these tests.
import assert from "node:assert/strict";
import fs, { existsSync, promises, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Script } from "node:vm";
import { noteUsedFiles } from "../../lib/posters/child/used-files.ts";
import { withHost } from "../support/hosts.ts";

describe("The files that a process has used", () => {
  const folder = fs.mkdtempSync(join(tmpdir(), "used-"));
  const path = (name: string) => join(folder, name);
  // Getters, of which Node 26 has one, cannot be set again.
  const functionsOf = (module: object) =>
    Object.fromEntries(
      Object.entries(Object.getOwnPropertyDescriptors(module))
        .filter(([, { value }]) => typeof value === "function")
        .map(([name, { value }]) => [name, value]),
    );
  const saved = [functionsOf(fs), functionsOf(promises)] as const;
  let list: () => string[];
  before(() => {
    fs.writeFileSync(path("a.txt"), "a");
    fs.writeFileSync(path("data.json"), "{}");
    list = noteUsedFiles();
  });
  after(() => {
    Object.assign(fs, saved[0]);
    Object.assign(promises, saved[1]);
    syncBuiltinESMExports();
    fs.rmSync(folder, { recursive: true });
  });

  it("are those that were read or not found, by any function", async () => {
    readFileSync(path("a.txt"));
    await readFile(pathToFileURL(path("b.txt"))).catch(() => {});
    existsSync(path("c.txt"));
    await new Promise((done) => fs.realpath.native(path("d.txt"), done));
    fs.readFileSync(fs.openSync(path("a.txt"), "r"));
    await readFile(new URL("https://example.com/e.txt")).catch(() => {});
    const files = list().filter((file) => file.startsWith(folder));
    assert.deepEqual(files, ["a.txt", "b.txt", "c.txt", "d.txt"].map(path));
  });

  it("are modules, and scripts of mini-programs", () => {
    new Script("0", { filename: path("page.js") }).runInThisContext();
    const files = list();
    assert.ok(files.includes(fileURLToPath(import.meta.url)));
    assert.ok(files.includes(path("page.js")));
    assert.ok(!files.some((file) => file.startsWith("node:")));
  });

  it("are JSON that ES modules import", async () => {
    const json = path("data.json");
    await import(pathToFileURL(json).href, { with: { type: "json" } });
    assert.ok(list().includes(json));
  });

  it("are pictures of a host, even such as are missing", () =>
    withHost({ roots: [folder] }, async (host) => {
      await host.loadImage(path("missing.png")).catch(() => {});
      assert.ok(list().includes(path("missing.png")));
    }));

  it("are none that the process has made itself", async () => {
    fs.mkdirSync(path("made"));
    existsSync(path("made/inner.txt"));
    fs.writeFileSync(path("written.txt"), "");
    readFileSync(path("written.txt"));
    fs.copyFileSync(path("a.txt"), path("copied.txt"));
    readFileSync(path("copied.txt"));
    const files = list();
    for (const name of ["made/inner.txt", "written.txt", "copied.txt"]) {
      assert.ok(!files.includes(path(name)), name);
    }
  });
});
