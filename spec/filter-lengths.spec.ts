// Which lengths are found in a context's filter.
import assert from "node:assert/strict";
import { lengthsOf, scaledFilter } from "../lib/filter-lengths.ts";

const FILTER = "blur(.5px) drop-shadow(-2.1e3PX 4in 0 #1e3px) hue-rotate(90deg) opacity(.5)";

describe("lengths in filters", () => {
  it("are numbers with a unit of length, however they are written", () => {
    assert.deepEqual(lengthsOf(FILTER), [0.5, -2100, 4]);
    assert.deepEqual(lengthsOf("none"), []);
  });

  it("are scaled, and nothing else is", () => {
    assert.equal(
      scaledFilter(FILTER, 2),
      "blur(1px) drop-shadow(-4200PX 8in 0 #1e3px) hue-rotate(90deg) opacity(.5)",
    );
  });
});
