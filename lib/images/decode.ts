// Bytes → a picture that the engine can draw, upright; decoded once per process while it is kept.

import { LRUCache } from "lru-cache";
import type { Canvas } from "../engine.ts";
import { createCanvas, type Image, loadImage } from "../engine.ts";
import { CanvasError } from "../errors.ts";
import { readDataUri } from "../sources/data-uri.ts";
import { type Header, readHeader } from "./header.ts";
import { checkLayers, type LayerElement } from "./svg/layers.ts";
import { checkSvg } from "./svg/svg.ts";

/** How large a picture may be. */
export interface PictureLimits {
  maxSide: number;
  maxPixels: number;
  maxBytes: number;
}

/** A picture in memory. */
export interface DecodedPicture {
  readonly header: Header;
  readonly bytes: Buffer;
  /** What is drawn: as large as the picture is when it is the right way up. */
  readonly drawable: Image | Canvas;
}

/** What a process, or a worker thread, keeps of pictures: about two of the largest, decoded. */
const BUDGET = 256 * 1024 * 1024;

const kept = new LRUCache<string, DecodedPicture>({
  maxSize: BUDGET,
  // A picture is never weightless.
  sizeCalculation: ({ bytes, drawable }) => bytes.length + drawable.width * drawable.height * 4 + 1,
});
const underWay = new Map<string, Promise<DecodedPicture>>();

/** The picture that is kept under this key, if it is one that these limits allow. */
export function keptPicture(key: string, limits: PictureLimits): DecodedPicture | undefined {
  const picture = kept.get(key);
  if (picture) checkLimits(picture, limits);
  return picture;
}

/** Decodes the bytes, once however many ask at the same time; the key tells their content. */
export async function decode(
  key: string,
  bytes: Buffer,
  limits: PictureLimits,
): Promise<DecodedPicture> {
  const header = readHeader(bytes);
  const svg = checkHeader(header, bytes, limits);
  const picture = await (kept.get(key) ?? underWay.get(key) ?? begin(key, header, bytes, svg));
  checkLimits(picture, limits);
  return picture;
}

function begin(
  key: string,
  header: Header,
  bytes: Buffer,
  svg: LayerElement | undefined,
): Promise<DecodedPicture> {
  const decoding = draw(header, bytes, svg)
    // It is kept before it no longer is under way: nobody finds it in neither place.
    .then((picture) => {
      kept.set(key, picture);
      return picture;
    })
    .finally(() => underWay.delete(key));
  underWay.set(key, decoding);
  return decoding;
}

/** Refuses what may not be decoded; of an SVG it gives the elements. */
function checkHeader(
  header: Header,
  bytes: Buffer,
  limits: PictureLimits,
): LayerElement | undefined {
  if (header.format !== "svg") {
    checkPictureSize(header, limits);
    return undefined;
  }
  return checkSvg(bytes, (dataUri) => {
    const embedded = readDataUri(dataUri, limits.maxBytes);
    const inner = readHeader(embedded);
    if (inner.format === "svg") throw new CanvasError("SOURCE", "the SVG has another SVG in it");
    checkPictureSize(inner, limits);
  });
}

function checkLimits({ drawable, bytes }: DecodedPicture, limits: PictureLimits): void {
  checkPictureSize(drawable, limits);
  if (bytes.length > limits.maxBytes) {
    throw new CanvasError("SOURCE", `it has more than ${limits.maxBytes} bytes`);
  }
}

function checkPictureSize(size: { width: number; height: number }, limits: PictureLimits): void {
  const { width, height } = size;
  const asked = `it is ${width} × ${height}`;
  if (Math.max(width, height) > limits.maxSide) {
    throw new CanvasError("SOURCE", `${asked}; limits.maxSide allows ${limits.maxSide} pixels`);
  }
  if (width * height > limits.maxPixels) {
    throw new CanvasError("SOURCE", `${asked}; images.maxPixels allows ${limits.maxPixels} pixels`);
  }
}

async function draw(header: Header, bytes: Buffer, svg?: LayerElement): Promise<DecodedPicture> {
  const image = await loadImage(bytes).catch((cause) => {
    throw new CanvasError("SOURCE", `the ${header.format} cannot be decoded`, { cause });
  });
  if (image.width < 1 || image.height < 1) {
    throw new CanvasError("SOURCE", `the ${header.format} has no size`);
  }
  // Only its parser tells how large an SVG is; it is drawn when it is asked for, not before.
  if (svg) checkLayers(svg, image);
  // The engine turns JPEGs itself, as phones do; of the other formats it ignores the orientation.
  const isTurned = header.format === "jpeg" || header.orientation === 1;
  return { header, bytes, drawable: isTurned ? image : upright(image, header.orientation) };
}

function upright(image: Image, orientation: number): Canvas {
  const { width: w, height: h } = image;
  const [width, height] = orientation > 4 ? [h, w] : [w, h];
  const canvas = createCanvas(width, height);
  const context = canvas.getContext("2d");
  context.setTransform(...turn(orientation, w, h));
  context.drawImage(image, 0, 0);
  return canvas;
}

type Matrix = [a: number, b: number, c: number, d: number, e: number, f: number];

/** From the stored pixels of a picture of w × h to the upright ones, for orientations 2 to 8. */
function turn(orientation: number, w: number, h: number): Matrix {
  const turns: Matrix[] = [
    [-1, 0, 0, 1, w, 0],
    [-1, 0, 0, -1, w, h],
    [1, 0, 0, -1, 0, h],
    [0, 1, 1, 0, 0, 0],
    [0, 1, -1, 0, h, 0],
    [0, -1, -1, 0, h, w],
    [0, -1, 1, 0, 0, w],
  ];
  return turns[orientation - 2] as Matrix;
}
