// The drawing of the benchmark's poster: the same code here, on the bare engine, and in Chromium.

/** Background photo, avatar, QR code, wrapped Chinese text, in a space of 750 × 1334. */
export function drawPoster(context, { width, photo, avatar, modules, title, name }) {
  const scale = width / 750;
  context.save();
  context.scale(scale, scale);
  context.imageSmoothingQuality = "high";
  context.drawImage(photo, 0, 0, 750, 1334);
  context.fillStyle = "#fff";
  context.font = '48px "Bench Sans"';
  let line = "";
  let y = 150;
  for (const character of title) {
    if (context.measureText(line + character).width > 620) {
      context.fillText(line, 60, y);
      line = "";
      y += 68;
    }
    line += character;
  }
  context.fillText(line, 60, y);
  context.fillStyle = "rgba(255, 255, 255, 0.94)";
  context.beginPath();
  context.roundRect(40, 1040, 670, 250, 28);
  context.fill();
  context.save();
  context.beginPath();
  context.arc(130, 1130, 50, 0, 2 * Math.PI);
  context.clip();
  context.drawImage(avatar, 80, 1080, 100, 100);
  context.restore();
  context.fillStyle = "#1d2b53";
  context.font = '34px "Bench Sans"';
  context.fillText(name, 200, 1142);
  const side = 190 / Math.sqrt(modules.length);
  const across = Math.sqrt(modules.length);
  context.beginPath();
  for (let i = 0; i < modules.length; i++) {
    if (modules[i] === "1") {
      context.rect(490 + (i % across) * side, 1070 + Math.floor(i / across) * side, side, side);
    }
  }
  context.fill();
  context.restore();
}
