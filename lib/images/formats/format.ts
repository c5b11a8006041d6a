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

/** Bytes looked at in one step: a few milliseconds. */
export const STEP_BYTES: number = 4 * 1024 * 1024;
/** Parts of a file (chunks, blocks, markers) looked at in one step. */
export const STEP_PARTS = 4096;
/** Parts that a file may have: a large PNG has 16,384 of 8 kB. */
export const MAX_PARTS = 1_000_000;
/** Largest colour profile: those of printers have 0.5 to 2 MB. */
export const MAX_PROFILE_BYTES: number = 4 * 1024 * 1024;

export function truncated(format: string): CanvasError {
  return new CanvasError("SOURCE", `the ${format} is cut off before its end`);
}

export function corrupt(format: string): CanvasError {
  return new CanvasError("SOURCE", `the ${format} is damaged`);
}

/** The ranges of the file one after another; without a copy where they are one. */
export function joined(
  file: Buffer,
  ranges: readonly (readonly [from: number, to: number])[],
): Buffer {
  const whole: [number, number][] = [];
  for (const [from, to] of ranges) {
    const last = whole.at(-1);
    if (last?.[1] === from) last[1] = to;
    else whole.push([from, to]);
  }
  const parts = whole.map(([from, to]) => file.subarray(from, to));
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
}
