// A mini-program's poster page, opened as it is: `npm run poster:mini-program`.
import { copyFile, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { createHost, loadFont } from "wx-canvas-node";
import { openMiniProgram } from "wx-canvas-node/miniprogram";

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL("./miniprogram", import.meta.url));

// What a phone has and a bare server has not: a font with Chinese characters.
for (const weight of [400, 700]) {
  const file = `noto-sans-sc-chinese-simplified-${weight}-normal.woff2`;
  await loadFont(require.resolve(`@fontsource/noto-sans-sc/files/${file}`), "Noto Sans SC");
}

const host = createHost({ pixelRatio: 2 });
try {
  const project = await openMiniProgram(host, { root });
  const page = await project.openPage("pages/poster/poster?id=7");
  const [picture] = await page.export();
  if (!picture) throw new Error(page.warnings.join("\n"));
  await mkdir("out", { recursive: true });
  await copyFile(host.resolvePath(picture.tempFilePath), "out/mini-program-poster.png");
  console.log("out/mini-program-poster.png");
} finally {
  await host.dispose();
}
