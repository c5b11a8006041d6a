// Random names: of the system's random bytes, or of crypto's.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createRandomNames, randomName } from "../../lib/temp/random-name.ts";
import { inFolder } from "../support/promises.ts";

describe("a random name", () => {
  const names = (make: () => string) => Array.from({ length: 1_000 }, make);

  for (const [what, make] of [
    ["of this system", randomName],
    ["on a system without the device", createRandomNames("/no/such/device")],
  ] as const) {
    it(`${what}: 32 hexadecimal digits, never the same`, () => {
      const all = names(make);
      assert.equal(new Set(all).size, all.length);
      for (const name of all) assert.match(name, /^[0-9a-f]{32}$/);
    });
  }

  it("is not made of a device that gives too few bytes", () =>
    inFolder(async (folder) => {
      const device = join(folder, "device");
      await writeFile(device, "too few");
      assert.equal(new Set(names(createRandomNames(device))).size, 1_000);
    }));

  it("is made of the bytes of the device", () =>
    inFolder(async (folder) => {
      const device = join(folder, "device");
      await writeFile(device, Buffer.alloc(1_024, 0xab));
      assert.equal(createRandomNames(device)(), "ab".repeat(16));
    }));
});
