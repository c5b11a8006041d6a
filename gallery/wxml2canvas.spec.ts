// wxml2canvas: a share card from a list of a picture, a text and a rectangle.
import assert from "node:assert/strict";
import { assertBetween, piece, share, withFrame } from "./support.ts";

describe("wxml2canvas", () => {
  it("draws the card", () =>
    withFrame(async (frame, host) => {
      const { instance } = frame.openPage("pages/wxml2canvas", {
        canvases: [{ canvasId: "canvas1", width: 340, height: 210 }],
      });
      const picture = await piece(host, "wxml2canvas", await instance.draw());
      assert.deepEqual([picture.width, picture.height], [680, 420]);
      assertBetween(share(picture, [0x3f, 0x51, 0xb5], [20, 260, 640, 120]), 0.98, 1, "rectangle");
      assertBetween(share(picture, [0xe9, 0x1e, 0x63], [350, 30, 310, 70]), 0.03, 0.4, "text");
      assertBetween(share(picture, [0xf0, 0xf0, 0xf0], [20, 20, 300, 200]), 0, 0.05, "no picture");
    }));
});
