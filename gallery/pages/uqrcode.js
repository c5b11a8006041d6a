// As the library's README has it for mini-programs, with a rounded style and a foreground picture.
const UQRCode = require("uqrcodejs");

Page({
  async make(text) {
    const qr = new UQRCode();
    qr.data = text;
    // 33 modules of 7 pixels: those of parts of a pixel would have seams, as on a phone.
    qr.size = 255;
    qr.margin = 12;
    qr.foregroundColor = "#0b6e4f";
    qr.foregroundImageSrc = "/images/avatar.png";
    qr.foregroundImageWidth = 40;
    qr.foregroundImageHeight = 40;
    qr.errorCorrectLevel = UQRCode.errorCorrectLevel.H;
    qr.make();
    qr.canvasContext = wx.createCanvasContext("qrcode", this);
    await qr.drawCanvas();
    return wx.canvasToTempFilePath({ canvasId: "qrcode", fileType: "png" }, this);
  },
});
