// Shared memory of the threads is reused, and freed when there are no pictures.

import { ok, strictEqual } from "node:assert/strict";
import {
  acquirePixels,
  dropPixels,
  releasePixels,
} from "../../../lib/export/codec/shared-pixels.ts";

describe("shared pixels", () => {
  beforeEach(dropPixels);

  it("are reused for a picture that is not larger", () => {
    const first = acquirePixels(4000);
    releasePixels(first);
    const second = acquirePixels(400);
    ok(second.buffer === first.buffer);
    strictEqual(second.length, 400);
    releasePixels(second);
    ok(acquirePixels(40_000).buffer !== first.buffer);
  });

  it("are not reused after they are freed", () => {
    const first = acquirePixels(4000);
    releasePixels(first);
    dropPixels();
    ok(acquirePixels(4000).buffer !== first.buffer);
  });
});
