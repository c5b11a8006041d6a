// The symbols of `using`, also where a realm lacks them.
import assert from "node:assert/strict";
import { asyncDispose, dispose, knownSymbol } from "../lib/known-symbols.ts";

describe("the symbols of `using`", () => {
  it("are the realm's own", () => {
    assert.equal(asyncDispose, Symbol.asyncDispose);
    assert.equal(dispose, Symbol.dispose);
  });

  it("are those of compilers' helpers in a realm without them", () => {
    assert.equal(knownSymbol("dispose", {}), Symbol.for("Symbol.dispose"));
  });
});
