// Node's own globals, in a realm that lacks them.
import assert from "node:assert/strict";
import { AbortController, structuredClone } from "../lib/own-globals.ts";

describe("Node's own globals", () => {
  it("are those of this realm", () => {
    assert.equal(AbortController, globalThis.AbortController);
    const value = { list: [1, new Date(0)] };
    assert.deepEqual(structuredClone(value), value);
    assert.notEqual(structuredClone(value), value);
    assert.throws(() => structuredClone({ draw() {} }), { name: "DataCloneError" });
  });
});
