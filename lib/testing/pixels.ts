// Decodes pictures to pixels for comparison, and encodes pixels as PNG.

import { createCanvas, Image } from "../engine/engine.ts";
import { CanvasError } from "../errors.ts";
import { inspect } from "../images/inspect.ts";
import { ENGINE_MAX_PIXELS } from "../limits.ts";
import { run } from "../procedure.ts";

/** RGBA, not premultiplied, row by row. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8ClampedArray | Uint8Array;
}

/** The first bytes of every PNG file. */
const SIGNATURE = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.equals(bytes.subarray(0, SIGNATURE.length));
}

/** Checks the file and decodes it; throws SOURCE unless it is a complete PNG or JPEG. */
export async function decodeImage(bytes: Buffer): Promise<Image> {
  const { format, width, height, isOpenEnded } = await run(inspect(bytes));
  if (isOpenEnded) throw new CanvasError("SOURCE", "the JPEG is cut off before its end");
  if (format !== "png" && format !== "jpeg") {
    throw new CanvasError("SOURCE", `expected a PNG or JPEG picture, got ${format}`);
  }
  if (width * height > ENGINE_MAX_PIXELS) {
    throw new CanvasError("SOURCE", `it is ${width} × ${height}, more than can be compared`);
  }
  const image = new Image();
  try {
    image.src = bytes;
    await image.decode();
  } catch (cause) {
    throw new CanvasError("SOURCE", `the ${format} cannot be decoded`, { cause });
  }
  return image;
}

/** Checks the file and decodes it to pixels. */
export async function decodePixels(bytes: Buffer): Promise<Pixels> {
  const image = await decodeImage(bytes);
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** The pixels as a PNG; the same pixels give the same bytes. */
export async function encodePng({ data, width, height }: Pixels): Promise<Buffer> {
  const { encodePixels } = await import("../export/codec/codec.ts");
  const bytes = await encodePixels({
    // Copies, since the encoder frees what it has read.
    *read(pieces) {
      for (const [from, to] of pieces) yield data.slice(from * width * 4, to * width * 4);
    },
    width,
    height,
    type: "png",
    compression: "default",
    quality: 100,
    background: [255, 255, 255],
  });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
