// As the library's README has it.
import drawQrcode from "weapp-qrcode";

Page({
  onReady() {
    this.done = new Promise((resolve, reject) => {
      drawQrcode({
        width: 200,
        height: 200,
        canvasId: "myQrcode",
        text: "https://github.com/yingye",
        foreground: "#1a237e",
        image: { imageResource: "/images/avatar.png", dx: 80, dy: 80, dWidth: 40, dHeight: 40 },
        callback: () => {
          wx.canvasToTempFilePath({ canvasId: "myQrcode", success: resolve, fail: reject });
        },
      });
    });
  },
});
