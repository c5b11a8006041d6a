// @qiun/ucharts: grouped columns on a legacy canvas, after their animation.
import assert from "node:assert/strict";
import { piece, share, withFrame } from "./support.ts";

describe("@qiun/ucharts", () => {
  it("draws columns as high as their values", () =>
    withFrame(async (frame, host) => {
      const { instance } = frame.openPage("pages/ucharts", {
        canvases: [{ canvasId: "chart", width: 375, height: 250 }],
      });
      const { tempFilePath } = await instance.draw();
      const picture = await piece(host, "ucharts", tempFilePath);
      assert.deepEqual([picture.width, picture.height], [750, 500]);
      const blue = share(picture, [0x18, 0x90, 0xff]);
      const red = share(picture, [0xee, 0x66, 0x66]);
      const [goal, done] = [22 + 18 + 25 + 30, 8 + 12 + 6 + 10];
      assert.ok(blue > 0.05 && Math.abs(red / blue - done / goal) < 0.05, `${red} ${blue}`);
    }));
});
