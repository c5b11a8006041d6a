// Encodes a picture as PNG or JPEG bytes; the export calls the encoder only from here.
import { CanvasError } from "../errors.ts";
import { lateLoad } from "../late.ts";
import type { Size } from "../limits.ts";
import type { Compression } from "../settings/compression.ts";
import type { FileType } from "./options.ts";
import type { Snapshot } from "./snapshot.ts";

/** How a picture is written. */
export interface Format {
  fileType: FileType;
  /** (0, 1], for JPEG. */
  quality: number;
  /** How much time to spend for fewer bytes; `"small"` is for PNG only. */
  compression: Compression;
  /** Red, green and blue behind the transparent parts of a JPEG. */
  background: readonly [number, number, number];
}

/** The encoder, which is loaded with the first picture. */
const codec = lateLoad(() => import("./codec/codec.ts"));

/** Encodes a picture of the given size. */
export async function encode(
  { render, original }: Pick<Snapshot, "render" | "original">,
  { width, height }: Size,
  format: Format,
): Promise<Buffer> {
  try {
    const { encodePixels } = await codec();
    const bytes = await encodePixels({
      *read(pieces) {
        const picture = render();
        try {
          for (const rows of pieces) yield picture.read(...rows);
        } finally {
          picture.release();
        }
      },
      width,
      height,
      original,
      type: format.fileType === "png" ? "png" : "jpeg",
      compression: format.compression,
      quality: toEngineQuality(format.quality),
      background: format.background,
    });
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (cause) {
    const reason = `the ${format.fileType} of ${width} × ${height} pixels could not be encoded`;
    throw new CanvasError("ENCODE", reason, { cause });
  }
}

/** Encoders count quality in whole numbers from 1 to 100. */
function toEngineQuality(quality: number): number {
  return Math.max(1, Math.round(quality * 100));
}
