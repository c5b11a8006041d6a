// What a font file says of itself: that it is one, and which style; read before the engine gets it.
import { brotliDecompressSync, inflateSync } from "node:zlib";
import { CanvasError } from "../errors.ts";
import { FONT_MAX_BYTES } from "../limits.ts";

/** What tells the faces of one family apart. */
export interface FontStyle {
  /** 1 to 1000; 400 is regular, 700 bold. */
  weight: number;
  /** 1 to 9; 5 is normal. */
  width: number;
  isSlanted: boolean;
}

/** Reads the style of a TTF, OTF, TTC, WOFF or WOFF2; the format is told by the first bytes. */
export function readFontStyle(file: Buffer): FontStyle {
  const format = file.toString("latin1", 0, 4);
  try {
    switch (format) {
      case "\0\x01\0\0":
      case "OTTO":
      case "true":
        return styleOf(sfntTable(file, 0));
      case "ttcf":
        return styleOf(sfntTable(file, file.readUInt32BE(12)));
      case "wOFF":
        return styleOf(woffTable(file));
      case "wOF2":
        return styleOf(woff2Table(file));
    }
  } catch (cause) {
    throw new CanvasError("SOURCE", "the font is damaged, or cut off before its end", { cause });
  }
  throw new CanvasError("SOURCE", "expected a TTF, OTF, WOFF or WOFF2 font; its bytes are none");
}

/** The fields of the table OS/2, which old fonts lack. */
function styleOf(os2: Buffer | undefined): FontStyle {
  if (!os2) return { weight: 400, width: 5, isSlanted: false };
  const selection = os2.readUInt16BE(62);
  return {
    weight: os2.readUInt16BE(4),
    width: os2.readUInt16BE(6),
    // Italic, or oblique.
    isSlanted: (selection & 0x201) !== 0,
  };
}

const OS2 = "OS/2";

function sfntTable(file: Buffer, start: number): Buffer | undefined {
  let table: Buffer | undefined;
  for (let i = 0; i < file.readUInt16BE(start + 4); i++) {
    const entry = start + 12 + i * 16;
    const found = part(file, file.readUInt32BE(entry + 8), file.readUInt32BE(entry + 12));
    if (file.toString("latin1", entry, entry + 4) === OS2) table = found;
  }
  return table;
}

function woffTable(file: Buffer): Buffer | undefined {
  let [table, total]: [Buffer | undefined, number] = [undefined, 0];
  for (let i = 0; i < file.readUInt16BE(12); i++) {
    const entry = 44 + i * 20;
    const packed = part(file, file.readUInt32BE(entry + 4), file.readUInt32BE(entry + 8));
    const length = file.readUInt32BE(entry + 12);
    total = counted(total, length);
    if (file.toString("latin1", entry, entry + 4) !== OS2) continue;
    table = packed.length === length ? packed : inflateSync(packed, { maxOutputLength: length });
  }
  return table;
}

/** Indices of the tags that WOFF2 knows by number; 63 means that the tag is written out. */
const WOFF2_OS2 = 6;
const WOFF2_TRANSFORMED = [10, 11];

function woff2Table(file: Buffer): Buffer | undefined {
  let [at, offset, total]: [number, number, number] = [48, 0, 0];
  let place: [start: number, end: number] | undefined;
  /** Seven bits a byte, the highest bit says that another follows. */
  const number = () => {
    for (let value = 0, i = 0; i < 5; i++) {
      const byte = file.readUInt8(at++);
      value = value * 128 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    throw new RangeError("a number of more than 5 bytes");
  };
  for (let i = 0; i < file.readUInt16BE(12); i++) {
    const flags = file.readUInt8(at++);
    const tag = flags & 0x3f;
    if (tag === 0x3f) at += 4;
    const length = number();
    // Outlines are transformed unless they say 3, all else is unless it says 0.
    const isTransformed = WOFF2_TRANSFORMED.includes(tag) ? flags >> 6 !== 3 : flags >> 6 !== 0;
    const stored = isTransformed ? number() : length;
    if (tag === WOFF2_OS2) place = [offset, offset + stored];
    offset = counted(offset, stored);
    total = counted(total, length);
  }
  // A collection has a directory of its own behind the tables'; its faces share the rest.
  if (file.toString("latin1", 4, 8) === "ttcf") return undefined;
  const packed = part(file, at, file.readUInt32BE(20));
  const tables = brotliDecompressSync(packed, { maxOutputLength: Math.max(1, offset) });
  return place && part(tables, place[0], place[1] - place[0]);
}

function part(file: Buffer, offset: number, length: number): Buffer {
  if (offset + length > file.length) throw new RangeError("a table beyond the end");
  return file.subarray(offset, offset + length);
}

/** The sum, as long as it is one of a font and not of a bomb. */
function counted(sum: number, length: number): number {
  if (sum + length > FONT_MAX_BYTES) throw new RangeError(`more than ${FONT_MAX_BYTES} bytes`);
  return sum + length;
}
