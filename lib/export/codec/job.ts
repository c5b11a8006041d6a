// What is to be encoded, and how.
import type { Rows } from "./stripes.ts";

/** Pixels and what to make of them. */
export interface EncodeJob {
  /**
   * Rows of pixels: RGBA, not premultiplied, as `getImageData` gives them. Each call gives a copy that is the
   * encoder's to destroy; there is a second one if the first encoder fails.
   */
  read(rows: Rows): Uint8Array | Uint8ClampedArray;
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

/** A job as the encoders take it. */
export interface Picture extends Required<EncodeJob> {
  read(rows: Rows): Uint8Array;
}
