// Chromium as it draws the scenes: with the same fonts and pictures, at any scale.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { FONTS, photo, SCENE_FILES, tile } from "./assets.ts";

export interface Measured {
  font: string;
  text: string;
  width: number;
}

export interface Chromium {
  version: string;
  /** The scene as a PNG, drawn under that scale, with shadows and filters as much larger. */
  draw(name: string, size: { width: number; height: number }, scale: number): Promise<Buffer>;
  /** Widths of the texts of the scenes, in each font. */
  measureTexts(): Promise<Measured[]>;
  close(): Promise<void>;
}

/** Undefined when it is not installed. */
export async function openChromium(): Promise<Chromium | undefined> {
  const executablePath = [process.env.CHROMIUM, "/usr/bin/chromium"].find(
    (path) => path && existsSync(path),
  );
  if (!executablePath) return undefined;
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({
    executablePath,
    // The engine does not hint text, either.
    args: ["--no-sandbox", "--font-render-hinting=none"],
  });
  const page = await browser.newPage();
  const given = {
    modules: await Promise.all(SCENE_FILES.map(moduleUrl)),
    fonts: await Promise.all(
      FONTS.map(async ({ path, ...font }) => ({
        ...font,
        url: dataUrl("font/woff2", await readFile(path)),
      })),
    ),
    pictures: { photo: dataUrl("image/png", photo()), tile: dataUrl("image/png", tile()) },
  };
  const inPage = JSON.stringify(await moduleUrl("./in-page.js"));
  const prepare = `({ prepare }) => prepare(${JSON.stringify(given)})`;
  await page.evaluate(`import(${inPage}).then(${prepare})`);
  const drawn = new Map<string, Buffer>();
  return {
    version: browser.version(),
    async draw(name, { width, height }, scale) {
      const call = [name, width, height, scale].map((value) => JSON.stringify(value)).join();
      const url: string = drawn.has(call) ? "" : await page.evaluate(`drawScene(${call})`);
      const picture = drawn.get(call) ?? Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
      drawn.set(call, picture);
      return picture;
    },
    measureTexts: () => page.evaluate("measureTexts()"),
    close: () => browser.close(),
  };
}

async function moduleUrl(path: string): Promise<string> {
  return dataUrl("text/javascript", await readFile(new URL(path, import.meta.url)));
}

function dataUrl(type: string, bytes: Uint8Array): string {
  return `data:${type};base64,${Buffer.from(bytes).toString("base64")}`;
}
