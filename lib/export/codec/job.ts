// The encoder's job: which picture to encode, and how.
import type { Piece } from "./stripes.ts";

/** A larger picture, of which a part is reduced to the one that is encoded. */
export interface Original {
  width: number;
  height: number;
  /** In pixels of the original, or fractions of them. */
  part: { x: number; y: number; width: number; height: number };
}

/** A picture, and the file to make of it. */
export interface EncodeJob {
  /**
   * Yields the pixels of each piece, in that order: RGBA, not premultiplied, as `getImageData`
   * gives them. The pieces are copies that the encoder may destroy, and the list may grow
   * meanwhile. `read` is called again only if the first encoder fails; the generator ends before.
   */
  read(pieces: readonly Piece[]): Generator<Uint8Array | Uint8ClampedArray, void>;
  width: number;
  height: number;
  /** What `read` yields the pixels of, unless that is the picture itself. */
  original?: Original | undefined;
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
