// uqrcodejs: a green QR code that says Chinese, with a picture in front.
import assert from "node:assert/strict";
import { assertBetween, piece, readQrCode, share, withFrame } from "./support.ts";

describe("uqrcodejs", () => {
  it("draws a code that reads as its text", () =>
    withFrame(async (frame, host) => {
      const text = "https://example.com/海报?id=1128";
      const { instance } = frame.openPage("pages/uqrcode", {
        canvases: [{ canvasId: "qrcode", width: 255, height: 255 }],
      });
      const picture = await piece(host, "uqrcodejs", (await instance.make(text)).tempFilePath);
      assert.equal(readQrCode(picture), text);
      assertBetween(share(picture, [0x0b, 0x6e, 0x4f]), 0.2, 0.6, "green modules");
    }));
});
