// Reads how many tables the decoder of a lossless WebP makes at once: a small file has gigabytes.
import type { Size } from "../../limits.ts";
import type { Procedure } from "../../procedure.ts";
import { corrupt } from "./format.ts";

// https://developers.google.com/speed/webp/docs/webp_lossless_bitstream_specification
const SUBTRACT_GREEN = 2;
const COLOUR_INDEXING = 3;
const LITERALS = 256;
const LENGTHS = 24;
const DISTANCES = 40;
const MAX_LENGTH = 15;
/** Of the number of a colour, in bits. */
const MAX_CACHE_BITS = 11;
const LENGTH_ORDER = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
/** Runs of code lengths: symbol, bits of its count, and the least count. */
const RUNS = new Map([
  [16, { bits: 2, least: 3 }],
  [17, { bits: 3, least: 3 }],
  [18, { bits: 7, least: 11 }],
]);

/** Pixels read in one step: a few milliseconds. */
const STEP_PIXELS = 16_384;

/**
 * Bytes of the decoder's tables. Each group has five tables, together of at most `kTableSize`
 * entries of 4 bytes (libwebp, src/dec/vp8l_dec.c), and a table of 64 entries of 8 bytes.
 */
function bytesOf(groups: number, colours: number): number {
  return groups * (4 * (2956 + colours) + 600);
}

/** Bytes of the tables for a picture of that size, whose data begins behind its header. */
export function* tableBytes(data: Buffer, { width, height }: Size): Procedure<number> {
  const bits = new Bits(data);
  const transforms = new Set<number>();
  let across = width;
  const blocks = () => {
    const side = 2 ** (bits.read(3) + 2);
    return Math.ceil(across / side) * Math.ceil(height / side);
  };
  while (bits.read(1) === 1) {
    const transform = bits.read(2);
    if (transforms.has(transform)) throw corrupt("WebP");
    transforms.add(transform);
    if (transform === COLOUR_INDEXING) {
      const colours = bits.read(8) + 1;
      yield* largestGroup(bits, colours);
      across = Math.ceil(across / (colours > 16 ? 1 : colours > 4 ? 2 : colours > 2 ? 4 : 8));
    } else if (transform !== SUBTRACT_GREEN) yield* largestGroup(bits, blocks());
  }
  const colours = readCache(bits);
  const groups = bits.read(1) === 1 ? (yield* largestGroup(bits, blocks())) + 1 : 1;
  return bytesOf(groups, colours);
}

/** How many colours the picture can name by a number. */
function readCache(bits: Bits): number {
  if (bits.read(1) === 0) return 0;
  const count = bits.read(4);
  if (count < 1 || count > MAX_CACHE_BITS) throw corrupt("WebP");
  return 2 ** count;
}

/**
 * Reads a picture within the picture, and returns the largest number of a group, which is in the
 * red and green of a pixel. Pixels that repeat others cannot be larger.
 */
function* largestGroup(bits: Bits, pixels: number): Procedure<number> {
  const green = readCode(bits, LITERALS + LENGTHS + readCache(bits));
  const [red, blue, alpha] = [LITERALS, LITERALS, LITERALS].map((size) => readCode(bits, size)) as [
    Code,
    Code,
    Code,
  ];
  const distance = readCode(bits, DISTANCES);
  let largest = 0;
  let stepEnd = STEP_PIXELS;
  for (let at = 0; at < pixels && !bits.isOver; ) {
    const from = bits.at;
    const symbol = green.read(bits);
    if (symbol < LITERALS) {
      largest = Math.max(largest, red.read(bits) * 256 + symbol);
      blue.read(bits);
      alpha.read(bits);
      at++;
    } else if (symbol < LITERALS + LENGTHS) {
      at += readCount(bits, symbol - LITERALS);
      readCount(bits, distance.read(bits));
    } else at++;
    // Codes of one symbol take no bits: all other pixels are the same, and there may be millions.
    if (bits.at === from) return largest;
    if (at < stepEnd) continue;
    stepEnd = at + STEP_PIXELS;
    yield;
  }
  return largest;
}

/** A length or a distance: the symbol says its size, further bits the rest. */
function readCount(bits: Bits, symbol: number): number {
  if (symbol < 4) return symbol + 1;
  const count = (symbol - 2) >> 1;
  return ((2 + (symbol & 1)) << count) + bits.read(count) + 1;
}

function readCode(bits: Bits, size: number): Code {
  const lengths = new Uint8Array(size);
  if (bits.read(1) === 1) {
    const hasTwo = bits.read(1) === 1;
    lengths[bits.read(bits.read(1) === 1 ? 8 : 1)] = 1;
    if (hasTwo) lengths[bits.read(8)] = 1;
    return new Code(lengths);
  }
  const lengthsOfLengths = new Uint8Array(LENGTH_ORDER.length);
  const count = bits.read(4) + 4;
  for (const symbol of LENGTH_ORDER.slice(0, count)) lengthsOfLengths[symbol] = bits.read(3);
  const code = new Code(lengthsOfLengths);
  let left = bits.read(1) === 1 ? bits.read(2 + 2 * bits.read(3)) + 2 : size;
  let former = 8;
  for (let at = 0; at < size && left > 0; left--) {
    const symbol = code.read(bits);
    const run = RUNS.get(symbol);
    if (!run) {
      lengths[at++] = symbol;
      former = symbol || former;
      continue;
    }
    const end = at + bits.read(run.bits) + run.least;
    if (end > size) throw corrupt("WebP");
    if (symbol === 16) lengths.fill(former, at, end);
    at = end;
  }
  return new Code(lengths);
}

/** A canonical Huffman code; one of a single symbol takes no bits. */
class Code {
  /** In the order of their codes. */
  readonly #symbols: number[] = [];
  /** How many of them have at most 0, 1, 2 … bits. */
  readonly #ends: number[] = [0];

  constructor(lengths: Uint8Array) {
    let space = 0;
    for (let length = 1; length <= MAX_LENGTH; length++) {
      for (let at = lengths.indexOf(length); at >= 0; at = lengths.indexOf(length, at + 1)) {
        this.#symbols.push(at);
        space += 2 ** -length;
      }
      this.#ends.push(this.#symbols.length);
    }
    if (this.#symbols.length !== 1 && space !== 1) throw corrupt("WebP");
  }

  read(bits: Bits): number {
    const only = this.#symbols.length === 1 ? this.#symbols[0] : undefined;
    if (only !== undefined) return only;
    // The place of a code among those of its length, and then among all symbols.
    let [length, place, from, end] = [0, 0, 0, 0];
    do {
      place = 2 * (place - (end - from)) + bits.read(1);
      from = end;
      end = this.#ends[++length] as number;
    } while (from + place >= end);
    return this.#symbols[from + place] as number;
  }
}

/** Bits from the lowest of each byte on; behind the end all are 0. */
class Bits {
  readonly #data: Buffer;
  #at = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  /** How many have been read. */
  get at(): number {
    return this.#at;
  }

  get isOver(): boolean {
    return this.#at > this.#data.length * 8;
  }

  /** At most 24 bits. */
  read(count: number): number {
    const byte = this.#at >>> 3;
    const data = this.#data;
    const word =
      (data[byte] ?? 0) |
      ((data[byte + 1] ?? 0) << 8) |
      ((data[byte + 2] ?? 0) << 16) |
      ((data[byte + 3] ?? 0) << 24);
    const value = (word >>> (this.#at & 7)) & ((1 << count) - 1);
    this.#at += count;
    return value;
  }
}
