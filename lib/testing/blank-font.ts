// Makes a font with an empty glyph for every character, all of one width that no other font has.

/** Units per em: widths are in thousandths of the font's size. */
const UNITS_PER_EM = 1000;
const WIDTH = 3171;

const u16 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, i) => {
    bytes.writeUInt16BE(value & 0xffff, i * 2);
  });
  return bytes;
};
const u32 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, i) => {
    bytes.writeUInt32BE(value, i * 4);
  });
  return bytes;
};

/**
 * The required tables of a TrueType font, with two empty glyphs: `.notdef`, and the one for all
 * characters.
 *
 * @see https://learn.microsoft.com/typography/opentype/spec/otff
 */
function tables(): [tag: string, table: Buffer][] {
  // Format 13 maps a range of characters to one glyph.
  const mapping = Buffer.concat([u16(13, 0), u32(28, 0, 1), u32(0, 0x10ffff, 1)]);
  const names: [id: number, text: string][] = [
    [1, "Blank"],
    [2, "Regular"],
    [4, "Blank"],
    [6, "Blank"],
  ];
  const texts = names.map(([, text]) => Buffer.from(text, "utf16le").swap16());
  const places = texts.map((_, i) =>
    texts.slice(0, i).reduce((sum, { length }) => sum + length, 0),
  );
  const records = names.map(([id], i) =>
    u16(3, 1, 0x409, id, texts[i]?.length as number, places[i] as number),
  );
  return [
    [
      "OS/2",
      Buffer.concat([u16(4, WIDTH, 400, 5, 0), Buffer.alloc(68), u16(800, 0), Buffer.alloc(14)]),
    ],
    ["cmap", Buffer.concat([u16(0, 1, 3, 10), u32(12), mapping])],
    ["glyf", Buffer.alloc(4)],
    [
      "head",
      Buffer.concat([
        u32(0x10000, 0x10000, 0, 0x5f0f3cf5),
        u16(0, UNITS_PER_EM),
        Buffer.alloc(16),
        u16(0, 0, WIDTH, 800, 0, 8, 2, 1, 0),
      ]),
    ],
    ["hhea", Buffer.concat([u32(0x10000), u16(800, -200, 0, WIDTH), Buffer.alloc(22), u16(2)])],
    ["hmtx", u16(WIDTH, 0, WIDTH, 0)],
    ["loca", u32(0, 0, 0)],
    ["maxp", Buffer.concat([u32(0x10000), u16(2), Buffer.alloc(26)])],
    ["name", Buffer.concat([u16(0, names.length, 6 + names.length * 12), ...records, ...texts])],
    ["post", Buffer.concat([u32(0x30000), Buffer.alloc(28)])],
  ];
}

/** The bytes of the font file. */
export function blankFont(): Buffer {
  const all = tables();
  const header = Buffer.concat([u32(0x10000), u16(all.length, 128, 3, all.length * 16 - 128)]);
  let offset = header.length + all.length * 16;
  const directory: Buffer[] = [];
  const bodies: Buffer[] = [];
  for (const [tag, table] of all) {
    const padded = Buffer.concat([table, Buffer.alloc(-table.length & 3)]);
    let sum = 0;
    for (let at = 0; at < padded.length; at += 4) sum = (sum + padded.readUInt32BE(at)) >>> 0;
    directory.push(Buffer.from(tag, "latin1"), u32(sum, offset, table.length));
    bodies.push(padded);
    offset += padded.length;
  }
  return Buffer.concat([header, ...directory, ...bodies]);
}
