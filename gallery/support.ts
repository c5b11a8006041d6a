// What the gallery's pieces share: a host with a frame, readers of codes, and the kept pictures.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname } from "node:path";
import { fileURLToPath } from "node:url";
import {
  BinaryBitmap,
  HybridBinarizer,
  MultiFormatReader,
  RGBLuminanceSource,
} from "@zxing/library";
import { createHost, type Host, type HostOptions, loadFont } from "../lib/index.ts";
import { createFrame, type Frame } from "../lib/miniprogram/index.ts";
import { decode, type Picture, type Pixel } from "../spec/support/pictures.ts";

const require = createRequire(import.meta.url);
const jsQR: typeof import("jsqr").default = require("jsqr");

/** The package folder: pages in it require the libraries from its node_modules. */
export const root = fileURLToPath(new URL(".", import.meta.url));

/** Runs a piece in a host of its own, of a phone with two pixels a pixel. */
export async function withFrame(
  draw: (frame: Frame, host: Host) => Promise<void>,
  options: HostOptions = {},
): Promise<void> {
  for (const weight of [400, 700]) {
    const file = `noto-sans-sc-chinese-simplified-${weight}-normal.woff2`;
    await loadFont(require.resolve(`@fontsource/noto-sans-sc/files/${file}`), "Noto Sans SC");
  }
  const host = createHost({ pixelRatio: 2, root, ...options });
  const frame = createFrame(host, { root });
  try {
    await draw(frame, host);
  } finally {
    frame.dispose();
    await host.dispose();
  }
}

/** The picture of that temp file; `UPDATE=1` keeps it in docs/gallery. */
export async function piece(host: Host, name: string, tempFilePath: string): Promise<Picture> {
  const bytes = await readFile(host.resolvePath(tempFilePath));
  if (process.env.UPDATE === "1") {
    const file = `../docs/gallery/${name}${extname(tempFilePath)}`;
    const path = fileURLToPath(new URL(file, import.meta.url));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
  return decode(bytes);
}

/** The picture of that temp file. */
export async function picture(host: Host, tempFilePath: string): Promise<Picture> {
  return decode(await readFile(host.resolvePath(tempFilePath)));
}

/** What a QR code says. */
export function readQrCode(picture: Picture): string | undefined {
  const { width, height } = picture;
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (const [i, value] of onWhite(picture).entries())
    pixels.set([value, value, value, 255], i * 4);
  return jsQR(pixels, width, height)?.data;
}

/** What a bar code says. */
export function readBarCode(picture: Picture): string {
  const { width, height } = picture;
  const source = new RGBLuminanceSource(onWhite(picture), width, height);
  const bitmap = new BinaryBitmap(new HybridBinarizer(source));
  return new MultiFormatReader().decode(bitmap).getText();
}

/** The picture's green on white paper: the codes that are read here are dark in it. */
function onWhite({ data, width, height }: Picture): Uint8ClampedArray {
  const grey = new Uint8ClampedArray(width * height);
  for (let i = 0; i < grey.length; i++) {
    const alpha = (data[i * 4 + 3] ?? 0) / 255;
    grey[i] = 255 - alpha * (255 - (data[i * 4 + 1] ?? 0));
  }
  return grey;
}

/** How much of a rectangle is of about that colour, from 0 to 1. */
export function share(
  picture: Picture,
  colour: [red: number, green: number, blue: number],
  [x, y, width, height]: [number, number, number, number] = [0, 0, picture.width, picture.height],
): number {
  let hits = 0;
  for (let row = y; row < y + height; row++) {
    for (let column = x; column < x + width; column++) {
      if (isNear(picture.at(column, row), colour)) hits++;
    }
  }
  return hits / (width * height);
}

function isNear(pixel: Pixel, colour: number[]): boolean {
  return pixel[3] > 200 && colour.every((value, i) => Math.abs(value - (pixel[i] ?? 0)) < 24);
}

export function assertBetween(value: number, low: number, high: number, what: string): void {
  assert.ok(value >= low && value <= high, `${what}: ${value} is not between ${low} and ${high}`);
}
