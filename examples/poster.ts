// A share poster, exported whole as PNG and JPEG, and a region of it resized: `npm run poster`.
import { copyFile, mkdir, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Canvas, SKRSContext2D } from "@napi-rs/canvas";
import QRCode from "qrcode";
import { createHost, loadFont } from "wx-canvas-node";
import { landscape } from "./scenes/landscape.ts";

const WIDTH = 750;
const HEIGHT = 1334;

// A font from npm: the text is drawn on every machine, with Chinese fonts or without.
const { resolve } = createRequire(import.meta.url);
for (const weight of [400, 700]) {
  const file = `@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-${weight}-normal.woff2`;
  await loadFont(resolve(file), "Noto Sans SC");
}
const FONT = '"Noto Sans SC"';

function drawAvatar(context: SKRSContext2D, x: number, y: number, size: number): void {
  const radius = size / 2;
  context.save();
  context.beginPath();
  context.arc(x + radius, y + radius, radius, 0, 2 * Math.PI);
  context.clip();
  context.drawImage(landscape(size * 2, size * 2, 21), x, y, size, size);
  context.restore();
  context.strokeStyle = "#fff";
  context.lineWidth = 4;
  context.beginPath();
  context.arc(x + radius, y + radius, radius - 2, 0, 2 * Math.PI);
  context.stroke();
}

function drawQrCode(
  context: SKRSContext2D,
  text: string,
  x: number,
  y: number,
  size: number,
): void {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: "M" });
  const module = size / modules.size;
  context.beginPath();
  for (let row = 0; row < modules.size; row++) {
    for (let column = 0; column < modules.size; column++) {
      if (!modules.get(row, column)) continue;
      context.rect(x + column * module, y + row * module, module, module);
    }
  }
  // One path: modules filled one by one would show seams.
  context.fillStyle = "#1d2b53";
  context.fill();
}

function drawPoster(canvas: Canvas): void {
  const context = canvas.getContext("2d");
  // Twice as many pixels as it is wide here: the export at pixelRatio 2 needs them.
  context.imageSmoothingQuality = "high";
  context.drawImage(landscape(WIDTH * 2, HEIGHT * 2), 0, 0, WIDTH, HEIGHT);

  context.fillStyle = "#fff";
  context.shadowColor = "rgb(0 0 0 / 35%)";
  context.shadowBlur = 18;
  context.font = `700 92px ${FONT}`;
  context.fillText("山海之间", 56, 180);
  context.font = `400 34px ${FONT}`;
  context.fillText("Between Mountains and Sea", 60, 240);
  context.fillText("秋日徒步 · 三天两夜 · 11 月 28 日出发", 60, 300);
  context.shadowColor = "transparent";

  const card = { x: 40, y: 1020, width: WIDTH - 80, height: 268 };
  context.fillStyle = "rgb(255 255 255 / 94%)";
  context.beginPath();
  context.roundRect(card.x, card.y, card.width, card.height, 28);
  context.fill();

  drawAvatar(context, card.x + 36, card.y + 36, 96);
  context.fillStyle = "#1d2b53";
  context.font = `700 36px ${FONT}`;
  context.fillText("小满的旅行笔记", card.x + 156, card.y + 78);
  context.fillStyle = "#667";
  context.font = `400 26px ${FONT}`;
  context.fillText("邀请你一起看日落", card.x + 156, card.y + 120);
  context.fillStyle = "#e4572e";
  context.font = `700 56px ${FONT}`;
  context.fillText("¥ 1,280", card.x + 36, card.y + 218);
  context.fillStyle = "#99a";
  context.font = `400 24px ${FONT}`;
  context.fillText("起 / 人", card.x + 256, card.y + 216);
  drawQrCode(
    context,
    "https://example.com/trips/1128",
    card.x + card.width - 232,
    card.y + 36,
    196,
  );
}

const host = createHost({ pixelRatio: 2 });
try {
  drawPoster(host.createCanvas("poster", WIDTH, HEIGHT));
  await mkdir("out", { recursive: true });
  const exports = {
    "poster.png": {},
    "poster.jpg": { fileType: "jpg", quality: 0.8 },
    // WeChat's own example: the 50 × 50 at (100, 200), as a picture of 100 × 100.
    "region.png": { x: 100, y: 200, width: 50, height: 50, destWidth: 100, destHeight: 100 },
  };
  for (const [name, options] of Object.entries(exports)) {
    const start = performance.now();
    const { tempFilePath } = await host.canvasToTempFilePath({ canvasId: "poster", ...options });
    const time = `${Math.round(performance.now() - start)} ms`;
    const { size } = await stat(tempFilePath);
    // Temp files go with their host: keep a copy.
    await copyFile(tempFilePath, `out/${name}`);
    console.log(`out/${name}`, `${Math.round(size / 1024)} KiB`, time, `(${tempFilePath})`);
  }
} finally {
  await host.dispose();
}
