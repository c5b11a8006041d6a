// What is known of a picture file before it is decoded, and the ways in which a file is none.
import { CanvasError } from "../../errors.ts";

export type PictureFormat = "png" | "jpeg" | "webp" | "gif" | "avif" | "svg";

export interface Inspected {
  format: PictureFormat;
  /** Pixels as stored, before any turning; 0 where only its parser tells: of an SVG and an AVIF. */
  width: number;
  height: number;
  /** EXIF orientation, 1 to 8. */
  orientation: number;
  /** The file without what the decoder does not need. */
  bytes: Buffer;
  /** What the decoder needs for a while beside four bytes a pixel. */
  extraBytes: number;
  /** A JPEG without its end marker: whether all of the picture is there shows when it is decoded. */
  isOpenEnded?: boolean;
}

/** Reads a file in steps; between two of them the event loop may turn. */
export type Inspection = Generator<void, Inspected>;

/** Bytes looked at in one step: a millisecond or two. */
export const STEP_BYTES: number = 1024 * 1024;
/** Parts of a file (chunks, blocks, markers) looked at in one step. */
export const STEP_PARTS = 1024;
/** Parts that a file may have: a large PNG has 16,384 of 8 kB, a large GIF a million of 255 bytes. */
export const MAX_PARTS = 200_000;
export const MAX_GIF_BLOCKS = 1_000_000;
/** Largest colour profile: those of printers have 0.5 to 2 MB. */
export const MAX_PROFILE_BYTES: number = 4 * 1024 * 1024;

export function truncated(format: string): CanvasError {
  return new CanvasError("SOURCE", `the ${format} is cut off before its end`);
}

export function corrupt(format: string): CanvasError {
  return new CanvasError("SOURCE", `the ${format} is damaged`);
}

/** Parts of a file that are kept; those that follow one another are one. */
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

  /** All of them; without a copy where they are one. */
  joined(): Buffer {
    const parts = this.#ranges.map(([from, to]) => this.#file.subarray(from, to));
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  }
}
