// Picture → PNG or JPEG bytes. The door is one function; behind it is the engine's encoder.
import type { Canvas } from "../engine.ts";
import { CanvasError } from "../errors.ts";
import type { FileType } from "./options.ts";

/** How a picture is written. */
export interface Format {
  fileType: FileType;
  /** (0, 1], for JPEG. */
  quality: number;
  /** The CSS colour behind the transparent parts of a JPEG. */
  background: string;
}

/** The bytes of the picture; draws the background under it for JPEG, which has no alpha. */
export async function encode(picture: Canvas, format: Format): Promise<Buffer> {
  try {
    if (format.fileType === "png") return await picture.encode("png");
    paintUnder(picture, format.background);
    return await picture.encode("jpeg", toEngineQuality(format.quality));
  } catch (cause) {
    const size = `${picture.width} × ${picture.height} pixels`;
    const reason = `the ${format.fileType} of ${size} could not be encoded`;
    throw new CanvasError("ENCODE", reason, { cause });
  }
}

/** The engine counts quality in whole numbers from 1 to 100. */
function toEngineQuality(quality: number): number {
  return Math.max(1, Math.round(quality * 100));
}

/** White lies under a background that itself is not opaque. */
function paintUnder(picture: Canvas, background: string): void {
  const context = picture.getContext("2d");
  context.globalCompositeOperation = "destination-over";
  for (const colour of [background, "#fff"]) {
    context.fillStyle = colour;
    context.fillRect(0, 0, picture.width, picture.height);
  }
}
