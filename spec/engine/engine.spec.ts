// What the library asks of the engine beyond drawing.
import assert from "node:assert/strict";
import { parses } from "../../lib/engine/engine.ts";

describe("parses", () => {
  it("tells which values the engine reads as a property, of any type", () => {
    assert.equal(parses("fillStyle", "#123"), true);
    assert.equal(parses("font", "12px sans-serif"), true);
    for (const value of ["no colour", Symbol("colour"), undefined]) {
      assert.equal(parses("fillStyle", value), false);
    }
  });
});
