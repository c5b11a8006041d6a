// Reads which characters a font has, from the table `cmap` of its file, as ranges of code points.

/** The first and the last code point of a range. */
export type CodePointRange = readonly [first: number, last: number];

const LAST_CODE_POINT = 0x10ffff;
/** Tables of a font that are read: fonts have a few. */
const MAX_TABLES = 16;
/** Ranges of all tables of a font together: a font of 65,535 characters has a few thousand. */
const MAX_RANGES = 200_000;

/**
 * The ranges of the Unicode tables in formats 4 and 12. Other formats count as empty: no font has
 * them alone. Throws RangeError for a table that is cut off, or that has
 * more ranges than any font needs.
 *
 * https://learn.microsoft.com/typography/opentype/spec/cmap
 */
export function readCmap(table: Buffer | undefined): CodePointRange[] {
  const ranges: CodePointRange[] = [];
  const seen = new Set<number>();
  for (let i = 0; table && i < Math.min(table.readUInt16BE(2), MAX_TABLES); i++) {
    const platform = table.readUInt16BE(4 + i * 8);
    const offset = table.readUInt32BE(8 + i * 8);
    const isUnicode = platform === 0 || platform === 3;
    if (!isUnicode || seen.has(offset)) continue;
    seen.add(offset);
    const format = table.readUInt16BE(offset);
    if (format === 4) readSegments(table.subarray(offset), ranges);
    else if (format === 12) readGroups(table.subarray(offset), ranges);
  }
  return ordered(ranges);
}

/** Format 4: segments of 16-bit codes in ascending order, so each code is read only once. */
function readSegments(table: Buffer, ranges: CodePointRange[]): void {
  const size = table.readUInt16BE(6);
  let next = 0;
  for (let at = 0; at < size; at += 2) {
    const end = table.readUInt16BE(14 + at);
    const start = Math.max(next, table.readUInt16BE(16 + size + at));
    const delta = table.readUInt16BE(16 + 2 * size + at);
    const place = 16 + 3 * size + at;
    const rangeOffset = table.readUInt16BE(place);
    const first = table.readUInt16BE(16 + size + at);
    for (let code = start; code <= end && code < 0xffff; code++) {
      const glyph =
        rangeOffset === 0
          ? (code + delta) & 0xffff
          : table.readUInt16BE(place + rangeOffset + (code - first) * 2);
      if (glyph !== 0) append(ranges, code);
    }
    next = Math.max(next, end + 1);
  }
}

/** Format 12: groups of codes in ascending order. */
function readGroups(table: Buffer, ranges: CodePointRange[]): void {
  let next = 0;
  const groups = table.readUInt32BE(12);
  if (groups > MAX_RANGES) throw tooMany();
  for (let i = 0; i < groups; i++) {
    const at = 16 + i * 12;
    const first = table.readUInt32BE(at);
    const last = Math.min(table.readUInt32BE(at + 4), LAST_CODE_POINT);
    // Glyph 0 is the box for missing characters.
    const start = Math.max(next, table.readUInt32BE(at + 8) === 0 ? first + 1 : first);
    if (start <= last) add(ranges, start, last);
    next = Math.max(next, last + 1);
  }
}

function append(ranges: CodePointRange[], code: number): void {
  const before = ranges.at(-1);
  if (before && before[1] + 1 === code) ranges[ranges.length - 1] = [before[0], code];
  else add(ranges, code, code);
}

function add(ranges: CodePointRange[], first: number, last: number): void {
  if (ranges.push([first, last]) > MAX_RANGES) throw tooMany();
}

function tooMany(): RangeError {
  return new RangeError(`more than ${MAX_RANGES} ranges of characters`);
}

/** Reads ranges such as `U+4E00-9FFF, U+26??, U+A9` of CSS or font packages; skips invalid ones. */
export function readUnicodeRange(text: string): CodePointRange[] {
  const ranges: CodePointRange[] = [];
  for (const range of text.slice(0, 100_000).split(",")) {
    const match = /^\s*U\+([0-9a-f]{0,6})(\?{0,5})(?:-([0-9a-f]{1,6}))?\s*$/i.exec(range);
    if (!match) continue;
    const [, digits = "", wild = "", end] = match;
    const first = Number.parseInt(digits + "0".repeat(wild.length), 16);
    const last = Number.parseInt(end ?? digits + "f".repeat(wild.length), 16);
    if (first <= last && last <= LAST_CODE_POINT) ranges.push([first, last]);
  }
  return ordered(ranges);
}

/** Sorts the ranges in ascending order, and merges those that overlap or touch. */
function ordered(ranges: CodePointRange[]): CodePointRange[] {
  const all: CodePointRange[] = [];
  for (const [first, last] of ranges.sort((one, other) => one[0] - other[0])) {
    const before = all.at(-1);
    if (before && first <= before[1] + 1)
      all[all.length - 1] = [before[0], Math.max(before[1], last)];
    else all.push([first, last]);
  }
  return all;
}

/** Whether the ranges, in ascending order, contain the character: a string of one code point. */
export function hasCodePoint(ranges: readonly CodePointRange[], character: string): boolean {
  const codePoint = character.codePointAt(0) as number;
  let [from, to] = [0, ranges.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const [first, last] = ranges[middle] as CodePointRange;
    if (first <= codePoint && codePoint <= last) return true;
    if (codePoint < first) to = middle;
    else from = middle + 1;
  }
  return false;
}

/** A set of code points in a fixed 136 KiB, however many it holds. */
export interface CodePointSet {
  add(codePoint: number): void;
  addRanges(ranges: readonly CodePointRange[]): void;
  has(codePoint: number): boolean;
  clear(): void;
}

export function createCodePointSet(): CodePointSet {
  const bits = new Uint8Array((LAST_CODE_POINT + 1) / 8);
  const add = (codePoint: number) => {
    bits[codePoint >> 3] = (bits[codePoint >> 3] as number) | (1 << (codePoint & 7));
  };
  return {
    add,
    addRanges(ranges) {
      for (const [first, last] of ranges) {
        for (let codePoint = first; codePoint <= last; codePoint++) add(codePoint);
      }
    },
    has: (codePoint) => ((bits[codePoint >> 3] as number) & (1 << (codePoint & 7))) !== 0,
    clear: () => bits.fill(0),
  };
}
