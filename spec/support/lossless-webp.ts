// Writes the start of a lossless WebP bit by bit: the part that says how many tables it has.

/** Bits from the lowest of each byte on. */
export class BitWriter {
  readonly #bits: number[] = [];

  /** The lowest bits of a number, the lowest first. */
  number(value: number, count: number): this {
    for (let i = 0; i < count; i++) this.#bits.push((value >>> i) & 1);
    return this;
  }

  /** A code, its highest bit first. */
  code(value: number, count: number): this {
    for (let i = count - 1; i >= 0; i--) this.#bits.push((value >>> i) & 1);
    return this;
  }

  bytes(): Buffer {
    const bytes = Buffer.alloc(Math.ceil(this.#bits.length / 8));
    for (const [i, bit] of this.#bits.entries())
      bytes[i >> 3] = (bytes[i >> 3] ?? 0) | (bit << (i & 7));
    return bytes;
  }
}

/** A code of one or two symbols. */
export function shortCode(to: BitWriter, ...symbols: number[]): BitWriter {
  const [first = 0, second] = symbols;
  to.number(1, 1)
    .number(second === undefined ? 0 : 1, 1)
    .number(1, 1)
    .number(first, 8);
  return second === undefined ? to : to.number(second, 8);
}

/** A code of 256 symbols, each of 8 bits, in an alphabet that has `more` without a code. */
function fullCode(to: BitWriter, more: number): BitWriter {
  // A length of 8 has the code 0, more of the same 10, and a run without a length 11.
  to.number(0, 1).number(8, 4);
  for (const symbol of [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8]) {
    to.number({ 8: 1, 16: 2, 18: 2 }[symbol] ?? 0, 3);
  }
  to.number(0, 1);
  to.code(0, 1);
  for (let left = 255; left > 0; left -= Math.min(left, 6)) {
    to.code(2, 2).number(Math.min(left, 6) - 3, 2);
  }
  return more > 0 ? to.code(3, 2).number(more - 11, 7) : to;
}

/** Data of a lossless WebP without its header: a square of black, in that many groups of tables. */
export function groupsData(side: number, groups: number): Buffer {
  const to = new BitWriter();
  // No transform, no cache of colours; groups for blocks of 4 pixels.
  to.number(0, 2).number(1, 1).number(0, 3).number(0, 1);
  fullCode(fullCode(to, 24), 0);
  for (let i = 0; i < 3; i++) shortCode(to, 0);
  for (let i = 0; i < Math.ceil(side / 4) ** 2; i++) {
    const group = i % groups;
    to.code(group & 255, 8).code(group >> 8, 8);
  }
  for (let i = 0; i < groups * 5; i++) shortCode(to, 0);
  return to.bytes();
}

/** The header of a lossless WebP. */
export function losslessHeader(width: number, height: number): Buffer {
  const bytes = new BitWriter()
    .number(0x2f, 8)
    .number(width - 1, 14)
    .number(height - 1, 14);
  return bytes.number(0, 4).bytes();
}
