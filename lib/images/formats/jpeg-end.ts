// JPEGs that lack their end marker: whether only that is missing.
import type { PictureFile } from "../picture.ts";
import { END_MARKER } from "./jpeg.ts";

/** Rows at the bottom that any missing part changes: a unit of the picture is at most 32 high. */
export const PAD_ROWS = 8;

/**
 * The file with made-up data before the end that it was given. A decoder that still waits for a part of the picture
 * reads it from there, and the bottom shows it; one that has all passes over it.
 */
export function padded({ bytes, stored }: PictureFile): Buffer {
  // Enough for all blocks, however they are made up.
  const pad = Buffer.alloc(Math.ceil((stored.width * stored.height) / 4) + 4096);
  for (let i = 0; i < pad.length; i++) pad[i] = (i * 167 + (i >> 8) * 59) % 251;
  return Buffer.concat([bytes.subarray(0, -END_MARKER.length), pad, END_MARKER]);
}
