// The pictures of the benchmark, drawn by code from a seed: a photo-like poster and eight other
// contents.

import { type Canvas, createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import type { Stamp } from "./contenders.ts";

export type Draw = (
  ctx: SKRSContext2D,
  width: number,
  height: number,
  random: () => number,
) => void;

/** A small generator (mulberry32), so that a seed gives the same picture everywhere. */
export function generator(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const words =
  "canvas poster export pixel colour region ratio picture width height shadow gradient order queue file server draw light paper morning river mountain price member invite scan save share".split(
    " ",
  );
const sentence = (random: () => number, n: number) =>
  Array.from({ length: n }, () => words[Math.floor(random() * words.length)]).join(" ");
const colour = (random: () => number, s = 60, l = 50) =>
  `hsl(${Math.floor(random() * 360)},${s}%,${Math.floor(l + random() * 10)}%)`;

/** Something like a photo: smooth fields of light with fine structure and the noise of a sensor. */
function photo(
  ctx: SKRSContext2D,
  x: number,
  y: number,
  w: number,
  h: number,
  random: () => number,
) {
  const image = ctx.createImageData(w, h);
  const d = new Uint32Array(image.data.buffer);
  const waves = Array.from({ length: 7 }, (_, i) => {
    const f = (1.7 ** i * 4) / Math.max(w, h);
    const t = random() * 7;
    const step = Math.cos(t) * f * 6.28;
    return {
      stepSin: Math.sin(step),
      stepCos: Math.cos(step),
      sin: 0,
      cos: 0,
      fy: Math.sin(t) * f,
      p: random() * 7,
      a: 46 / 1.6 ** i,
      r: 0.6 + random() * 0.4,
      g: 0.6 + random() * 0.4,
      b: 0.6 + random() * 0.4,
    };
  });
  let s = (random() * 4294967295) | 1;
  for (let j = 0; j < h; j++) {
    for (const k of waves) {
      k.sin = Math.sin(j * k.fy * 6.28 + k.p);
      k.cos = Math.cos(j * k.fy * 6.28 + k.p);
    }
    for (let i = 0; i < w; i++) {
      let r = 120;
      let g = 118;
      let b = 112;
      for (const k of waves) {
        const v = k.sin * k.a;
        r += v * k.r;
        g += v * k.g;
        b += v * k.b;
        // One step to the right: a turn by a fixed angle, much cheaper than a sine.
        const { sin, cos } = k;
        k.sin = sin * k.stepCos + cos * k.stepSin;
        k.cos = cos * k.stepCos - sin * k.stepSin;
      }
      s ^= s << 13;
      s ^= s >>> 17;
      s ^= s << 5;
      // A sensor's noise is mostly of brightness: one part for all channels, and a little for each.
      const n = ((s & 255) + ((s >>> 8) & 255) - 255) / 330;
      r += n;
      g += n;
      b += n + (((s >>> 16) & 255) - 128) / 300;
      const c = (v: number) => Math.max(0, Math.min(255, v)) & 255;
      d[j * w + i] = (0xff000000 | (c(b) << 16) | (c(g) << 8) | c(r)) >>> 0;
    }
  }
  ctx.putImageData(image, x, y);
}

export function drawPhoto(ctx: SKRSContext2D, w: number, h: number, random: () => number): void {
  photo(ctx, 0, 0, w, h, random);
  ctx.fillStyle = "rgba(0,0,0,0.35)";
  ctx.fillRect(0, h * 0.72, w, h * 0.28);
  ctx.fillStyle = "#fff";
  ctx.font = `bold ${Math.round(w / 14)}px "DejaVu Sans", sans-serif`;
  ctx.fillText(sentence(random, 2), w * 0.06, h * 0.8);
  ctx.font = `${Math.round(w / 32)}px "DejaVu Sans", sans-serif`;
  for (let i = 0; i < 4; i++) ctx.fillText(sentence(random, 6), w * 0.06, h * (0.85 + i * 0.03));
}

export function drawText(ctx: SKRSContext2D, w: number, h: number, random: () => number): void {
  ctx.fillStyle = "#fff";
  ctx.fillRect(0, 0, w, h);
  ctx.fillStyle = "#1a1a1a";
  ctx.font = '24px "DejaVu Serif", serif';
  for (let y = 60; y < h - 30; y += 34) ctx.fillText(sentence(random, 11), 60, y, w - 120);
}

export function drawList(ctx: SKRSContext2D, w: number, h: number, random: () => number): void {
  ctx.fillStyle = "#f2f3f5";
  ctx.fillRect(0, 0, w, h);
  for (let y = 20; y < h; y += 150) {
    ctx.fillStyle = "#fff";
    ctx.beginPath();
    ctx.roundRect(20, y, w - 40, 130, 16);
    ctx.fill();
    ctx.fillStyle = colour(random);
    ctx.beginPath();
    ctx.arc(90, y + 65, 45, 0, 7);
    ctx.fill();
    ctx.fillStyle = "#111";
    ctx.font = 'bold 30px "DejaVu Sans", sans-serif';
    ctx.fillText(sentence(random, 3), 160, y + 55);
    ctx.fillStyle = "#888";
    ctx.font = '24px "DejaVu Sans", sans-serif';
    ctx.fillText(sentence(random, 6), 160, y + 98);
    ctx.fillStyle = colour(random, 80, 55);
    ctx.beginPath();
    ctx.roundRect(w - 190, y + 40, 140, 50, 25);
    ctx.fill();
    ctx.fillStyle = "#fff";
    ctx.fillText("Open", w - 155, y + 74);
  }
}

export function drawLinear(ctx: SKRSContext2D, w: number, h: number, random: () => number): void {
  const g = ctx.createLinearGradient(0, 0, w * (0.4 + random()), h);
  g.addColorStop(0, colour(random));
  g.addColorStop(0.3 + random() * 0.4, colour(random));
  g.addColorStop(1, colour(random));
  ctx.fillStyle = g;
  ctx.fillRect(0, 0, w, h);
}

export function drawRadial(ctx: SKRSContext2D, w: number, h: number, random: () => number): void {
  const g = ctx.createRadialGradient(
    w * random(),
    h * random(),
    10,
    w / 2,
    h / 2,
    Math.max(w, h) * 0.7,
  );
  g.addColorStop(0, colour(random));
  g.addColorStop(0.5, colour(random));
  g.addColorStop(1, colour(random));
  ctx.fillStyle = g;
  ctx.fillRect(0, 0, w, h);
}

export function drawTiles(ctx: SKRSContext2D, w: number, h: number, random: () => number): void {
  const size = 48 + Math.floor(random() * 5) * 16;
  const tile = createCanvas(size, size);
  const t = tile.getContext("2d");
  photo(t, 0, 0, size, size, random);
  t.fillStyle = colour(random);
  t.beginPath();
  t.arc(size / 2, size / 2, size / 4, 0, 7);
  t.fill();
  for (let y = 0; y < h; y += size) for (let x = 0; x < w; x += size) ctx.drawImage(tile, x, y);
}

export function drawSticker(ctx: SKRSContext2D, w: number, h: number, random: () => number): void {
  ctx.clearRect(0, 0, w, h);
  ctx.shadowColor = "rgba(0,0,0,0.4)";
  ctx.shadowBlur = 60;
  ctx.shadowOffsetY = 20;
  const g = ctx.createLinearGradient(0, h * 0.2, 0, h * 0.8);
  g.addColorStop(0, colour(random, 90, 60));
  g.addColorStop(1, colour(random, 90, 45));
  ctx.fillStyle = g;
  ctx.beginPath();
  for (let i = 0; i < 20; i++) {
    const r = (i % 2 ? 0.32 : 0.44) * Math.min(w, h);
    const a = (i / 20) * Math.PI * 2;
    ctx.lineTo(w / 2 + Math.cos(a) * r, h / 2 + Math.sin(a) * r);
  }
  ctx.closePath();
  ctx.fill();
  ctx.shadowColor = "transparent";
  ctx.fillStyle = "rgba(255,255,255,0.8)";
  for (let i = 0; i < 6; i++) {
    ctx.beginPath();
    ctx.arc(w * (0.3 + random() * 0.4), h * (0.35 + random() * 0.3), 20 + random() * 40, 0, 7);
    ctx.fill();
  }
  ctx.fillStyle = "#222";
  ctx.font = `bold ${Math.round(w / 12)}px "DejaVu Sans", sans-serif`;
  ctx.textAlign = "center";
  ctx.fillText(sentence(random, 2), w / 2, h / 2);
}

export function drawBlank(ctx: SKRSContext2D, w: number, h: number): void {
  ctx.clearRect(0, 0, w, h);
}

export function drawChart(ctx: SKRSContext2D, w: number, h: number, random: () => number): void {
  ctx.fillStyle = "#fff";
  ctx.fillRect(0, 0, w, h);
  ctx.strokeStyle = "#ddd";
  for (let i = 0; i <= 10; i++) {
    ctx.beginPath();
    ctx.moveTo(100, 80 + (i * (h - 200)) / 10);
    ctx.lineTo(w - 40, 80 + (i * (h - 200)) / 10);
    ctx.stroke();
  }
  for (let i = 0; i < 12; i++) {
    ctx.fillStyle = colour(random, 65, 55);
    const v = random() * (h - 260);
    ctx.fillRect(120 + (i * (w - 180)) / 12, h - 120 - v, (w - 180) / 18, v);
  }
  for (let k = 0; k < 3; k++) {
    ctx.strokeStyle = colour(random, 80, 45);
    ctx.lineWidth = 4;
    ctx.beginPath();
    for (let i = 0; i <= 40; i++) {
      ctx.lineTo(
        100 + (i * (w - 140)) / 40,
        h / 2 + Math.sin(i * (0.2 + k * 0.1) + k) * 200 + random() * 80,
      );
    }
    ctx.stroke();
  }
  ctx.fillStyle = "#333";
  ctx.font = '26px "DejaVu Sans", sans-serif';
  for (let i = 0; i < 12; i++)
    ctx.fillText(sentence(random, 1), 110 + (i * (w - 180)) / 12, h - 80);
}

/** Modules like those of a QR code: finder squares and random ones, on whole pixels. */
export function drawQr(ctx: SKRSContext2D, w: number, h: number, random: () => number): void {
  ctx.fillStyle = "#fff";
  ctx.fillRect(0, 0, w, h);
  const n = 37;
  const m = Math.floor((Math.min(w, h) * 0.9) / n);
  const o = Math.floor((Math.min(w, h) - n * m) / 2);
  ctx.fillStyle = "#000";
  const finder = (x: number, y: number, i: number, j: number): boolean | undefined => {
    const dx = Math.abs(i - x - 3);
    const dy = Math.abs(j - y - 3);
    const d = Math.max(dx, dy);
    return d > 4 ? undefined : d === 3 || d < 2;
  };
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) {
      const on =
        finder(0, 0, i, j) ?? finder(n - 7, 0, i, j) ?? finder(0, n - 7, i, j) ?? random() < 0.5;
      if (on) ctx.fillRect(o + i * m, o + j * m, m, m);
    }
  }
}

/** A small badge, for many exports. */
export function drawBadge(ctx: SKRSContext2D, w: number, h: number, random: () => number): void {
  ctx.clearRect(0, 0, w, h);
  ctx.fillStyle = colour(random);
  ctx.beginPath();
  ctx.arc(w / 2, h / 2, w * 0.46, 0, 7);
  ctx.fill();
  ctx.fillStyle = "#fff";
  ctx.font = `bold ${Math.round(w / 3)}px "DejaVu Sans", sans-serif`;
  ctx.textAlign = "center";
  ctx.fillText(String(Math.floor(random() * 100)), w / 2, h * 0.62);
}

/** A stamp that tells one poster from another: modules of a code of its own, in a corner. */
export function stampOf(seed: number): Stamp {
  return (ctx) => {
    const random = generator(seed);
    ctx.fillStyle = "#fff";
    ctx.fillRect(40, 40, 270, 270);
    ctx.fillStyle = "#000";
    for (let y = 55; y < 295; y += 10) {
      for (let x = 55; x < 295; x += 10) if (random() < 0.5) ctx.fillRect(x, y, 10, 10);
    }
  };
}

/** A new drawing, never rastered: the picture with a stamp on it. */
export function stamped(picture: Canvas | undefined, seed: number): Canvas {
  const { width = 0, height = 0 } = picture ?? {};
  const canvas = createCanvas(width, height);
  const ctx = canvas.getContext("2d");
  if (picture) ctx.drawImage(picture, 0, 0);
  stampOf(seed)(ctx);
  return canvas;
}

export const contents: Record<string, Draw> = {
  "text page": drawText,
  list: drawList,
  "linear gradient": drawLinear,
  "radial gradient": drawRadial,
  tiles: drawTiles,
  sticker: drawSticker,
  blank: drawBlank,
  chart: drawChart,
};

export function paint(draw: Draw, width: number, height: number, seed: number): Canvas {
  const canvas = createCanvas(width, height);
  draw(canvas.getContext("2d"), width, height, generator(seed));
  return canvas;
}
