// The encoder's job: which picture to encode, and how.
import type { Rows } from "./stripes.ts";

/** A picture, and the file to make of it. */
export interface EncodeJob {
  /**
   * Yields the pixels of each piece of rows, in that order: RGBA, not premultiplied, as
   * `getImageData` gives them. The pieces are copies that the encoder may destroy. `read` is called
   * again if the first encoder fails.
   */
  read(pieces: readonly Rows[]): Iterable<Uint8Array | Uint8ClampedArray>;
  width: number;
  height: number;
  type: "png" | "jpeg";
  /** How much time to spend for fewer bytes; `"small"` is for PNG only. */
  compression: "default" | "fast" | "small";
  /** 1 to 100, as the engine's; JPEG only. */
  quality: number;
  /** The colour behind transparent pixels; JPEG only. */
  background: readonly [r: number, g: number, b: number];
}

/** Where pixels are read from. */
export type Source = Pick<EncodeJob, "width" | "height" | "read">;
