// Reads WebP: keeps the first picture with its profile, transparency and orientation.
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
import { tableBytes } from "./vp8l.ts";

const RIFF_HEADER_BYTES = 12;
const CHUNK_HEADER_BYTES = 8;
const FRAME_HEADER_BYTES = 16;
const VP8L_HEADER_BYTES = 5;
/** A frame has its transparency, its picture, and perhaps unknown chunks. */
const MAX_FRAME_CHUNKS = 16;

interface Chunk {
  type: string;
  data: Buffer;
  /** Its range in the file, including the byte that pads it to an even length. */
  from: number;
  to: number;
}

export function* readWebp(file: Buffer): Procedure<Inspected> {
  const end = 8 + file.readUInt32LE(4);
  if (end > file.length) throw truncated("WebP");
  const kept = new KeptParts(file);
  kept.add(0, RIFF_HEADER_BYTES);
  const types = new Set<string>();
  let [width, height, orientation, pixelBytes, tablesBytes] = [0, 0, 0, 0, 0];
  let isAnimated = false;
  let parts = 0;
  /** What the next picture has without loss: its transparency, or all of it. */
  const lossless: Buffer[] = [];
  for (const chunk of chunks(file, RIFF_HEADER_BYTES, end)) {
    if (++parts % STEP_PARTS === 0) yield;
    if (parts > MAX_PARTS) throw corrupt("WebP");
    const { type, data } = chunk;
    if (parts === 1) {
      ({ width, height } = sizeOf(chunk));
      isAnimated = type === "VP8X" && ((data[0] ?? 0) & 2) !== 0;
    }
    if (type === "EXIF") orientation ||= orientationOf(data);
    if (types.has(type) || !isNeeded(chunk, isAnimated)) continue;
    types.add(type);
    kept.add(chunk.from, chunk.to);
    const inner = type === "ANMF" ? chunks(file, frameStart(chunk), chunk.to) : [chunk];
    let count = 0;
    for (const picture of inner) {
      if (++count > MAX_FRAME_CHUNKS) throw corrupt("WebP");
      pixelBytes = Math.max(pixelBytes, width * height * bufferedBytes(picture.type));
      if (picture.type === "ALPH") lossless.push(...packedTransparency(picture));
      if (picture.type !== "VP8 " && picture.type !== "VP8L") continue;
      // The picture must not be larger than the size at the start of the file.
      const size = sizeOf(picture);
      if (size.width > width || size.height > height) throw corrupt("WebP");
      if (picture.type === "VP8L") lossless.push(picture.data.subarray(VP8L_HEADER_BYTES));
      for (const data of lossless.splice(0)) {
        tablesBytes = Math.max(tablesBytes, yield* tableBytes(data, size));
      }
    }
  }
  if (width === 0 || height === 0) throw corrupt("WebP");
  return {
    format: "webp",
    width,
    height,
    orientation: orientation || 1,
    bytes: relabelled(yield* kept.joined(), file),
    extraBytes: pixelBytes + tablesBytes,
  };
}

function* chunks(file: Buffer, start: number, end: number): Generator<Chunk> {
  for (let from = start; from + CHUNK_HEADER_BYTES <= end; ) {
    const length = file.readUInt32LE(from + 4);
    const data = file.subarray(from + CHUNK_HEADER_BYTES, from + CHUNK_HEADER_BYTES + length);
    if (data.length < length) throw truncated("WebP");
    const to = Math.min(from + CHUNK_HEADER_BYTES + length + (length % 2), file.length);
    yield { type: file.toString("latin1", from, from + 4), data, from, to };
    from += CHUNK_HEADER_BYTES + length + (length % 2);
  }
}

const frameStart = ({ from }: Chunk) => from + CHUNK_HEADER_BYTES + FRAME_HEADER_BYTES;

function isNeeded({ type, data }: Chunk, isAnimated: boolean): boolean {
  if (type === "ICCP") return data.length <= MAX_PROFILE_BYTES;
  return (isAnimated ? ["VP8X", "ANIM", "ANMF"] : ["VP8X", "ALPH", "VP8 ", "VP8L"]).includes(type);
}

/** The data of transparency that is packed; the other kind needs no tables. */
function packedTransparency({ data }: Chunk): Buffer[] {
  return ((data[0] ?? 0) & 3) === 1 ? [data.subarray(1)] : [];
}

/** Bytes a pixel that the decoder holds beside the picture: a second copy, or its transparency. */
function bufferedBytes(type: string): number {
  return { VP8L: 4, ALPH: 5 }[type] ?? 0;
}

/** The size in a chunk; the extended one counts from 0, in 24 bits. */
function sizeOf({ type, data: chunk }: Chunk): { width: number; height: number } {
  // Missing bytes read as zeros.
  const data = Buffer.concat([chunk.subarray(0, 10), Buffer.alloc(10)]);
  switch (type) {
    case "VP8X":
      return { width: data.readUIntLE(4, 3) + 1, height: data.readUIntLE(7, 3) + 1 };
    case "VP8 ":
      return { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff };
    case "VP8L": {
      const bits = data.readUInt32LE(1);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    default:
      throw corrupt("WebP");
  }
}

/** The kept bytes, with the length and the flags in the header corrected. */
function relabelled(bytes: Buffer, file: Buffer): Buffer {
  if (bytes.length === file.length) return bytes;
  const [EXIF, XMP, PROFILE] = [8, 4, 32];
  const copy = Buffer.from(bytes);
  copy.writeUInt32LE(copy.length - 8, 4);
  if (copy.toString("latin1", 12, 16) !== "VP8X") return copy;
  const hasProfile = copy.includes("ICCP", 30, "latin1");
  copy[20] = (copy[20] as number) & ~(EXIF | XMP | (hasProfile ? 0 : PROFILE));
  return copy;
}
