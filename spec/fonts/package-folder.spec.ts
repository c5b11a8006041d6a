// Where font packages are looked for.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { packageFolder, pathOf } from "../../lib/fonts/package-folder.ts";

describe("packageFolder", () => {
  it("finds what is installed above this library, wherever the program works", () => {
    const { cwd, argv } = process;
    try {
      process.cwd = () => resolve("/");
      process.argv = [];
      const folder = packageFolder("noto-sans-sc");
      assert.ok(existsSync(join(`${folder}`, "unicode.json")));
      assert.equal(packageFolder("no-such-font"), undefined);
    } finally {
      Object.assign(process, { cwd, argv });
    }
  });

  it("reads the names of files in modules and in CommonJS", () => {
    const path = resolve("a folder", "b#%.js");
    assert.equal(pathOf(path), path);
    assert.equal(pathOf(pathToFileURL(path).href), path);
  });
});
