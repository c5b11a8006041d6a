// Builds a PNG file around its stripes.

import { crc32 } from "node:zlib";
import type { TaskResult } from "./instance.ts";
import { INDEX } from "./wasm.ts";

/** How the file holds pixels, and which colours it lists. */
export interface Format {
  kind: number;
  depth: number;
  /**
   * The colours as the pixels have them, in the order of their indices; empty for RGB, RGBA and
   * 8-bit grey.
   */
  colours: Uint32Array<ArrayBuffer>;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** Colour types of the PNG specification, by format. */
const COLOUR_TYPE = [6, 2, 0, 3];

export function assemble(
  width: number,
  height: number,
  format: Format,
  stripes: readonly TaskResult[],
): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = format.depth;
  header[9] = COLOUR_TYPE[format.kind] as number;
  const chunks: Chunk[] = [["IHDR", header]];

  if (format.kind === INDEX) {
    const palette = new Uint8Array(format.colours.buffer);
    const count = format.colours.length;
    const colours = new Uint8Array(count * 3);
    const alphas = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      colours[i * 3] = palette[i * 4] as number;
      colours[i * 3 + 1] = palette[i * 4 + 1] as number;
      colours[i * 3 + 2] = palette[i * 4 + 2] as number;
      alphas[i] = palette[i * 4 + 3] as number;
    }
    chunks.push(["PLTE", colours]);
    const transparent = alphas.findLastIndex((alpha) => alpha < 255) + 1;
    if (transparent > 0) chunks.push(["tRNS", alphas.subarray(0, transparent)]);
  }

  // The zlib stream: its header (deflate, a window of 32 KiB), the stripes' blocks, its checksum.
  let adler = 1;
  const data = stripes.map(({ bytes, values }): Uint8Array[] => {
    const [stripeAdler = 1, length = 0] = values;
    adler = joinAdler(adler, stripeAdler, length);
    return [bytes];
  });
  data.at(0)?.unshift(Uint8Array.of(0x78, 0x5e));
  data.at(-1)?.push(Uint8Array.of(adler >>> 24, adler >>> 16, adler >>> 8, adler));
  for (const parts of data) chunks.push(["IDAT", ...parts]);
  chunks.push(["IEND"]);
  return join(chunks);
}

type Chunk = [name: string, ...data: Uint8Array[]];

/**
 * The file: each chunk is its data's length, its name, the data, and the CRC-32 of name and data.
 */
function join(chunks: readonly Chunk[]): Uint8Array<ArrayBuffer> {
  const lengths = chunks.map(([, ...data]) => data.reduce((sum, part) => sum + part.length, 0));
  const total = lengths.reduce((sum, length) => sum + 12 + length, SIGNATURE.length);
  const file = Buffer.from(new ArrayBuffer(total));
  file.set(SIGNATURE);
  let at = SIGNATURE.length;
  for (const [i, [name, ...data]] of chunks.entries()) {
    at = file.writeUInt32BE(lengths[i] as number, at);
    const start = at;
    at += file.write(name, at, "latin1");
    for (const part of data) {
      file.set(part, at);
      at += part.length;
    }
    at = file.writeUInt32BE(crc32(file.subarray(start, at)), at);
  }
  return file;
}

/** The Adler-32 of two parts from those of each; `length` is the second part's. */
function joinAdler(first: number, second: number, length: number): number {
  const mod = 65521;
  const a1 = first & 0xffff;
  const a = (a1 + (second & 0xffff) - 1 + mod) % mod;
  const b = ((first >>> 16) + (second >>> 16) + (((length % mod) * (a1 - 1 + mod)) % mod)) % mod;
  return ((b << 16) | a) >>> 0;
}
