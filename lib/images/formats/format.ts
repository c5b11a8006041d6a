// What the format readers share: the result of an inspection, limits, and failures.
import { joinBytes } from "../../bytes.ts";
import { CanvasError } from "../../errors.ts";
import type { Procedure } from "../../procedure.ts";

export type PictureFormat = "png" | "jpeg" | "webp" | "gif" | "avif" | "svg";

export interface Inspected {
  format: PictureFormat;
  /** Pixels as stored, before turning; 0 for SVG and AVIF, whose size only their parser knows. */
  width: number;
  height: number;
  /** EXIF orientation, 1 to 8. */
  orientation: number;
  /** The file, reduced to what the decoder needs. */
  bytes: Buffer;
  /** Memory that the decoder needs temporarily beside four bytes a pixel. */
  extraBytes: number;
  /** A JPEG without its end marker: decoding shows whether the picture is complete. */
  isOpenEnded?: boolean;
}

/** Parts of a file (chunks, blocks, markers) looked at in one step. */
export const STEP_PARTS = 1024;
/** Parts that a file may have: a large PNG has 16,384 of 8 kB. */
export const MAX_PARTS = 200_000;
/** Blocks that a GIF may have: a large one has a million of 255 bytes. */
export const MAX_GIF_BLOCKS = 1_000_000;
/** Largest colour profile: those of printers have 0.5 to 2 MB. */
export const MAX_PROFILE_BYTES: number = 4 * 1024 * 1024;

export function truncated(format: string): CanvasError {
  return new CanvasError("SOURCE", `the ${format} is cut off before its end`);
}

export function corrupt(format: string): CanvasError {
  return new CanvasError("SOURCE", `the ${format} is damaged`);
}

/** Collects the parts of a file to keep; adjacent parts are merged. */
export class KeptParts {
  readonly #file: Buffer;
  readonly #ranges: [from: number, to: number][] = [];

  constructor(file: Buffer) {
    this.#file = file;
  }

  add(from: number, to: number): void {
    const last = this.#ranges.at(-1);
    if (last?.[1] === from) last[1] = to;
    else this.#ranges.push([from, to]);
  }

  /** All kept parts, and perhaps more, as one buffer; a single part is not copied. */
  joined(...more: Buffer[]): Procedure<Buffer> {
    return joinBytes([...this.#ranges.map(([from, to]) => this.#file.subarray(from, to)), ...more]);
  }
}
