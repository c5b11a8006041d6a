// The limit on the address space, as Linux writes it.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAddressSpaceSmall } from "../../../lib/export/codec/address-space.ts";
import { inFolder } from "../../support/promises.ts";

describe("the address space", () => {
  for (const [soft, isSmall] of [
    ["unlimited", false],
    ["8192000000", true],
    ["68719476735", true],
    ["68719476736", false],
  ] as const) {
    it(`is ${isSmall ? "too small" : "enough"} for threads at a limit of ${soft}`, () =>
      inFolder(async (folder) => {
        const file = join(folder, "limits");
        writeFileSync(
          file,
          `Limit                     Soft Limit           Hard Limit           Units     \n` +
            `Max cpu time              1                    unlimited            seconds   \n` +
            `Max address space         ${soft.padEnd(20)} unlimited            bytes     \n`,
        );
        assert.equal(isAddressSpaceSmall(file), isSmall);
      }));
  }

  it("is enough where no file tells", () => {
    assert.equal(isAddressSpaceSmall("/no/such/file"), false);
  });
});
