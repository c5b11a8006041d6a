// The benchmark's poster in a page of Chromium, which is used again for each.
import { existsSync, readFileSync } from "node:fs";
import { FONT, modulesOf } from "./poster.mjs";

const DRAW = new URL("./draw.js", import.meta.url);

/** Opens the page; undefined where there is no Chromium. */
export async function openPage() {
  const executablePath = ["/usr/bin/chromium", process.env.CHROMIUM].find(
    (path) => path && existsSync(path),
  );
  if (!executablePath) return undefined;
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const page = await browser.newPage();
  const font = readFileSync(FONT).toString("base64");
  const code = readFileSync(DRAW, "utf8").replace("export function", "function");
  await page.addScriptTag({ content: `${code}; window.drawPoster = drawPoster;` });
  await page.evaluate(async (font) => {
    const face = new FontFace("Bench Sans", `url(data:font/woff2;base64,${font})`);
    document.fonts.add(await face.load());
  }, font);
  return { browser, page };
}

/** The picture comes back as base64, as puppeteer and playwright give it. */
export async function drawInPage({ page }, data, fileType) {
  const url = (path) =>
    `data:image/${path.endsWith("png") ? "png" : "jpeg"};base64,${readFileSync(path).toString("base64")}`;
  const given = {
    ...data,
    photo: url(data.photo),
    avatar: url(data.avatar),
    modules: modulesOf(data.link),
  };
  const text = await page.evaluate(
    async ([given, type]) => {
      const load = async (src) => {
        const image = new Image();
        image.src = src;
        await image.decode();
        return image;
      };
      const canvas = document.createElement("canvas");
      Object.assign(canvas, { width: given.width, height: Math.round((given.width * 1334) / 750) });
      const [photo, avatar] = await Promise.all([load(given.photo), load(given.avatar)]);
      window.drawPoster(canvas.getContext("2d"), { ...given, photo, avatar });
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, type, 0.8));
      const reader = new FileReader();
      return new Promise((resolve) => {
        reader.onload = () => resolve(reader.result);
        reader.readAsDataURL(blob);
      });
    },
    [given, fileType === "jpg" ? "image/jpeg" : "image/png"],
  );
  return Buffer.from(text.slice(text.indexOf(",") + 1), "base64");
}
