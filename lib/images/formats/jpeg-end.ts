// Pads JPEGs that lack their end marker, to find out whether only the marker is missing.
import type { PictureFile } from "../picture.ts";
import { END_MARKER } from "./jpeg.ts";

/** Rows at the bottom that any missing part changes: a unit of the picture is at most 32 high. */
export const PAD_ROWS = 8;

/**
 * The file with made-up data before the end marker that `readJpeg` added. A decoder that still
 * needs a part of the picture reads that data, and the bottom rows change; with a complete picture
 * it skips the data.
 */
export function padded({ bytes, stored }: PictureFile): Buffer {
  // Enough data for all blocks of any content.
  const pad = Buffer.alloc(Math.ceil((stored.width * stored.height) / 4) + 4096);
  for (let i = 0; i < pad.length; i++) pad[i] = (i * 167 + (i >> 8) * 59) % 251;
  return Buffer.concat([bytes.subarray(0, -END_MARKER.length), pad, END_MARKER]);
}
