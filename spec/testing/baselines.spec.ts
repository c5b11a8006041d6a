// The files of baselines: written whole or not at all.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../../lib/testing/baselines.ts";
import { failing, inPlayground } from "./support.ts";

describe("a file that is written whole", () => {
  it("is named when it cannot be written, and leaves no part behind", () =>
    inPlayground(async ({ folder }) => {
      mkdirSync(join(folder, "a folder"));
      writeFileSync(join(folder, "a file"), "");
      for (const path of [join(folder, "a folder"), join(folder, "a file", "x.png")]) {
        const { code, message } = await failing(() => writeWhole(path, "new"));
        assert.match(code, /^(EISDIR|EPERM|ENOTDIR|EEXIST|ENOENT)$/);
        assert.ok(message.includes(`${path}: it cannot be written: `), message);
      }
      assert.deepEqual(readdirSync(folder).sort(), ["a file", "a folder"]);
    }));
});
