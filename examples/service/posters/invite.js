// An invitation, drawn with the standard 2D context: wrapped Chinese text, an avatar, a QR code.
import QRCode from "qrcode";
import { definePoster } from "wx-canvas-node/posters";
import { z } from "zod";
import { FONT } from "../fonts.js";

const WIDTH = 375;

export default definePoster({
  width: WIDTH,
  height: 667,
  pixelRatio: 2,
  fileType: "jpg",
  quality: 0.85,
  data: z.object({
    nickname: z.string().min(1).max(40).default("小满"),
    title: z.string().max(80).default("山海之间：三天两夜的秋日徒步"),
    link: z.url().max(200).default("https://example.com/trips/1128"),
    avatar: z.url().optional(),
  }),
  // Pictures of users come from one origin; nothing else is fetched.
  host: { images: { remote: (url) => url.origin === process.env.AVATAR_ORIGIN } },

  async draw({ host, context, data }) {
    const sky = context.createLinearGradient(0, 0, 0, 667);
    for (const [offset, colour] of [
      [0, "#1d2b53"],
      [0.55, "#7e5a9b"],
      [0.8, "#e4826e"],
    ]) {
      sky.addColorStop(offset, colour);
    }
    context.fillStyle = sky;
    context.fillRect(0, 0, WIDTH, 667);
    for (const [height, colour] of [
      [210, "#3c3560"],
      [150, "#2a2748"],
      [90, "#1a1930"],
    ]) {
      context.fillStyle = colour;
      context.beginPath();
      context.moveTo(0, 667);
      for (let x = 0; x <= WIDTH; x += 5) {
        context.lineTo(x, 667 - height - 30 * Math.sin(x / 40 + height) - 12 * Math.sin(x / 13));
      }
      context.lineTo(WIDTH, 667);
      context.fill();
    }

    context.fillStyle = "#fff";
    context.font = `700 30px ${FONT}`;
    let y = 84;
    for (const line of wrapped(context, data.title, WIDTH - 56)) {
      context.fillText(line, 28, y);
      y += 42;
    }

    context.fillStyle = "rgb(255 255 255 / 95%)";
    context.beginPath();
    context.roundRect(20, 527, WIDTH - 40, 120, 14);
    context.fill();
    await drawAvatar(host, context, data, 38, 547, 56);
    context.fillStyle = "#1d2b53";
    context.font = `700 17px ${FONT}`;
    const [name] = wrapped(context, data.nickname, 130);
    context.fillText(name, 106, 571);
    context.fillStyle = "#667";
    context.font = `400 13px ${FONT}`;
    context.fillText("邀请你一起看日落", 106, 595);
    drawQrCode(context, data.link, WIDTH - 120, 541, 92);
  },
});

/** Lines no wider than that; Chinese breaks between any two characters. */
function wrapped(context, text, width) {
  const lines = [""];
  for (const character of text) {
    const line = lines.at(-1) + character;
    if (context.measureText(line).width <= width) lines[lines.length - 1] = line;
    else lines.push(character);
  }
  return lines;
}

async function drawAvatar(host, context, { avatar, nickname }, x, y, size) {
  context.save();
  context.beginPath();
  context.arc(x + size / 2, y + size / 2, size / 2, 0, 2 * Math.PI);
  context.clip();
  if (avatar) {
    context.drawImage(await host.loadImage(avatar), x, y, size, size);
  } else {
    context.fillStyle = "#e4572e";
    context.fillRect(x, y, size, size);
    context.fillStyle = "#fff";
    context.font = `700 26px ${FONT}`;
    context.textAlign = "center";
    context.fillText([...nickname][0], x + size / 2, y + size * 0.67);
  }
  context.restore();
}

function drawQrCode(context, text, x, y, size) {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: "M" });
  const side = size / modules.size;
  context.beginPath();
  for (let row = 0; row < modules.size; row++) {
    for (let column = 0; column < modules.size; column++) {
      if (modules.get(row, column)) context.rect(x + column * side, y + row * side, side, side);
    }
  }
  // One path: modules filled one by one would show seams.
  context.fillStyle = "#1d2b53";
  context.fill();
}
