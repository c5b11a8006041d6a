// A mini-program's poster code, run as it is: `npm run poster:mini-program`.
import { copyFile, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { createHost, loadFont } from "wx-canvas-node";

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL("./miniprogram", import.meta.url));

// What a phone has and a bare server has not: a font with Chinese characters.
for (const weight of [400, 700]) {
  const file = `noto-sans-sc-chinese-simplified-${weight}-normal.woff2`;
  await loadFont(require.resolve(`@fontsource/noto-sans-sc/files/${file}`), "Noto Sans SC");
}

const host = createHost({ pixelRatio: 2, root, page: "pages/poster" });
Object.assign(globalThis, { wx: host.wx });
try {
  const { WIDTH, HEIGHT, drawPoster } = require("./miniprogram/pages/poster/poster.js");
  host.mountCanvas({ canvasId: "poster", width: WIDTH, height: HEIGHT });
  const tempFilePath = await new Promise<string>((success, fail) => {
    drawPoster({
      nickname: "小满",
      title: "山海之间：三天两夜的秋日徒步",
      intro:
        "从海边的小镇出发，沿着山脊走到灯塔，在日落以前到达营地。不赶路，只看风景；装备清单和集合地点扫码查看。",
      link: "https://example.com/trips/1128",
      success,
      fail,
    });
  });
  await mkdir("out", { recursive: true });
  await copyFile(host.resolvePath(tempFilePath), "out/mini-program-poster.png");
  console.log("out/mini-program-poster.png");
} finally {
  await host.dispose();
}
