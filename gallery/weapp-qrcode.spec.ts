// weapp-qrcode: a QR code with a picture in its middle.
import assert from "node:assert/strict";
import { assertBetween, piece, readQrCode, share, withFrame } from "./support.ts";

describe("weapp-qrcode", () => {
  it("draws a code that reads as its text", () =>
    withFrame(async (frame, host) => {
      const { instance } = frame.openPage("pages/weapp-qrcode", {
        canvases: [{ canvasId: "myQrcode", width: 200, height: 200 }],
      });
      const picture = await piece(host, "weapp-qrcode", (await instance.done).tempFilePath);
      assert.deepEqual([picture.width, picture.height], [400, 400]);
      assert.equal(readQrCode(picture), "https://github.com/yingye");
      assertBetween(share(picture, [0x1a, 0x23, 0x7e]), 0.3, 0.6, "dark modules");
    }));
});
