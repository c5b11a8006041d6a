// cax: a scene graph of shapes and text, drawn by its stage into a component's canvas.
import assert from "node:assert/strict";
import { assertBetween, piece, share, withFrame } from "./support.ts";

describe("cax", () => {
  it("draws its scene", () =>
    withFrame(async (frame, host) => {
      const page = frame.openPage("pages/cax");
      const { instance } = page;
      frame.mountComponent(
        {
          data: { width: 1, height: 1 },
          methods: { getCaxCanvasId: () => "stage-canvas" },
        },
        {
          id: "stage",
          owner: instance,
          canvases: (data) => {
            const size = { width: data.width as number, height: data.height as number };
            return [
              { canvasId: "stage-canvas", ...size },
              { canvasId: "stage-canvasHit", ...size },
            ];
          },
        },
      );
      const { tempFilePath } = await instance.draw();
      const picture = await piece(host, "cax", tempFilePath);
      assert.deepEqual([picture.width, picture.height], [600, 400]);
      const area = (width: number, height: number) => (width * height) / (300 * 200);
      assertBetween(share(picture, [0xff, 0xb3, 0x00]), 0.08, 0.09, "a circle of 40");
      assertBetween(share(picture, [0x43, 0xa0, 0x47]), area(87, 59), area(90, 60), "a box");
      assertBetween(share(picture, [0x1a, 0x23, 0x7e], [40, 40, 140, 90]), 0.05, 0.4, "text");
    }));
});
