// What both sides draw the scenes with: the files of scenes, fonts from npm, and two pictures.
import { createRequire } from "node:module";
import { createCanvas } from "@napi-rs/canvas";

const { resolve } = createRequire(import.meta.url);

export const SCENE_FILES: readonly string[] = ["shapes", "colours", "pictures", "text"].map(
  (name) => `./scenes/${name}.js`,
);

export const FAMILY = "Scene Sans";
export const EMOJI = "Scene Emoji";
const sans = (weight: number) => ({
  family: FAMILY,
  weight,
  path: resolve(
    `@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-${weight}-normal.woff2`,
  ),
});
export const FONTS: readonly { family: string; weight: number; path: string }[] = [
  sans(400),
  sans(700),
  {
    family: EMOJI,
    weight: 400,
    // Chromium draws nothing from the same font as woff2.
    path: resolve("@fontsource/noto-color-emoji/files/noto-color-emoji-9-400-normal.woff"),
  },
];

/** A photo with fine and coarse detail, as a PNG. */
export function photo(): Buffer {
  const canvas = createCanvas(160, 120);
  const context = canvas.getContext("2d");
  const sky = context.createLinearGradient(0, 0, 0, 120);
  sky.addColorStop(0, "#27408b");
  sky.addColorStop(0.6, "#e8a87c");
  sky.addColorStop(1, "#2f4f2f");
  context.fillStyle = sky;
  context.fillRect(0, 0, 160, 120);
  for (let i = 0; i < 500; i++) {
    context.fillStyle = `hsl(${(i * 47) % 360} 60% ${35 + (i % 5) * 8}%)`;
    context.fillRect((i * 37) % 160, 70 + ((i * 53) % 50), 1 + (i % 4), 1 + (i % 3));
  }
  context.fillStyle = "#fff3b0";
  context.beginPath();
  context.arc(110, 35, 18, 0, 2 * Math.PI);
  context.fill();
  return canvas.toBuffer("image/png");
}

/** A little picture with alpha, as a PNG. */
export function tile(): Buffer {
  const canvas = createCanvas(24, 24);
  const context = canvas.getContext("2d");
  context.fillStyle = "rgba(20, 120, 200, 0.6)";
  context.fillRect(0, 0, 12, 12);
  context.fillStyle = "#d03050";
  context.beginPath();
  context.arc(17, 17, 6, 0, 2 * Math.PI);
  context.fill();
  return canvas.toBuffer("image/png");
}
