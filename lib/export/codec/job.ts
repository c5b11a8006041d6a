// What is to be encoded, and how.
import type { Rows } from "./stripes.ts";

/** A picture, and the file to make of it. */
export interface EncodeJob {
  /**
   * Hands pieces of the pixels on, in their order: RGBA, not premultiplied, as `getImageData` gives them, in copies
   * that are the encoder's to destroy. Called again if the first encoder fails.
   */
  read(
    pieces: readonly Rows[],
    receive: (pixels: Uint8Array | Uint8ClampedArray, rows: Rows) => void,
  ): void;
  width: number;
  height: number;
  type: "png" | "jpeg";
  /** Time for bytes; PNG only. */
  compression: "default" | "fast" | "small";
  /** 1 to 100, as the engine's; JPEG only. */
  quality: number;
  /** What transparent pixels of a JPEG lie on. */
  background: readonly [r: number, g: number, b: number];
}

/** Where pixels are read from. */
export type Source = Pick<EncodeJob, "width" | "height" | "read">;
