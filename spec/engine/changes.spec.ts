// Notes about the engine's objects: one set for all copies of the library in a process.
import assert from "node:assert/strict";
import { type CanvasPattern, createCanvas, Image, Path2D } from "@napi-rs/canvas";
import {
  contextPrototype,
  gradientInfo,
  hasPutPixels,
  isStyle,
  patternTransform,
} from "../../lib/engine/changes.ts";

const again = "../../lib/engine/changes.ts?again";
const context = createCanvas(9, 9).getContext("2d");

describe("the notes of the engine", () => {
  it("are shared by a second copy, which wraps no method again", async () => {
    const members = () =>
      [
        contextPrototype,
        ...[Image.prototype, Path2D.prototype, Object.getPrototypeOf(context.canvas)],
      ].flatMap((prototype) =>
        Object.values(Object.getOwnPropertyDescriptors(prototype)).flatMap(({ value, set }) => [
          value,
          set,
        ]),
      );
    const before = members();
    const other: typeof import("../../lib/engine/changes.ts") = await import(again);
    assert.deepEqual(members(), before);
    const gradient = context.createLinearGradient(1, 2, 3, 4);
    gradient.addColorStop(0, "red");
    const info = { method: "createLinearGradient", args: [1, 2, 3, 4], stops: [[0, "red"]] };
    assert.deepEqual(gradientInfo(gradient), info);
    assert.deepEqual(other.gradientInfo(gradient), info);
    context.putImageData(context.createImageData(1, 1), 0, 0);
    assert.equal(other.hasPutPixels(context.canvas), true);
    context.canvas.width = 9;
    assert.equal(hasPutPixels(context.canvas), false);
    other.forgetPutPixels(createCanvas(1, 1));
  });

  it("have the transform of a pattern in every form", () => {
    const pattern = context.createPattern(createCanvas(2, 2), "repeat") as CanvasPattern;
    assert.equal(patternTransform(pattern), undefined);
    const set = (init?: object) => {
      pattern.setTransform(init as never);
      return Object.values(patternTransform(pattern) ?? {});
    };
    assert.deepEqual(set(), [1, 0, 0, 1, 0, 0]);
    assert.deepEqual(set({ a: 2, f: 3 }), [2, 0, 0, 1, 0, 3]);
    assert.deepEqual(set({ m11: 1, m12: 2, m21: 3, m22: 4, m41: 5, m42: 6 }), [1, 2, 3, 4, 5, 6]);
  });

  it("recognise styles among other values", () => {
    assert.ok(isStyle(context.createConicGradient(0, 1, 1)));
    assert.ok(isStyle(context.createPattern(createCanvas(2, 2), "repeat") as object));
    assert.equal(isStyle({}), false);
  });
});
