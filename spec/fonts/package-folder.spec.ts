// Where font packages are looked for.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { packageFolder, pathOf } from "../../lib/fonts/package-folder.ts";

describe("packageFolder", () => {
  const places: [string, () => string, string[]][] = [
    ["elsewhere", () => resolve("/"), ["node", resolve("/none/program.js")]],
    ["in a folder that was removed, as no file", () => assert.fail("ENOENT: uv_cwd"), []],
  ];
  for (const [where, workingDirectory, argv] of places) {
    it(`finds packages above this library when the program works ${where}`, () => {
      const before = { cwd: process.cwd, argv: process.argv };
      try {
        Object.assign(process, { cwd: workingDirectory, argv });
        assert.ok(existsSync(join(`${packageFolder("noto-sans-sc")}`, "unicode.json")));
        assert.equal(packageFolder("no-such-font"), undefined);
      } finally {
        Object.assign(process, before);
      }
    });
  }

  it("reads the names of files in modules and in CommonJS", () => {
    const path = resolve("a folder", "b#%.js");
    assert.equal(pathOf(path), path);
    assert.equal(pathOf(pathToFileURL(path).href), path);
  });
});
