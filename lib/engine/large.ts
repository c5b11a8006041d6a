// Draws large images at half their size or less from reduced copies, tile by tile: the engine would
// reduce all of an image at once, in copies that take more than half of its memory.

import { lengthsOf } from "../filter-lengths.ts";
import type { Size } from "../limits.ts";
import { areaOf, type Box, boxOf, grown, heightOf, mapped, meet, moved, widthOf } from "./boxes.ts";
import { contextPrototype } from "./changes.ts";
import { free, Image, isCanvas, type SKRSContext2D } from "./engine.ts";
import { BAND_PIXELS, blank, type Draw, freeBlanks, paintNow, reduced } from "./reduced.ts";

/** In pixels: the engine's copies of a smaller image take less than 38 MiB. */
const LARGE_PIXELS = 16_777_216;
/** The engine reduces by two, again and again; further than this it reduces the copy. */
const MAX_LEVEL = 8;
/** A tile is no smaller: each needs some rows and columns of its neighbours. */
const MIN_TILE_SIDE = 32;
/** In pixels of the copy: smoothing looks at neighbours. */
const MARGIN = 2;
/** How many numbers `drawImage` takes after the image; the engine answers for all others. */
export const OVERLOADS: ReadonlySet<number> = new Set([2, 4, 8]);
/** Modes that change the canvas where nothing is drawn, so that tiles would clear each other. */
const FAR_MODES = new Set([
  "copy",
  "source-in",
  "source-out",
  "destination-in",
  "destination-atop",
]);

// The record of a canvas has the draw itself, not how it is done.
const { setTransform } = contextPrototype as SKRSContext2D;

type Matrix = ReturnType<SKRSContext2D["getTransform"]>;

/** An image and how it is drawn; pixels of the image are counted from the first that is drawn. */
interface Drawing {
  image: Image;
  first: { x: number; y: number };
  /** What is drawn of the image. */
  part: Box;
  /** From pixels of the image to those of the canvas. */
  matrix: Matrix;
  /** Pixels of the image for one of its reduced copy, in each direction. */
  step: number;
  quality: "high" | "low";
  draw: Draw;
}

/** Draws the image if it is a large one that gets much smaller; `draw` is the engine's way. */
export function drawLarge(context: SKRSContext2D, args: readonly unknown[], draw: Draw): boolean {
  const [image, ...place] = args;
  if (!(image instanceof Image && OVERLOADS.has(place.length))) return false;
  const { width, height } = pixelSize(image);
  if (width * height <= LARGE_PIXELS || !context.imageSmoothingEnabled) return false;
  // PDFs and SVGs keep all pixels of an image, to be seen at any size.
  if (!isCanvas(context.canvas)) return false;
  const { from, to } = placeOf(place.map(Number), { width, height });
  const within = meet(from, boxOf([0, width], [0, height]));
  if (!(areaOf(within) > LARGE_PIXELS && Number.isFinite(to.left + to.top))) return false;
  const first = { x: Math.floor(within.left), y: Math.floor(within.top) };
  const part = moved(within, -first.x, -first.y);
  const transform = context.getTransform();
  const [across, down] = [widthOf(to) / widthOf(from), heightOf(to) / heightOf(from)];
  const placed = transform.translate(to.left, to.top).scale(across, down);
  const matrix = placed.translate(first.x - from.left, first.y - from.top);
  const { a, b, c, d } = matrix;
  const scale = Math.max(Math.hypot(a, b), Math.hypot(c, d));
  const level = Math.min(MAX_LEVEL, Math.floor(-Math.log2(scale)));
  // Larger than a half, the engine makes no copies; without an area, it draws nothing.
  if (!(level >= 1 && a * d !== b * c)) return false;
  const step = 2 ** level;
  // As the engine does: from the level that is at most twice as large, without another.
  const quality = scale * step < 0.5 ? "high" : "low";
  const drawing = { image, first, part, matrix, step, quality, draw } as const;
  const all = grown(mapped(part, matrix), 0, 1);
  const canvas = boxOf([0, context.canvas.width], [0, context.canvas.height]);
  Reflect.apply(setTransform, context, [1, 0, 0, 1, 0, 0]);
  try {
    if (isLocal(context)) drawTiles(context, meet(all, canvas), drawing);
    else drawLayer(context, meet(all, grown(canvas, reach(context), 1)), drawing);
  } finally {
    setTransform.call(context, transform);
    freeBlanks();
  }
  return true;
}

/** The size of an image in pixels, whatever size was set on it. */
export function pixelSize(image: Image): Size {
  const side = (name: string) =>
    Object.getOwnPropertyDescriptor(Image.prototype, name)?.get?.call(image) as number;
  return { width: side("naturalWidth"), height: side("naturalHeight") };
}

/** From where to where an image is drawn; as in all browsers, negative sizes do not mirror it. */
function placeOf(place: number[], { width, height }: Size): { from: Box; to: Box } {
  const isPart = place.length === 8;
  const [sx = 0, sy = 0, sw = 0, sh = 0] = isPart ? place : [0, 0, width, height];
  const [dx = 0, dy = 0, dw = width, dh = height] = isPart ? place.slice(4) : place;
  return {
    from: boxOf([sx, sx + sw], [sy, sy + sh]),
    to: boxOf([dx, dx + dw], [dy, dy + dh]),
  };
}

/** Whether drawing changes nothing beside what is drawn: then it can be drawn in parts. */
function isLocal(context: SKRSContext2D): boolean {
  const { globalCompositeOperation, shadowOffsetX, shadowOffsetY, shadowBlur, filter } = context;
  const isShadowed = shadowOffsetX !== 0 || shadowOffsetY !== 0 || shadowBlur !== 0;
  return !(FAR_MODES.has(globalCompositeOperation) || isShadowed || filter !== "none");
}

/** In pixels: how far shadows and filters carry what is drawn; more than they do. */
function reach({ shadowOffsetX, shadowOffsetY, shadowBlur, filter }: SKRSContext2D): number {
  const shadow = Math.max(Math.abs(shadowOffsetX), Math.abs(shadowOffsetY)) + 2 * shadowBlur;
  // The longest unit is the inch, of 96 pixels; a blur reaches three times its length.
  return lengthsOf(filter).reduce((sum, length) => sum + 288 * Math.abs(length), shadow);
}

/** Draws all of it on a canvas of its own first: the state of the context applies to the whole. */
function drawLayer(context: SKRSContext2D, box: Box, drawing: Drawing): void {
  const layer = blank("layer", Math.max(1, widthOf(box)), Math.max(1, heightOf(box)));
  const onto = layer.getContext("2d");
  onto.translate(-box.left, -box.top);
  drawTiles(onto, box, drawing);
  paintNow(onto);
  drawing.draw(context, [layer, box.left, box.top]);
}

/** Draws the part that lies in the box, in pixels of the canvas. */
function drawTiles(context: SKRSContext2D, box: Box, drawing: Drawing): void {
  const tiles = [box];
  for (let tile = tiles.pop(); tile; tile = tiles.pop()) {
    if (!(areaOf(tile) > 0)) continue;
    const { part, matrix, step } = drawing;
    const needed = grown(mapped(tile, matrix.inverse()), MARGIN * step, step);
    const region = meet(needed, grown(part, 0, 1));
    const side = Math.max(widthOf(tile), heightOf(tile));
    if (areaOf(region) > BAND_PIXELS && side > MIN_TILE_SIDE) {
      tiles.push(...halves(tile));
      continue;
    }
    if (!(areaOf(meet(region, part)) > 0)) continue;
    drawTile(context, tile, region, drawing);
  }
}

/** Two parts of a box: of its left and right, or of its top and bottom. */
function halves({ left, top, right, bottom }: Box): Box[] {
  const [x, y] = [Math.round((left + right) / 2), Math.round((top + bottom) / 2)];
  return right - left > bottom - top
    ? [boxOf([left, x], [top, bottom]), boxOf([x, right], [top, bottom])]
    : [boxOf([left, right], [top, y]), boxOf([left, right], [y, bottom])];
}

/** Draws a tile of the canvas from a reduced copy of a region of the image. */
function drawTile(onto: SKRSContext2D, tile: Box, region: Box, drawing: Drawing): void {
  const { image, first, part, matrix, step, quality, draw } = drawing;
  const copy = reduced(image, moved(region, first.x, first.y), step, draw);
  const canvas = blank("tile", widthOf(tile), heightOf(tile));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = quality;
  const { a, b, c, d, e, f } = matrix;
  context.setTransform(a, b, c, d, e - tile.left, f - tile.top);
  const drawn = meet(region, part);
  const size = [widthOf(drawn), heightOf(drawn)];
  const from = [drawn.left - region.left, drawn.top - region.top, ...size];
  draw(context, [copy, ...from.map((length) => length / step), drawn.left, drawn.top, ...size]);
  paintNow(context);
  draw(onto, [canvas, tile.left, tile.top]);
  for (const one of [copy, canvas]) free(one);
}
