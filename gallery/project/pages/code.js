import drawQrcode from "weapp-qrcode";

Page({
  onReady() {
    drawQrcode({
      width: 200,
      height: 200,
      canvasId: "myQrcode",
      text: "https://example.com/",
      callback: (e) => {
        this.done = e;
        wx.canvasToTempFilePath({ canvasId: "myQrcode" });
      },
    });
  },
});
