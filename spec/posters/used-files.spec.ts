// Runs the tests of noteUsedFiles in a process of their own: it patches node:fs, and it asks the
// debugger, after which a process no longer counts the coverage of branches.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

describe("noteUsedFiles", () => {
  it("passes its tests in a process of its own", function () {
    this.timeout(60_000);
    const mocha = createRequire(import.meta.url).resolve("mocha/bin/mocha.js");
    const file = fileURLToPath(new URL("used-files.alone.ts", import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [mocha, file], {
      encoding: "utf8",
    });
    assert.equal(status, 0, `${stdout}${stderr}`);
    assert.match(stdout, /[1-9]\d* passing/);
  });
});
