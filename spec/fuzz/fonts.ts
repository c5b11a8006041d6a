// Fonts whose tables were changed, cut, mixed up or blown up, in every wrapping that is read.
import { readFileSync } from "node:fs";
import { brotliCompressSync, brotliDecompressSync, constants, deflateSync } from "node:zlib";
import { asTrueType, fontFile } from "../support/font-files.ts";
import type { Random } from "./random.ts";

type Tables = [tag: string, data: Buffer][];

const read = (name: string, file: string) => readFileSync(fontFile(name, file));

function tablesOf(font: Buffer): Tables {
  return Array.from({ length: font.readUInt16BE(4) }, (_, i) => {
    const entry = 12 + i * 16;
    const offset = font.readUInt32BE(entry + 8);
    const data = font.subarray(offset, offset + font.readUInt32BE(entry + 12));
    return [font.toString("latin1", entry, entry + 4), data];
  });
}

/**
 * Outlines with positions and ligatures, pictures in colour, and right-to-left or stacked letters.
 */
const FONTS: Tables[] = [
  read("noto-sans-sc", "latin-400-normal.woff"),
  read("noto-sans-sc", "vietnamese-400-normal.woff"),
  read("noto-color-emoji", "1-400-normal.woff"),
].map((font) => tablesOf(asTrueType(font)));
const PACKED = [
  read("noto-sans-sc", "latin-400-normal.woff2"),
  readFileSync(
    fontFile("noto-sans-sc", "latin-400-normal.woff2").replace(
      /@fontsource.*/,
      "@fontsource-variable/noto-sans-sc/files/noto-sans-sc-latin-wght-normal.woff2",
    ),
  ),
];

const EXTREMES = [0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xfffe, 0xffff];

export function font(random: Random): Buffer {
  if (random.chance(3)) return repacked(random, random.pick(PACKED));
  const tables = changed(random, random.pick(FONTS));
  return random.pick([sfnt, sfnt, woff, woff2, collection])(random, tables);
}

function mutated(random: Random, data: Buffer): Buffer {
  const bytes = Buffer.from(data);
  for (let times = 1 + random.below(6); times > 0 && bytes.length > 1; times--) {
    const near = random.chance(2) ? Math.min(bytes.length, 64) : bytes.length;
    const at = random.below(near - 1);
    if (random.chance(2)) bytes[at] = random.below(256);
    else bytes.writeUInt16BE(random.pick(EXTREMES), at & ~1);
  }
  return bytes;
}

function changed(random: Random, original: Tables): Tables {
  const tables: Tables = original.map(([tag, data]) => [tag, data]);
  for (let times = 1 + random.below(4); times > 0; times--) {
    const one = random.pick(tables);
    const [tag, data] = one;
    random.pick([
      () => (one[1] = mutated(random, data)),
      () => (one[1] = mutated(random, data)),
      () => (one[1] = mutated(random, data)),
      () => (one[1] = data.subarray(0, random.below(data.length + 1))),
      () => (one[1] = Buffer.concat([data, Buffer.alloc(random.pick([1, 4, 1000, 1_000_000]))])),
      () => (one[1] = random.pick(tables)[1]),
      () => tables.splice(tables.indexOf(one), 1),
      () => tables.push([tag, mutated(random, data)]),
      () => tables.push([random.pick(["CFF ", "SVG ", "sbix", "COLR", "fpgm", "kern"]), data]),
      () => selfReferring(random, tables),
      () => manyGroups(random, tables),
    ])();
  }
  return tables;
}

/** Outlines that consist of others, and of themselves. */
function selfReferring(random: Random, tables: Tables): void {
  const glyphs = tables.find(([tag]) => tag === "glyf");
  if (!glyphs) return;
  const components = random.pick([1, 30, 500]);
  const composite = Buffer.alloc(10 + components * 6);
  composite.writeInt16BE(-1, 0);
  for (let i = 0; i < components; i++) {
    // Another follows; offsets are bytes.
    composite.writeUInt16BE(i + 1 < components ? 0x22 : 2, 10 + i * 6);
    composite.writeUInt16BE(random.pick([0, 1, 36, 37, 38, random.below(400)]), 12 + i * 6);
  }
  const bytes = Buffer.from(glyphs[1]);
  for (let times = random.pick([1, 9, 200]); times > 0; times--) {
    const at = random.below(Math.max(1, bytes.length - composite.length)) & ~1;
    composite.copy(bytes, at);
  }
  glyphs[1] = bytes;
}

/** A table of characters that says more than there are. */
function manyGroups(random: Random, tables: Tables): void {
  const groups = random.pick([1, 1000, 300_000]);
  const map = Buffer.alloc(12 + 16 + groups * 12);
  map.set([0, 0, 0, 1, 0, 3, 0, 10, 0, 0, 0, 12, 0, 12], 0);
  map.writeUInt32BE(16 + groups * 12, 16);
  map.writeUInt32BE(random.pick([groups, groups, 0xffffffff]), 24);
  for (let i = 0; i < groups; i++) {
    map.writeUInt32BE(random.chance(3) ? 0 : i * 3, 28 + i * 12);
    map.writeUInt32BE(random.chance(3) ? 0x10ffff : i * 3 + 2, 32 + i * 12);
    map.writeUInt32BE(random.below(300), 36 + i * 12);
  }
  const cmap = tables.find(([tag]) => tag === "cmap");
  if (cmap) cmap[1] = map;
}

function sfnt(random: Random, tables: Tables): Buffer {
  const repeats = random.pick([1, 1, 1, 1, 1, 1, 3000]);
  const all = Array.from({ length: repeats }, () => tables).flat();
  const header = Buffer.alloc(12 + all.length * 16);
  header.write(random.pick(["\0\x01\0\0", "\0\x01\0\0", "OTTO", "true"]), "latin1");
  header.writeUInt16BE(all.length, 4);
  const places = new Map<Buffer, number>();
  let end = header.length;
  for (const [, data] of tables) {
    places.set(data, end);
    end += (data.length + 3) & ~3;
  }
  for (const [i, [tag, data]] of all.entries()) {
    const lie = random.chance(60) ? random.pick([0xffffffff, 0x7fffffff, 4, 0]) : undefined;
    header.write(tag, 12 + i * 16, "latin1");
    header.writeUInt32BE(places.get(data) ?? 0, 20 + i * 16);
    header.writeUInt32BE(lie ?? data.length, 24 + i * 16);
  }
  return Buffer.concat([header, ...tables.map(([, data]) => padded(data))]);
}

const padded = (data: Buffer) => Buffer.concat([data, Buffer.alloc(-data.length & 3)]);

function collection(random: Random, tables: Tables): Buffer {
  const font = sfnt(random, tables);
  const head = Buffer.alloc(16);
  head.write("ttcf\0\x01\0\0", "latin1");
  head.writeUInt32BE(random.pick([1, 1, 0, 5000, 0xffffffff]), 8);
  head.writeUInt32BE(random.pick([16, 16, 16, 0, 0xffffffff]), 12);
  const all = Buffer.concat([head, font]);
  for (let i = 0; i < Math.min(all.readUInt16BE(20), 60); i++) {
    const entry = 16 + 12 + i * 16 + 8;
    if (entry + 4 <= all.length) all.writeUInt32BE((all.readUInt32BE(entry) + 16) >>> 0, entry);
  }
  return all;
}

/** A table of zeros that is small when it is packed. */
function blown(random: Random, tables: Tables): Tables {
  if (!random.chance(20)) return tables;
  const zeros = Buffer.alloc(random.pick([1_000_000, 20_000_000, 120_000_000]));
  return [...tables, [random.pick(["glyf", "abcd", "CFF ", "cmap", "name"]), zeros]];
}

function woff(random: Random, given: Tables): Buffer {
  const tables = blown(random, given);
  const header = Buffer.alloc(44 + tables.length * 20);
  header.write("wOFF\0\x01\0\0", "latin1");
  header.writeUInt16BE(tables.length, 12);
  const parts: Buffer[] = [];
  let [at, total] = [header.length, 12 + tables.length * 16];
  for (const [i, [tag, data]] of tables.entries()) {
    const deflated = deflateSync(data, { level: data.length > 1_000_000 ? 9 : 1 });
    const packed = deflated.length < data.length ? deflated : data;
    const entry = 44 + i * 20;
    header.write(tag, entry, "latin1");
    header.writeUInt32BE(at, entry + 4);
    header.writeUInt32BE(packed.length, entry + 8);
    const length = random.chance(60) ? random.pick([0, 0x7fffffff, 99_999_999]) : data.length;
    header.writeUInt32BE(length, entry + 12);
    parts.push(padded(packed));
    at += (packed.length + 3) & ~3;
    total += (data.length + 3) & ~3;
  }
  header.writeUInt32BE(at, 8);
  header.writeUInt32BE(random.chance(20) ? 0xffffffff : total, 16);
  return Buffer.concat([header, ...parts]);
}

function base128(value: number): Buffer {
  const bytes = [value & 127];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 127) | 128);
  return Buffer.from(bytes);
}

const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

/** Its tables as they are; no outlines are transformed. */
function woff2(random: Random, given: Tables): Buffer {
  const tables = blown(random, given);
  const entries = tables.map(([tag, data]) => {
    const isOutline = tag === "glyf" || tag === "loca";
    const length = random.chance(80) ? random.pick([0, 1, 99_999_999]) : data.length;
    return Buffer.concat([
      Buffer.from([0x3f | (isOutline ? 0xc0 : 0)]),
      Buffer.from(tag, "latin1"),
      base128(length),
    ]);
  });
  const packed = brotliCompressSync(Buffer.concat(tables.map(([, data]) => data)), quick);
  const total = tables.reduce((sum, [, data]) => sum + ((data.length + 3) & ~3), 12);
  return woff2File(tables.length, total + tables.length * 16, Buffer.concat(entries), packed);
}

function woff2File(count: number, total: number, directory: Buffer, packed: Buffer): Buffer {
  const header = Buffer.alloc(48);
  header.write("wOF2\0\x01\0\0", "latin1");
  header.writeUInt32BE((48 + directory.length + packed.length + 3) & ~3, 8);
  header.writeUInt16BE(count, 12);
  header.writeUInt32BE(total >>> 0, 16);
  header.writeUInt32BE(packed.length, 20);
  return padded(Buffer.concat([header, directory, packed]));
}

/** Where the directory of a WOFF2 ends and its packed data begin. */
function packedAt(file: Buffer): number {
  let at = 48;
  const skipNumber = () => {
    while ((file[at++] ?? 0) >= 128);
  };
  for (let i = 0; i < file.readUInt16BE(12); i++) {
    const flags = file[at++] ?? 0;
    if ((flags & 63) === 63) at += 4;
    skipNumber();
    // Outlines are transformed in version 0, all others in any but that.
    if ([10, 11].includes(flags & 63) ? flags >> 6 !== 3 : flags >> 6 !== 0) skipNumber();
  }
  return at;
}

/** A WOFF2 whose unpacked data, with transformed outlines, was changed. */
function repacked(random: Random, file: Buffer): Buffer {
  const start = packedAt(file);
  const packed = file.subarray(start, start + file.readUInt32BE(20));
  const data = mutated(random, brotliDecompressSync(packed));
  const directory = Buffer.from(file.subarray(48, start));
  if (random.chance(5)) directory[random.below(directory.length)] = random.below(256);
  return woff2File(
    file.readUInt16BE(12),
    file.readUInt32BE(16),
    directory,
    brotliCompressSync(random.chance(9) ? Buffer.concat([data, data]) : data, quick),
  );
}
