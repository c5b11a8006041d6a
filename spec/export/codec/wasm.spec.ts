// The embedded encoder is the one that its sources give.

import { strictEqual } from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

describe("wasm.ts", () => {
  it("is up to date with assembly/", async () => {
    const folder = await mkdtemp(join(tmpdir(), "codec-"));
    const file = join(folder, "wasm.ts");
    await promisify(execFile)(process.execPath, ["lib/export/codec/assembly/build.mjs", file]);
    const built = await readFile(file, "utf8");
    const embedded = await readFile(
      new URL("../../../lib/export/codec/wasm.ts", import.meta.url),
      "utf8",
    );
    await rm(folder, { recursive: true });
    strictEqual(built === embedded, true, "run npm run build:codec");
  }).timeout(60_000);
});
