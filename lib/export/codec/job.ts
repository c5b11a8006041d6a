// What is to be encoded, and how.

/** Pixels and what to make of them. */
export interface EncodeJob {
  /**
   * The pixels, RGBA: what `canvas.data()` (premultiplied) or `getImageData().data` gives. Each call gives a
   * copy that is the encoder's to destroy; there is a second one if the first encoder fails.
   */
  read(): Uint8Array | Uint8ClampedArray;
  width: number;
  height: number;
  premultiplied: boolean;
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
  read(): Uint8Array;
}
