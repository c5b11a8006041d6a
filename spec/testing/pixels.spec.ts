// Pictures as pixels: those that cannot be compared, and why.
import assert from "node:assert/strict";
import { decodeImage } from "../../lib/testing/pixels.ts";
import { pngHeader, pngOf } from "../support/hostile-pictures.ts";
import { failing, square } from "./support.ts";

describe("a picture that is compared", () => {
  it("is refused when it is cut off, too large, or cannot be decoded", async () => {
    const jpeg = await square().encode("jpeg");
    const cases: [bytes: Buffer, reason: RegExp][] = [
      [jpeg.subarray(0, -2), /the JPEG is cut off before its end/],
      [pngOf(pngHeader(30_000, 20_000)), /it is 30000 × 20000, more than can be compared/],
      [pngOf(pngHeader(8, 8)), /the png cannot be decoded/],
    ];
    for (const [bytes, reason] of cases) {
      const { code, message } = await failing(() => decodeImage(bytes));
      assert.equal(code, "SOURCE");
      assert.match(message, reason);
    }
  });
});
