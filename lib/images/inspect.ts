// Inspects a picture file before it is decoded: format, size, and the parts the decoder needs.
import { CanvasError } from "../errors.ts";
import type { Procedure } from "../procedure.ts";
import type { Inspected, PictureFormat } from "./formats/format.ts";
import { readGif } from "./formats/gif.ts";
import { readJpeg } from "./formats/jpeg.ts";
import { readPng } from "./formats/png.ts";
import { readWebp } from "./formats/webp.ts";
import { lookOf } from "./looks.ts";
import { isSvg } from "./svg/markup.ts";

/**
 * Reads the file without decoding pixels. The first bytes decide the format, never a name. A file
 * that is cut off is refused here: the engine would draw the part that is there without an error.
 */
export function* inspect(file: Buffer): Procedure<Inspected> {
  const format = formatOf(file);
  if (format) return yield* READERS[format](file);
  const look = lookOf(file);
  const expected = `expected a PNG, JPEG, WebP, GIF, AVIF or SVG picture${look ? `, not ${look}` : ""}`;
  const what = file.length === 0 ? "it is empty" : "its bytes are none of these";
  throw new CanvasError("SOURCE", `${expected}; ${what}`);
}

const READERS: Record<PictureFormat, (file: Buffer) => Procedure<Inspected>> = {
  png: readPng,
  jpeg: readJpeg,
  webp: readWebp,
  gif: readGif,
  avif: (file) => parsed("avif", file),
  svg: (file) => parsed("svg", file),
};

/** The format, by the first bytes; undefined for anything else. */
export function formatOf(file: Buffer): PictureFormat | undefined {
  const start = file.toString("latin1", 0, 16);
  if (start.startsWith("\x89PNG\r\n\x1a\n")) return "png";
  if (start.startsWith("\xff\xd8\xff")) return "jpeg";
  if (start.startsWith("RIFF") && start.slice(8, 12) === "WEBP") return "webp";
  if (/^GIF8[79]a/.test(start)) return "gif";
  if (isAvif(file)) return "avif";
  return isSvg(file) ? "svg" : undefined;
}

/** A format that only the engine's parser can read, which runs in the helper process. */
// biome-ignore lint/correctness/useYield: the same type as the readers that yield between steps
function* parsed(format: "avif" | "svg", bytes: Buffer): Procedure<Inspected> {
  return { format, width: 0, height: 0, orientation: 1, bytes, extraBytes: 0 };
}

/** The first box names AVIF as its brand or as a compatible brand. */
function isAvif(file: Buffer): boolean {
  if (file.length < 16 || file.toString("latin1", 4, 8) !== "ftyp") return false;
  const brands = file.toString("latin1", 8, Math.min(file.readUInt32BE(0), 128));
  return /^(?:.{4})*avi[fs]/s.test(brands);
}
