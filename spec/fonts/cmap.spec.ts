// Which characters a font has: its cmap table, and the ranges of CSS.
import assert from "node:assert/strict";
import {
  type CodePointRange,
  createCodePointSet,
  hasCodePoint,
  readCmap,
  readUnicodeRange,
} from "../../lib/fonts/cmap.ts";

/** A cmap with these subtables: platform, and bytes as 16-bit numbers. */
function cmap(...subtables: [platform: number, numbers: number[]][]): Buffer {
  const header = [0, subtables.length];
  let offset = 4 + subtables.length * 8;
  for (const [platform, numbers] of subtables) {
    header.push(platform, 1, offset >>> 16, offset);
    offset += numbers.length * 2;
  }
  const all = [...header, ...subtables.flatMap(([, numbers]) => numbers)];
  const bytes = Buffer.alloc(all.length * 2);
  for (const [i, number] of all.entries()) bytes.writeUInt16BE(number & 0xffff, i * 2);
  return bytes;
}

/** Format 4: ends, starts, deltas, range offsets, glyphs. */
const segments = (
  ends: number[],
  starts: number[],
  deltas: number[],
  offsets: number[],
  glyphs: number[] = [],
) => [4, 0, 0, ends.length * 2, 0, 0, 0, ...ends, 0, ...starts, ...deltas, ...offsets, ...glyphs];

/** Format 12: first, last and glyph, each below 65536. */
const groups = (...rows: [number, number, number][]) => [
  12,
  0,
  0,
  0,
  0,
  0,
  0,
  rows.length,
  ...rows.flatMap((row) => row.flatMap((number) => [0, number])),
];

describe("the characters of a font", () => {
  const rows: [name: string, table: Buffer | undefined, ranges: CodePointRange[]][] = [
    ["no table", undefined, []],
    [
      "segments",
      cmap([3, segments([70, 80, 0xffff], [65, 80, 0xffff], [0, 0, 1], [0, 0, 0])]),
      [
        [65, 70],
        [80, 80],
      ],
    ],
    [
      "segments with an array of glyphs, of which one is the box",
      cmap([0, segments([67, 0xffff], [65, 0xffff], [0, 1], [4, 0], [7, 0, 9])]),
      [
        [65, 65],
        [67, 67],
      ],
    ],
    [
      "segments in disorder",
      cmap([3, segments([70, 66, 0xffff], [65, 65, 0xffff], [0, 0, 1], [0, 0, 0])]),
      [[65, 70]],
    ],
    [
      "groups",
      cmap([3, groups([65, 70, 1], [80, 82, 0])]),
      [
        [65, 70],
        [81, 82],
      ],
    ],
    ["groups in disorder", cmap([3, groups([65, 70, 1], [60, 68, 9], [69, 72, 1])]), [[65, 72]]],
    [
      "both, and the same twice",
      cmap([0, groups([66, 71, 1])], [3, segments([70, 0xffff], [65, 0xffff], [0, 1], [0, 0])]),
      [[65, 71]],
    ],
    ["another platform and another format", cmap([1, groups([65, 70, 1])], [3, [6, 0, 0]]), []],
  ];
  for (const [name, table, ranges] of rows) {
    it(`are read from ${name}`, () => assert.deepEqual(readCmap(table), ranges));
  }

  it("throw for a truncated table, and end soon for a hostile one", () => {
    const table = cmap([3, groups([65, 70, 1], [80, 82, 0])]);
    for (let length = 0; length < table.length; length++) {
      assert.throws(() => readCmap(table.subarray(0, length)), RangeError);
    }
    const many = cmap([
      3,
      segments(
        Array(2000).fill(0xfffe),
        Array(2000).fill(0),
        Array(2000).fill(1),
        Array(2000).fill(0),
      ),
    ]);
    const begin = performance.now();
    readCmap(many);
    readCmap(cmap([3, groups(...Array(5000).fill([0, 0xffff, 1]))]));
    assert.ok(performance.now() - begin < 500);
  });

  it("throws for more ranges than any font needs: those of many tables would take gigabytes", () => {
    const rows = Array.from({ length: 15_000 }, (_, i): [number, number, number] => [
      2 * i,
      2 * i,
      1,
    ]);
    const tables = Array.from({ length: 40 }, () => [3, groups(...rows)] as [number, number[]]);
    assert.throws(() => readCmap(cmap(...tables)), /more than 200000 ranges/);
    const long = cmap([3, groups(...rows)]);
    long.writeUInt32BE(300_000, 12 + 12);
    assert.throws(() => readCmap(long), /more than 200000 ranges/);
  });
});

describe("ranges of code points", () => {
  it("are read as CSS writes them", () => {
    assert.deepEqual(readUnicodeRange("U+26, u+4e00-9fff,U+4??, U+0-7F , U+9ffe-a000"), [
      [0, 0x7f],
      [0x400, 0x4ff],
      [0x4e00, 0xa000],
    ]);
    assert.deepEqual(readUnicodeRange("U+110000, U+9-8, x, U+, , U+1234567"), []);
  });

  it("contain the code points between their ends", () => {
    const ranges = readUnicodeRange("U+41-43,U+61,U+1f600");
    for (const character of ["A", "C", "a", "😀"]) assert.ok(hasCodePoint(ranges, character));
    for (const character of ["@", "D", "b", "😁"]) assert.ok(!hasCodePoint(ranges, character));
    assert.ok(!hasCodePoint([], "a"));
  });

  it("become sets", () => {
    const set = createCodePointSet();
    set.addRanges([[65, 66]]);
    set.add(0x10ffff);
    assert.deepEqual([64, 65, 66, 67, 0x10ffff].map(set.has), [false, true, true, false, true]);
    set.clear();
    assert.equal(set.has(65), false);
  });
});
