// The fonts of the example's posters, from npm: text is drawn on every machine, with Chinese fonts
// or without.
import { createRequire } from "node:module";
import { loadFont } from "wx-canvas-node";

const { resolve } = createRequire(import.meta.url);
for (const weight of [400, 700]) {
  const file = `noto-sans-sc-chinese-simplified-${weight}-normal.woff2`;
  await loadFont(resolve(`@fontsource/noto-sans-sc/files/${file}`), "Noto Sans SC");
}
await loadFont(
  resolve("@fontsource/noto-color-emoji/files/noto-color-emoji-emoji-400-normal.woff2"),
  "Noto Color Emoji",
);

export const FONT = '"Noto Sans SC"';
