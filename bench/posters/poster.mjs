// The benchmark's poster as a module: every avatar and QR code is new, the photo is the same.
import { createRequire } from "node:module";
import QRCode from "qrcode";
import { loadFont } from "../../dist/index.js";
import { definePoster } from "../../dist/posters/index.js";
import { drawPoster } from "./draw.js";

const { resolve } = createRequire(import.meta.url);
export const FONT = resolve(
  "@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-400-normal.woff2",
);
await loadFont(FONT, "Bench Sans");

/** The modules of a QR code as a text of zeros and ones. */
export function modulesOf(text) {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: "M" });
  return Array.from(modules.data, Number).join("");
}

export default definePoster({
  width: (data) => data.width,
  height: (data) => (data.width * 1334) / 750,
  host: { roots: [process.env.BENCH_POSTERS ?? "/nowhere"] },
  async draw({ canvas, context, data }) {
    const load = (src) =>
      new Promise((resolve, reject) => {
        const image = canvas.createImage();
        Object.assign(image, { onload: () => resolve(image), onerror: reject, src });
      });
    const [photo, avatar] = await Promise.all([load(data.photo), load(data.avatar)]);
    drawPoster(context, { ...data, photo, avatar, modules: modulesOf(data.link) });
  },
});
