// 小程序里的分享海报：旧版 canvas 接口，在 draw 的回调里导出
const QRCode = require("qrcode/lib/core/qrcode");
const { wrapText } = require("../../utils/text.js");

const WIDTH = 375;
const HEIGHT = 600;

function drawQRCode(ctx, text, x, y, size) {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: "M" });
  const cell = size / modules.size;
  ctx.setFillStyle("#ffffff");
  ctx.fillRect(x - 6, y - 6, size + 12, size + 12);
  ctx.beginPath();
  for (let row = 0; row < modules.size; row++) {
    for (let col = 0; col < modules.size; col++) {
      if (modules.get(row, col)) ctx.rect(x + col * cell, y + row * cell, cell, cell);
    }
  }
  ctx.setFillStyle("#222222");
  ctx.fill();
}

function drawAvatar(ctx, src, x, y, radius) {
  ctx.save();
  ctx.beginPath();
  ctx.arc(x + radius, y + radius, radius, 0, 2 * Math.PI);
  ctx.clip();
  ctx.drawImage(src, x, y, radius * 2, radius * 2);
  ctx.restore();
  ctx.beginPath();
  ctx.arc(x + radius, y + radius, radius, 0, 2 * Math.PI);
  ctx.setStrokeStyle("#ffffff");
  ctx.setLineWidth(3);
  ctx.stroke();
}

function drawPoster(component, { nickname, title, intro, link }, { success, fail }) {
  const ctx = wx.createCanvasContext("poster", component);
  ctx.setFillStyle("#fffaf3");
  ctx.fillRect(0, 0, WIDTH, HEIGHT);
  ctx.drawImage("/images/cover.jpg", 0, 0, WIDTH, 320);

  const shade = ctx.createLinearGradient(0, 200, 0, 320);
  shade.addColorStop(0, "rgba(0, 0, 0, 0)");
  shade.addColorStop(1, "rgba(0, 0, 0, 0.55)");
  ctx.setFillStyle(shade);
  ctx.fillRect(0, 200, WIDTH, 120);

  drawAvatar(ctx, "../../images/avatar.jpg", 24, 244, 28);
  ctx.setFillStyle("#ffffff");
  ctx.setFontSize(18);
  ctx.fillText(nickname, 92, 270);
  ctx.setFontSize(13);
  ctx.fillText("邀请你一起出发", 92, 293);

  ctx.setFillStyle("#333333");
  ctx.font = "bold 24px sans-serif";
  let y = 366;
  for (const line of wrapText(ctx, title, WIDTH - 48, 2)) {
    ctx.fillText(line, 24, y);
    y += 34;
  }
  ctx.font = "normal 15px sans-serif";
  ctx.setFillStyle("#777777");
  for (const line of wrapText(ctx, intro, 210, 5)) {
    ctx.fillText(line, 24, y);
    y += 24;
  }

  drawQRCode(ctx, link, WIDTH - 124, HEIGHT - 148, 100);
  ctx.setFontSize(11);
  ctx.setFillStyle("#999999");
  ctx.setTextAlign("center");
  ctx.fillText("长按识别二维码", WIDTH - 74, HEIGHT - 22);

  ctx.draw(false, () => {
    wx.canvasToTempFilePath({ canvasId: "poster", fileType: "png", success, fail }, component);
  });
}

Component({
  properties: { trip: { type: Object, value: null } },
  lifetimes: {
    ready() {
      drawPoster(this, this.data.trip, {
        success: ({ tempFilePath }) => this.triggerEvent("done", { path: tempFilePath }),
        fail: (error) => this.triggerEvent("fail", error),
      });
    },
  },
});
