// A photo-like landscape made by code: mountain ranges in evening haze, with the grain of a film.
import { type Canvas, createCanvas } from "@napi-rs/canvas";

/** Mulberry32: the same numbers for the same seed, everywhere. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Heights of a ridge by midpoint displacement, from -1 to 1. */
function ridge(points: number, next: () => number): number[] {
  const heights = new Array<number>(points + 1).fill(0);
  for (let step = points, size = 1; step > 1; step /= 2, size *= 0.52) {
    for (let i = step / 2; i < points; i += step) {
      const middle = ((heights[i - step / 2] ?? 0) + (heights[i + step / 2] ?? 0)) / 2;
      heights[i] = middle + (next() - 0.5) * 2 * size;
    }
  }
  return heights;
}

/** Draws the landscape at that size, in pixels. */
export function landscape(width: number, height: number, seed = 7): Canvas {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  const next = random(seed);

  const sky = context.createLinearGradient(0, 0, 0, height * 0.7);
  const dusk = ["#1d2b53", "#4a4a86", "#a5658f", "#ec9a7c", "#ffd9a0"];
  for (const [i, colour] of dusk.entries()) sky.addColorStop(i / (dusk.length - 1), colour);
  context.fillStyle = sky;
  context.fillRect(0, 0, width, height);

  const [sunX, sunY] = [width * 0.64, height * 0.4];
  for (const [radius, alpha] of [
    [0.6, 0.35],
    [0.22, 0.6],
    [0.07, 1],
  ] as const) {
    const glow = context.createRadialGradient(sunX, sunY, 0, sunX, sunY, width * radius);
    glow.addColorStop(0, `rgb(255 244 214 / ${alpha})`);
    glow.addColorStop(1, "rgb(255 214 160 / 0)");
    context.fillStyle = glow;
    context.fillRect(0, 0, width, height);
  }

  const ranges = 7;
  for (let range = 0; range < ranges; range++) {
    const near = range / (ranges - 1);
    const base = height * (0.42 + 0.36 * near);
    const heights = ridge(512, next);
    context.beginPath();
    context.moveTo(0, height);
    for (const [i, peak] of heights.entries()) {
      context.lineTo((i / 512) * width, base - peak * height * (0.1 + 0.06 * near));
    }
    context.lineTo(width, height);
    const haze = context.createLinearGradient(0, base - height * 0.12, 0, base + height * 0.22);
    const hue = 262 - 40 * near;
    haze.addColorStop(0, `hsl(${hue} ${28 + 12 * near}% ${60 - 48 * near}%)`);
    haze.addColorStop(1, `hsl(${hue - 14} 34% ${70 - 60 * near}%)`);
    context.fillStyle = haze;
    context.fill();
  }

  const grain = context.getImageData(0, 0, width, height);
  for (let i = 0; i < grain.data.length; i += 4) {
    const noise = (next() + next() - 1) * 14;
    for (let channel = i; channel < i + 3; channel++) {
      grain.data[channel] = (grain.data[channel] ?? 0) + noise;
    }
  }
  context.putImageData(grain, 0, 0);
  return canvas;
}
