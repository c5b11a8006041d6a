// @antv/f2: a donut of four parts with a legend, on a 2D node.
import assert from "node:assert/strict";
import { assertBetween, piece, share, withFrame } from "./support.ts";

describe("@antv/f2", () => {
  it("draws parts as large as their shares", () =>
    withFrame(async (frame, host) => {
      const { instance } = frame.openPage("pages/f2", {
        canvases: [{ id: "f2", type: "2d", width: 375, height: 260 }],
      });
      const canvas = await instance.done;
      const { tempFilePath } = await host.wx.canvasToTempFilePath({ canvas });
      const picture = await piece(host, "f2", tempFilePath);
      assert.deepEqual([picture.width, picture.height], [750, 520]);
      const colours: [number, number, number][] = [
        [0x18, 0x90, 0xff],
        [0x13, 0xc2, 0xc2],
        [0x2f, 0xc2, 0x5b],
        [0xfa, 0xcc, 0x14],
      ];
      const areas = colours.map((colour) => share(picture, colour));
      const all = areas.reduce((a, b) => a + b);
      for (const [i, expected] of [0.4, 0.3, 0.2, 0.1].entries()) {
        assertBetween((areas[i] ?? 0) / all, expected - 0.04, expected + 0.04, `part ${i}`);
      }
    }));
});
