// Reads style and characters from a font file before the engine gets it.
import { brotliDecompressSync, inflateSync } from "node:zlib";
import { CanvasError } from "../errors.ts";
import { lookOf } from "../images/looks.ts";
import { FONT_MAX_BYTES } from "../limits.ts";
import { type CodePointRange, readCmap } from "./cmap.ts";

/** The properties that distinguish the faces of one family. */
export interface FontStyle {
  /** 1 to 1000; 400 is regular, 700 bold. */
  weight: number;
  /** 1 to 9; 5 is normal. */
  width: number;
  isSlanted: boolean;
}

/** Facts that are read from a font before it is registered. */
export interface FontFacts {
  style: FontStyle;
  /** The characters that it has. */
  codePoints: CodePointRange[];
  /** Whether it has pictures in colour, and no letters. */
  isColourEmoji: boolean;
}

type Tables = Map<string, Buffer>;

/** Reads a TTF, OTF, TTC, WOFF or WOFF2; the first bytes decide the format. */
export function readFontFile(file: Buffer): FontFacts {
  const tables = readTables(file);
  try {
    const codePoints = readCmap(tables.get("cmap"));
    const hasLetters = codePoints.some(([first, last]) => first <= LETTER && LETTER <= last);
    return {
      style: styleOf(tables.get("OS/2")),
      codePoints,
      isColourEmoji: COLOUR.some((tag) => tables.has(tag)) && !hasLetters,
    };
  } catch (cause) {
    throw damaged(cause);
  }
}

/** OS/2 and cmap are read; of the tables with colours, only their presence matters. */
const COLOUR = ["COLR", "CBDT", "sbix", "SVG "];
const READ = ["OS/2", "cmap", ...COLOUR];
const LETTER = 0x41;

function readTables(file: Buffer): Tables {
  const format = file.toString("latin1", 0, 4);
  try {
    switch (format) {
      case "\0\x01\0\0":
      case "OTTO":
      case "true":
        return sfntTables(file, 0);
      case "ttcf":
        return sfntTables(file, file.readUInt32BE(12));
      case "wOFF":
        return woffTables(file);
      case "wOF2":
        return woff2Tables(file);
    }
  } catch (cause) {
    throw damaged(cause);
  }
  const look = lookOf(file);
  const expected = `expected a TTF, OTF, WOFF or WOFF2 font${look ? `, not ${look}` : ""}`;
  const what = file.length === 0 ? "it is empty" : "its bytes are none of these";
  throw new CanvasError("SOURCE", `${expected}; ${what}`);
}

function damaged(cause: unknown): CanvasError {
  return new CanvasError("SOURCE", "the font is damaged, or cut off before its end", { cause });
}

/** Reads the table OS/2; old fonts lack it. */
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

function sfntTables(file: Buffer, start: number): Tables {
  const tables: Tables = new Map();
  for (let i = 0; i < file.readUInt16BE(start + 4); i++) {
    const entry = start + 12 + i * 16;
    const found = part(file, file.readUInt32BE(entry + 8), file.readUInt32BE(entry + 12));
    const tag = file.toString("latin1", entry, entry + 4);
    if (READ.includes(tag)) tables.set(tag, found);
  }
  return tables;
}

function woffTables(file: Buffer): Tables {
  const tables: Tables = new Map();
  let total = 0;
  for (let i = 0; i < file.readUInt16BE(12); i++) {
    const entry = 44 + i * 20;
    const packed = part(file, file.readUInt32BE(entry + 4), file.readUInt32BE(entry + 8));
    const length = file.readUInt32BE(entry + 12);
    total = counted(total, length);
    const tag = file.toString("latin1", entry, entry + 4);
    if (!READ.includes(tag)) continue;
    const isPacked = packed.length !== length && !COLOUR.includes(tag);
    tables.set(tag, isPacked ? inflateSync(packed, { maxOutputLength: length }) : packed);
  }
  return tables;
}

/** Indices of the tags that WOFF2 knows by number; 63 means that the tag is written out. */
const WOFF2_TAGS: Record<number, string> = {
  0: "cmap",
  6: "OS/2",
  26: "CBDT",
  34: "SVG ",
  42: "sbix",
  43: "COLR",
};
const WOFF2_TRANSFORMED = [10, 11];

function woff2Tables(file: Buffer): Tables {
  let [at, offset, total]: [number, number, number] = [48, 0, 0];
  const places: [tag: string, start: number, length: number][] = [];
  /** Reads a number of seven bits a byte; the highest bit says that another byte follows. */
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
    const index = flags & 0x3f;
    const tag = index === 0x3f ? file.toString("latin1", at, at + 4) : WOFF2_TAGS[index];
    if (index === 0x3f) at += 4;
    const length = number();
    // Outline tables are transformed unless their version is 3, other tables unless it is 0.
    const isTransformed = WOFF2_TRANSFORMED.includes(index) ? flags >> 6 !== 3 : flags >> 6 !== 0;
    const stored = isTransformed ? number() : length;
    if (tag !== undefined && READ.includes(tag)) places.push([tag, offset, stored]);
    offset = counted(offset, stored);
    total = counted(total, length);
  }
  // A collection has a second directory after that of the tables; it is not read here.
  if (file.toString("latin1", 4, 8) === "ttcf") return new Map();
  const packed = part(file, at, file.readUInt32BE(20));
  const tables = brotliDecompressSync(packed, { maxOutputLength: Math.max(1, offset) });
  return new Map(places.map(([tag, start, length]) => [tag, part(tables, start, length)]));
}

function part(file: Buffer, offset: number, length: number): Buffer {
  if (offset + length > file.length) throw new RangeError("a table beyond the end");
  return file.subarray(offset, offset + length);
}

/** Adds the length; throws when the sum exceeds a font's limit, as with a decompression bomb. */
function counted(sum: number, length: number): number {
  if (sum + length > FONT_MAX_BYTES) throw new RangeError(`more than ${FONT_MAX_BYTES} bytes`);
  return sum + length;
}
