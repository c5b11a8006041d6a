// A membership card with both of the library's codes, sized in rpx.
import wxbarcode from "wxbarcode";

Page({
  // Of an odd number of digits the library encodes the last one as another character.
  data: { code: "12345678901234567890" },
  onLoad() {
    wxbarcode.barcode("barcode", this.data.code, 680, 200);
    wxbarcode.qrcode("qrcode", this.data.code, 420, 420);
  },
  save(canvasId) {
    return wx.canvasToTempFilePath({ canvasId });
  },
});
