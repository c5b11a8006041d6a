// The encoder's job: which picture to encode, and how.
import type { Rows } from "./stripes.ts";

/** A picture, and the file to make of it. */
export interface EncodeJob {
  /**
   * Passes the pixels to `receive`, piece by piece and in order: RGBA, not premultiplied, as
   * `getImageData` gives them. The pieces are copies that the encoder may destroy. `read` is called
   * again if the first encoder fails.
   */
  read(
    pieces: readonly Rows[],
    receive: (pixels: Uint8Array | Uint8ClampedArray, rows: Rows) => void,
  ): void;
  width: number;
  height: number;
  type: "png" | "jpeg";
  /** How much time to spend for fewer bytes; PNG only. */
  compression: "default" | "fast" | "small";
  /** 1 to 100, as the engine's; JPEG only. */
  quality: number;
  /** The colour behind transparent pixels; JPEG only. */
  background: readonly [r: number, g: number, b: number];
}

/** Where pixels are read from. */
export type Source = Pick<EncodeJob, "width" | "height" | "read">;
