// What properties of a legacy context read back as: what the engine's own context would.
import assert from "node:assert/strict";
import { createCanvas } from "@napi-rs/canvas";
import { PROPERTIES, type Property } from "../../lib/context/members.ts";
import { ContextState, readBack } from "../../lib/context/state.ts";

const values: unknown[] = [
  ...["red", "#abcd", "no colour", "rgb(1 2 3 / 50%)", "x".repeat(300), "", "12px sans-serif"],
  ...["round", "bevel", "xor", "center", "middle", "rtl", "2px", "blur(2px)", "none", "high"],
  ...[-0, 0, 1, 0.1, 0.5, -1, 2, Number.NaN, Number.POSITIVE_INFINITY, 1e9],
  ...[true, false, null, undefined],
];

describe("a property of a legacy context", () => {
  it("reads back as on the engine's context, and keeps its value where that does", () => {
    for (const property of PROPERTIES) {
      for (const value of values) {
        const context = createCanvas(1, 1).getContext("2d") as unknown as Record<Property, unknown>;
        const before = context[property];
        try {
          context[property] = value;
        } catch {
          // The engine keeps the value.
        }
        const read = readBack(property, value) ?? before;
        assert.deepEqual(read, context[property], `${property} = ${String(value)}`);
      }
    }
  });

  it("takes gradients where a canvas takes them", () => {
    const gradient = createCanvas(1, 1).getContext("2d").createLinearGradient(0, 0, 1, 1);
    assert.equal(readBack("fillStyle", gradient), gradient);
    assert.equal(readBack("strokeStyle", gradient), gradient);
    assert.equal(readBack("shadowColor", gradient), undefined);
    assert.equal(readBack("lineWidth", Symbol("width")), undefined);
  });

  it("is saved and restored, with the dash", () => {
    const state = new ContextState();
    state.set("lineWidth", 2);
    state.setLineDash([[3]]);
    state.save();
    state.save();
    state.set("lineWidth", 3);
    state.setLineDash([[4, 5], 6]);
    assert.deepEqual([state.get("lineWidth"), state.dash], [3, [4, 5]]);
    assert.equal(state.get("lineDashOffset"), 6);
    state.restore();
    assert.deepEqual([state.get("lineWidth"), state.dash], [2, [3, 3]]);
    state.set("lineWidth", 4);
    state.restore();
    assert.equal(state.get("lineWidth"), 2);
    state.restore();
    assert.equal(state.get("lineWidth"), 2);
    state.reset();
    assert.deepEqual([state.get("lineWidth"), state.dash], [1, []]);
  });
});
