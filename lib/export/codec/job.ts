// What is to be encoded, and how.
import type { Rows } from "./stripes.ts";

type Pixels = Uint8Array | Uint8ClampedArray;

/** Pixels and what to make of them. */
export interface EncodeJob {
  /**
   * Hands pieces of the pixels on, in their order: RGBA, not premultiplied, as `getImageData` gives them, in copies
   * that are the encoder's to destroy. Called again if the first encoder fails.
   */
  read(pieces: readonly Rows[], receive: (pixels: Pixels, rows: Rows) => void): void;
  width: number;
  height: number;
  type: "png" | "jpeg";
  /** Time for bytes; PNG only. */
  compression: "default" | "fast" | "small";
  /** 1 to 100, as the engine's; JPEG only. */
  quality: number;
  /** What transparent pixels of a JPEG lie on; white unless given. */
  background?: readonly [r: number, g: number, b: number];
}

/** A job as the encoders take it: the pieces have the size that they should have. */
export interface Picture extends Required<EncodeJob> {
  read(pieces: readonly Rows[], receive: (pixels: Uint8Array, rows: Rows) => void): void;
}
