// Reads PNG: checks its chunks, and keeps only those that the decoder needs.
import { crc32, inflateSync } from "node:zlib";
import { STEP_BYTES } from "../../bytes.ts";
import type { Procedure } from "../../procedure.ts";
import { orientationOf } from "./exif.ts";
import {
  corrupt,
  type Inspected,
  KeptParts,
  MAX_PARTS,
  MAX_PROFILE_BYTES,
  STEP_PARTS,
  truncated,
} from "./format.ts";

/**
 * Chunks that are kept besides the critical ones, once each. Texts are dropped: the decoder unpacks
 * and keeps all of them, and what unpacks to a thousand times its size takes gigabytes. Animation
 * chunks are dropped, too: the first frame is a plain picture.
 */
const NEEDED = ["tRNS", "gAMA", "cHRM", "sRGB", "iCCP"];

/**
 * Of chunks other than pixels and profiles: a palette has 768. The decoder takes the square of the
 * length: 20 seconds for 30 MB.
 */
const MAX_CHUNK_BYTES = 1024;

export function* readPng(file: Buffer): Procedure<Inspected> {
  let [width, height, orientation, bitsPerPixel] = [0, 0, 1, 0];
  let isInterlaced = false;
  const kept = new KeptParts(file);
  kept.add(0, 8);
  const seen = new Set<string>();
  let stepEnd = STEP_BYTES;
  for (let at = 8, parts = 0; at + 12 <= file.length; parts++) {
    const length = file.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > file.length) throw truncated("PNG");
    if (parts > MAX_PARTS) throw corrupt("PNG");
    if (end > stepEnd || parts % STEP_PARTS === STEP_PARTS - 1) {
      stepEnd = end + STEP_BYTES;
      yield;
    }
    const type = file.toString("latin1", at + 4, at + 8);
    const data = file.subarray(at + 8, end - 4);
    if (at === 8) {
      if (type !== "IHDR" || length !== 13) throw corrupt("PNG");
      [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
      // By colour type: grey, RGB, palette, grey and RGB with alpha.
      bitsPerPixel = ([1, 0, 3, 1, 2, 0, 4][data[9] as number] || 4) * (data[8] as number);
      isInterlaced = data[12] !== 0;
    }
    // A type with an upper-case first letter is critical: a damaged chunk shows in the picture.
    const isCritical = /^[A-Z]/.test(type);
    if (isCritical && crc32(file.subarray(at + 4, end - 4)) !== file.readUInt32BE(end - 4)) {
      throw corrupt("PNG");
    }
    if (isCritical && type !== "IDAT" && length > MAX_CHUNK_BYTES) throw corrupt("PNG");
    if (isCritical || (!seen.has(type) && isNeeded(type, data))) kept.add(at, end);
    if (type === "eXIf" && !seen.has(type)) orientation = orientationOf(data);
    seen.add(type);
    if (type === "IEND") {
      if (width === 0 || height === 0) throw corrupt("PNG");
      // The decoder holds all stored rows of an interlaced picture until the last pass.
      const extraBytes = isInterlaced ? Math.ceil((width * bitsPerPixel) / 8) * height : 0;
      const bytes = yield* kept.joined();
      return { format: "png", width, height, orientation, bytes, extraBytes };
    }
    at = end;
  }
  throw truncated("PNG");
}

function isNeeded(type: string, data: Buffer): boolean {
  if (!NEEDED.includes(type)) return false;
  return type === "iCCP" ? isProfile(data) : data.length <= MAX_CHUNK_BYTES;
}

/** Whether a packed colour profile unpacks to one of a bounded size. */
function isProfile(data: Buffer): boolean {
  const packed = data.subarray(data.indexOf(0) + 2);
  if (packed.length > MAX_PROFILE_BYTES) return false;
  try {
    inflateSync(packed, { maxOutputLength: MAX_PROFILE_BYTES });
    return true;
  } catch {
    return false;
  }
}
