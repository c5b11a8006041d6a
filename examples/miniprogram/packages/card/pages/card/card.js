// 名片上的二维码：分包里的页面，尺寸由 wxs 算出
const QRCode = require("qrcode/lib/core/qrcode");

Page({
  data: { cells: 0 },
  onLoad({ text }) {
    this.code = QRCode.create(decodeURIComponent(text), { errorCorrectionLevel: "M" }).modules;
    this.setData({ cells: this.code.size });
  },
  onReady() {
    this.createSelectorQuery()
      .select("#code")
      .node(({ node }) => {
        const cell = 8;
        const side = (this.code.size + 8) * cell;
        Object.assign(node, { width: side, height: side });
        const context = node.getContext("2d");
        context.fillStyle = "#fff";
        context.fillRect(0, 0, side, side);
        context.fillStyle = "#000";
        for (let y = 0; y < this.code.size; y++) {
          for (let x = 0; x < this.code.size; x++) {
            if (this.code.get(y, x)) context.fillRect((x + 4) * cell, (y + 4) * cell, cell, cell);
          }
        }
        wx.canvasToTempFilePath({ canvas: node, fileType: "png" });
      })
      .exec();
  },
});
