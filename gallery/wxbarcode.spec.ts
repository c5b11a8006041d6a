// wxbarcode: a Code 128 and a QR code, their sizes in rpx of the window.
import assert from "node:assert/strict";
import { piece, readBarCode, readQrCode, withFrame } from "./support.ts";

describe("wxbarcode", () => {
  it("draws codes that read as the number", () =>
    withFrame(async (frame, host) => {
      const { instance } = frame.openPage("pages/wxbarcode", {
        canvases: [
          { canvasId: "barcode", width: 340, height: 100 },
          { canvasId: "qrcode", width: 210, height: 210 },
        ],
      });
      const { code } = instance.data;
      const bars = await piece(
        host,
        "wxbarcode-barcode",
        (await instance.save("barcode")).tempFilePath,
      );
      assert.deepEqual([bars.width, bars.height], [680, 200]);
      assert.equal(readBarCode(bars), code);
      const modules = await piece(
        host,
        "wxbarcode-qrcode",
        (await instance.save("qrcode")).tempFilePath,
      );
      assert.equal(readQrCode(modules), code);
    }));
});
