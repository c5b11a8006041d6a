// A coupon, drawn by code for the legacy context of mini-programs, which takes its wx from the
// poster.
import { definePoster } from "wx-canvas-node/posters";
import { z } from "zod";
import "../fonts.js";

export default definePoster({
  width: 340,
  height: 140,
  pixelRatio: 3,
  data: z.object({
    amount: z.coerce.number().int().positive().max(99_999).default(88),
    shop: z.string().max(20).default("海边书店"),
    until: z.string().max(20).default("2026-12-31"),
  }),
  legacy: ({ wx, data }) => drawCoupon(wx, data),
});

/** As it is written for a mini-program. */
function drawCoupon(wx, { amount, shop, until }) {
  const ctx = wx.createCanvasContext("poster");
  ctx.setFillStyle("#fff4ec");
  ctx.fillRect(0, 0, 340, 140);
  ctx.setFillStyle("#e4572e");
  ctx.fillRect(0, 0, 120, 140);
  ctx.setFillStyle("#fff");
  ctx.setTextAlign("center");
  ctx.setFontSize(amount > 999 ? 26 : 42);
  ctx.fillText(`¥${amount}`, 60, 86);
  // The edge between the halves is perforated.
  ctx.setFillStyle("#fff4ec");
  for (let y = 5; y < 140; y += 13) {
    ctx.beginPath();
    ctx.arc(120, y + 2, 4, 0, 2 * Math.PI);
    ctx.fill();
  }
  ctx.setTextAlign("left");
  ctx.setFillStyle("#1d2b53");
  ctx.setFontSize(22);
  ctx.fillText(shop, 142, 58);
  ctx.setFillStyle("#667");
  ctx.setFontSize(13);
  ctx.fillText(`有效期至 ${until}`, 142, 92);
  return new Promise((resolve) => ctx.draw(false, () => resolve()));
}
