// Renders drawings (SVG) and AVIFs in a separate process, at the size that they are drawn at.
import { createCache } from "../cache.ts";
import { Image } from "../engine/engine.ts";
import { CanvasError } from "../errors.ts";
import { missingCharacters, notInstalled } from "../fonts/missing.ts";
import type { Size } from "../limits.ts";
import { warnOnce } from "../warn.ts";
import { decodeInto } from "./decode.ts";
import type { PictureFile, RenderSize } from "./picture.ts";
import { ask, unavailable } from "./svg/helper.ts";
import { charactersOf, drawable } from "./svg/markup.ts";
import type { Answer, Request } from "./svg/program.ts";

export interface Rendering {
  /** Whether the program supplies the drawing; all others are untrusted. */
  isTrusted: boolean;
  /** `direct` draws trusted drawings in this process: at any size, without bounds. */
  svg: "isolated" | "direct";
  maxPixels: number;
  /** Milliseconds for loading the whole picture; rendering may take half of them. */
  timeout: number;
  deadline: AbortSignal;
}

/** No canvas is larger, unless a host raises its limits. */
const MAX_RENDERED_PIXELS = 16_777_216;
const MAX_RENDERED_SIDE = 16_384;
/** Memory of the engine and its fonts beside the picture; measured on documents of 4 MB. */
const WORK_BYTES: number = 96 * 1024 * 1024;

interface OwnSize extends Size {
  /** Characters of an SVG's text that are drawn as boxes. */
  missing: readonly string[];
}

const sizes = createCache<OwnSize>({
  maxBytes: 1_000_000,
  maxAgeMs: 3_600_000,
  bytesOf: ({ missing }) => 32 * missing.length,
});

/** The picture's own size, in pixels. */
export async function ownSize(file: PictureFile, how: Rendering): Promise<OwnSize> {
  const known = sizes().get(file.key);
  if (known) return known;
  const answer = isDirect(file, how)
    ? await sizeHere(file, how)
    : await ask(requestOf(file, how, 0), file.original, how.deadline);
  const { width, height, leftOut } = answer;
  if (width < 1 || height < 1) throw new CanvasError("SOURCE", `the ${file.format} has no size`);
  const missing = file.format === "svg" ? missingOf(file, isDirect(file, how)) : [];
  const own = { width, height, missing };
  sizes().set(file.key, own);
  if (leftOut.length > 0) {
    warnOnce(
      "WX_CANVAS_SVG",
      `an SVG is drawn without what the engine does not know: ${leftOut.join(", ")}`,
      leftOut.join(),
    );
  }
  return own;
}

/** In this process, an SVG can name fonts that the program has loaded. */
function missingOf({ original }: PictureFile, isHere: boolean): string[] {
  const characters = charactersOf(original);
  return isHere ? missingCharacters(characters) : notInstalled(characters);
}

/** The rendered file, which decodes to `size` pixels; a direct one is drawn at any size. */
export async function render(
  file: PictureFile,
  own: Size,
  size: Size,
  how: Rendering,
): Promise<PictureFile> {
  const { width, height } = own;
  const drawn = { ...file, width, height, stored: { width, height } };
  if (isDirect(file, how)) {
    const bytes = file.format === "svg" ? drawable(file.original, width, height) : file.original;
    return { ...drawn, bytes, pixels: width * height };
  }
  const pixels = size.width * size.height;
  const request = { ...requestOf(file, how, pixels), ...size };
  const original = file.format === "svg" ? drawable(file.original, width, height) : file.original;
  const { body } = await ask(request, original, how.deadline);
  return { ...drawn, key: renderedKey(file, size), bytes: body, pixels };
}

export function renderedKey({ key }: PictureFile, { width, height }: Size): string {
  return `${key}@${width}x${height}`;
}

/** The size in whole pixels, at least one, reduced to what may be rendered. */
export function boundedSize(wanted: Size, own: Size, { maxPixels }: Rendering): Size {
  const { width, height } = Number.isFinite(wanted.width * wanted.height) ? wanted : own;
  const most = Math.min(maxPixels, MAX_RENDERED_PIXELS);
  const scale = Math.min(
    1,
    Math.sqrt(most / (width * height)),
    MAX_RENDERED_SIDE / Math.max(width, height),
  );
  const side = (length: number) => Math.max(1, Math.floor(length * scale));
  return { width: side(width), height: side(height) };
}

/**
 * The size to render a picture of pixels at: twice the wanted one, for exports that enlarge its
 * drawing, but no larger than its own.
 */
export function reducedSize(own: Size, wanted: Size): Size {
  return {
    width: Math.min(own.width, 2 * wanted.width),
    height: Math.min(own.height, 2 * wanted.height),
  };
}

/** A size for drawings before layout: fine enough to be drawn a few times larger. */
export function fineSize(pixelRatio: number): RenderSize {
  return ({ width, height }) => {
    let scale = pixelRatio;
    // In powers of two: reduced to the drawing's own size again, nothing is blurred.
    while (Math.max(width, height) * scale < 1024) scale *= 2;
    return { width: width * scale, height: height * scale };
  };
}

function isDirect(file: PictureFile, { isTrusted, svg }: Rendering): boolean {
  const why = unavailable();
  if (isTrusted && (svg === "direct" || why !== undefined)) return true;
  if (why === undefined) return false;
  const name = file.format === "svg" ? "SVGs" : "AVIFs";
  throw new CanvasError("SOURCE", `untrusted ${name} need a process of their own, and ${why}`);
}

async function sizeHere(file: PictureFile, { deadline }: Rendering): Promise<Answer> {
  const image = new Image();
  await decodeInto(image, file, { deadline });
  return { width: image.width, height: image.height, leftOut: [], isWorn: false };
}

function requestOf(
  { format, original }: PictureFile,
  { maxPixels, timeout }: Rendering,
  pixels: number,
): Request {
  // Only its decoder knows how many pixels an AVIF has.
  const forPixels =
    format === "avif"
      ? 4 * maxPixels
      : Math.min(16 * pixels, Math.max(0, 4 * maxPixels - WORK_BYTES));
  return {
    format: format === "svg" ? "svg" : "avif",
    maxGrowth: WORK_BYTES + 4 * original.length + forPixels,
    maxTime: Math.ceil(timeout / 2),
  };
}
