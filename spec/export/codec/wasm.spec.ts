// The generated files of the encoder match its sources.

import { strictEqual } from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

describe("wasm.ts and thread-program.ts", () => {
  it("are up to date with their sources", async () => {
    const folder = await mkdtemp(join(tmpdir(), "codec-"));
    await promisify(execFile)(process.execPath, ["scripts/build-codec.mjs", folder]);
    for (const name of ["wasm.ts", "thread-program.ts"]) {
      const built = await readFile(join(folder, name), "utf8");
      const kept = await readFile(new URL(`../../../lib/export/codec/${name}`, import.meta.url));
      strictEqual(built === kept.toString(), true, `${name}: run npm run build:codec`);
    }
    await rm(folder, { recursive: true });
  }).timeout(60_000);
});
