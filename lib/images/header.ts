// What a picture file says of itself: format, size, orientation; read before anything is decoded.
import { crc32 } from "node:zlib";
import { CanvasError } from "../errors.ts";
import { orientationOf } from "./exif.ts";
import { isSvg } from "./svg/svg.ts";

export type PictureFormat = "png" | "jpeg" | "webp" | "gif" | "svg";

export interface Header {
  format: PictureFormat;
  /** Size in pixels as stored, before any turning; 0 for an SVG, whose size its parser tells. */
  width: number;
  height: number;
  /** EXIF orientation, 1 to 8. */
  orientation: number;
}

/**
 * Reads the header. The format is told by the first bytes, never by a name. A file that is cut off
 * is refused here: the engine would draw the part that is there, and say nothing.
 */
export function readHeader(bytes: Uint8Array): Header {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = file.toString("latin1", 0, 12);
  if (start.startsWith("\x89PNG\r\n\x1a\n")) return readPng(file);
  if (start.startsWith("\xff\xd8\xff")) return readJpeg(file);
  if (start.startsWith("RIFF") && start.endsWith("WEBP")) return readWebp(file);
  if (/^GIF8[79]a/.test(start)) return readGif(file);
  if (isSvg(file)) return { format: "svg", width: 0, height: 0, orientation: 1 };
  const what = file.length === 0 ? "it is empty" : "its bytes are none of these";
  throw new CanvasError("SOURCE", `expected a PNG, JPEG, WebP, GIF or SVG picture; ${what}`);
}

function readPng(file: Buffer): Header {
  const header: Header = { format: "png", width: 0, height: 0, orientation: 1 };
  for (let at = 8; at + 12 <= file.length; ) {
    const length = file.readUInt32BE(at);
    const end = at + 12 + length;
    if (end > file.length) throw truncated("PNG");
    const type = file.toString("latin1", at + 4, at + 8);
    const data = file.subarray(at + 8, end - 4);
    if (at === 8) {
      if (type !== "IHDR" || length !== 13) throw corrupt("PNG");
      header.width = data.readUInt32BE(0);
      header.height = data.readUInt32BE(4);
    }
    // An upper-case letter first: decoders need the chunk, and a damaged one shows in the picture.
    if (
      /^[A-Z]/.test(type) &&
      crc32(file.subarray(at + 4, end - 4)) !== file.readUInt32BE(end - 4)
    ) {
      throw corrupt("PNG");
    }
    if (type === "eXIf") header.orientation = orientationOf(data);
    if (type === "IEND") return checked(header);
    at = end;
  }
  throw truncated("PNG");
}

const EOI = Buffer.from([0xff, 0xd9]);

function readJpeg(file: Buffer): Header {
  const header: Header = { format: "jpeg", width: 0, height: 0, orientation: 0 };
  for (let at = 2; at + 4 <= file.length; ) {
    if (file[at] !== 0xff) throw corrupt("JPEG");
    const marker = file.readUInt8(at + 1);
    // Fill bytes, and markers that stand alone.
    if (marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    const data = file.subarray(at + 4, at + 2 + file.readUInt16BE(at + 2));
    if (marker === 0xda) {
      // In the data of a scan 0xff is followed by 0: what looks like the end is the end.
      if (file.lastIndexOf(EOI) < at) throw truncated("JPEG");
      return checked({ ...header, orientation: header.orientation || 1 });
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame && header.width === 0) {
      if (data.length < 6) throw corrupt("JPEG");
      header.height = data.readUInt16BE(1);
      header.width = data.readUInt16BE(3);
    }
    const isExif = marker === 0xe1 && data.toString("latin1", 0, 6) === "Exif\0\0";
    if (isExif && header.orientation === 0) header.orientation = orientationOf(data);
    at += 2 + file.readUInt16BE(at + 2);
  }
  throw truncated("JPEG");
}

function readWebp(file: Buffer): Header {
  const header: Header = { format: "webp", width: 0, height: 0, orientation: 1 };
  const end = 8 + file.readUInt32LE(4);
  if (end > file.length) throw truncated("WebP");
  for (let at = 12; at + 8 <= end; ) {
    const type = file.toString("latin1", at, at + 4);
    const length = file.readUInt32LE(at + 4);
    const data = file.subarray(at + 8, at + 8 + length);
    if (data.length < length) throw truncated("WebP");
    if (header.width === 0) Object.assign(header, webpSize(type, data));
    if (type === "EXIF") header.orientation = orientationOf(data);
    at += 8 + length + (length % 2);
  }
  return checked(header);
}

/** The size in the first chunk; the extended one counts from 0, in 24 bits. */
function webpSize(type: string, chunk: Buffer): { width: number; height: number } {
  // What is too short is read as zeros.
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

function readGif(file: Buffer): Header {
  const byte = (at: number) => file[at] ?? 0;
  const colours = (flags: number) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  const afterBlocks = (start: number) => {
    let at = start;
    while (byte(at) !== 0) at += 1 + byte(at);
    if (at >= file.length) throw truncated("GIF");
    return at + 1;
  };
  for (let at = 13 + colours(byte(10)); at + 10 <= file.length; ) {
    if (byte(at) === 0x21) {
      at = afterBlocks(at + 2);
      continue;
    }
    if (byte(at) !== 0x2c) throw corrupt("GIF");
    // A first frame that is larger than the screen enlarges the picture.
    const width = Math.max(
      file.readUInt16LE(6),
      file.readUInt16LE(at + 1) + file.readUInt16LE(at + 5),
    );
    const height = Math.max(
      file.readUInt16LE(8),
      file.readUInt16LE(at + 3) + file.readUInt16LE(at + 7),
    );
    afterBlocks(at + 11 + colours(byte(at + 9)));
    return checked({ format: "gif", width, height, orientation: 1 });
  }
  throw truncated("GIF");
}

function checked(header: Header): Header {
  if (header.width === 0 || header.height === 0) throw corrupt(NAMES[header.format]);
  return header;
}

const NAMES: Record<PictureFormat, string> = {
  png: "PNG",
  jpeg: "JPEG",
  webp: "WebP",
  gif: "GIF",
  svg: "SVG",
};

function truncated(format: string): CanvasError {
  return new CanvasError("SOURCE", `the ${format} is cut off before its end`);
}

function corrupt(format: string): CanvasError {
  return new CanvasError("SOURCE", `the ${format} is damaged`);
}
