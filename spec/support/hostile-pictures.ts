// Picture files that are made to take time, memory or the process: by format, each of a few MB at
// most.
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { groupsData, losslessHeader } from "./lossless-webp.ts";

/** A PNG chunk with its checksum. */
export function pngChunk(type: string, data: Uint8Array): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length);
  bytes.write(type, 4, "latin1");
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
  return bytes;
}

export const PNG_SIGNATURE: Buffer = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

/** A header for RGBA, or for the given depth, colour type and interlacing. */
export function pngHeader(width: number, height: number, ...kind: number[]): Buffer {
  const [depth = 8, colours = 6, interlaced = 0] = kind;
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([depth, colours, 0, 0, interlaced], 8);
  return pngChunk("IHDR", data);
}

export function pngOf(...chunks: Buffer[]): Buffer {
  return Buffer.concat([PNG_SIGNATURE, ...chunks, pngChunk("IEND", Buffer.alloc(0))]);
}

const pixel = () => pngChunk("IDAT", deflateSync(Buffer.from([0, 1, 2, 3, 255])));
const packed = (bytes: number) => deflateSync(Buffer.alloc(bytes, 65), { level: 9 });
const named = (bytes: number) => Buffer.concat([Buffer.from("a\0\0", "latin1"), packed(bytes)]);

/** An empty PNG of that size, in few bytes; the number makes its bytes unique. */
export function emptyPng(width: number, height: number, number = 0): Buffer {
  const rows = deflateSync(Buffer.alloc(height * (1 + width * 4)), { level: 9 });
  const text = pngChunk("tEXt", Buffer.from(`a\0${number}`));
  return pngOf(pngHeader(width, height), text, pngChunk("IDAT", rows));
}

export function times(part: Buffer, count: number): Buffer {
  return Buffer.alloc(part.length * count, part);
}

const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#48c" } });

async function jpegWith(insert: (scan: number, file: Buffer) => [at: number, bytes: Buffer]) {
  const file = await plain(64, 64).jpeg().toBuffer();
  const [at, bytes] = insert(file.lastIndexOf(Buffer.from([0xff, 0xda])), file);
  return Buffer.concat([file.subarray(0, at), bytes, file.subarray(at)]);
}

function segment(marker: number, ...data: number[]): Buffer {
  return Buffer.from([0xff, marker, 0, data.length + 2, ...data]);
}

/** A progressive JPEG without a coefficient: each scan is a pass over all of it. */
export function scansJpeg(side: number, scans: number): Buffer {
  const blocks = (side / 8) ** 2;
  const one = [1, ...Array(15).fill(0)];
  const scan = (from: number, to: number, bits: number, data: Buffer) =>
    Buffer.concat([segment(0xda, 1, 1, 0, from, to, bits), data]);
  // Runs of up to 32,767 blocks without a coefficient, each a 0 and 14 bits.
  let bits = "";
  for (let left = blocks; left > 0; left -= 32_767) {
    const run = Math.min(32_767, Math.max(left, 16_384)) - 16_384;
    bits += `0${run.toString(2).padStart(14, "0")}`;
  }
  const bytes = bits.padEnd(Math.ceil(bits.length / 8) * 8, "1").match(/.{8}/g) ?? [];
  const runs = Buffer.from(
    bytes.flatMap((byte) => (byte === "11111111" ? [255, 0] : [Number.parseInt(byte, 2)])),
  );
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, 0, ...Array(64).fill(1)),
    segment(0xc2, 8, side >> 8, side & 255, side >> 8, side & 255, 1, 1, 0x11, 0),
    segment(0xc4, 0, ...one, 0),
    segment(0xc4, 0x10, ...one, 0xe0),
    scan(0, 0, 0, Buffer.alloc(blocks / 8)),
    scan(1, 63, 1, runs),
    ...Array(scans).fill(scan(1, 63, 0x10, runs)),
    Buffer.from([0xff, 0xd9]),
  ]);
}

export function riff(...chunks: Buffer[]): Buffer {
  const file = Buffer.concat([Buffer.from("RIFF\0\0\0\0WEBP"), ...chunks]);
  file.writeUInt32LE(file.length - 8, 4);
  return file;
}

export function webpChunk(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, "latin1");
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

/** The chunk with the size of a WebP, and its features. */
export function webpHead(width: number, height: number, flags: number): Buffer {
  const data = Buffer.alloc(10);
  data[0] = flags;
  data.writeUIntLE(width - 1, 4, 3);
  data.writeUIntLE(height - 1, 7, 3);
  return webpChunk("VP8X", data);
}

async function gifWith(extension: Buffer): Promise<Buffer> {
  const file = await plain(64, 64).gif().toBuffer();
  const flags = file[10] ?? 0;
  const at = 13 + (flags & 128 ? 3 << ((flags & 7) + 1) : 0);
  return Buffer.concat([file.subarray(0, at), extension, file.subarray(at)]);
}

export function svgOf(content: string, attributes = 'width="50" height="50"', before = ""): Buffer {
  const names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"';
  return Buffer.from(`${before}<svg ${names} ${attributes}>${content}</svg>`);
}

const levels = (count: number, level: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => level(i + 1)).join("");

/** The pictures by name; each is made on demand. */
export const HOSTILE: Record<string, () => Buffer | Promise<Buffer>> = {
  "PNG of empty chunks": () =>
    pngOf(pngHeader(1, 1), times(pngChunk("IDAT", Buffer.alloc(0)), 190_000), pixel()),
  "PNG of more chunks than a file may have": () =>
    pngOf(pngHeader(1, 1), times(pngChunk("IDAT", Buffer.alloc(0)), 1_800_000), pixel()),
  "PNG of packed text": () =>
    pngOf(pngHeader(1, 1), times(pngChunk("zTXt", named(7_900_000)), 1000), pixel()),
  "PNG of a large palette": () =>
    pngOf(pngHeader(1, 1, 8, 3), pngChunk("PLTE", Buffer.alloc(30_000_000)), pixel()),
  "PNG of a large unknown chunk": () =>
    pngOf(pngHeader(1, 1), pngChunk("ABCD", Buffer.alloc(30_000_000)), pixel()),
  "PNG of a large end": () =>
    pngOf(pngHeader(1, 1), pixel(), pngChunk("IEND", Buffer.alloc(30_000_000))),
  "PNG of a packed colour profile": () =>
    pngOf(pngHeader(1, 1), pngChunk("iCCP", named(400_000_000)), pixel()),
  "PNG of more pixels than it has": () =>
    pngOf(pngHeader(1, 1), pngChunk("IDAT", packed(1_000_000_000))),
  "PNG of 16 bits, interlaced": () =>
    pngOf(
      pngHeader(4096, 4096, 16, 6, 1),
      pngChunk("IDAT", deflateSync(Buffer.alloc(4096 * (8 * 4096 + 8)), { level: 1 })),
    ),
  "JPEG of 80 scans": () => scansJpeg(4096, 80),
  "JPEG of stuffed bytes": () =>
    jpegWith((scan) => [scan + 14, times(Buffer.from([0xff, 0]), 10_000_000)]),
  "JPEG of restarts": () =>
    jpegWith((scan) => [scan + 14, times(Buffer.from([0xff, 0xd0]), 10_000_000)]),
  "JPEG of comments": () => jpegWith(() => [2, times(segment(0xfe), 190_000)]),
  "JPEG of tables": () =>
    jpegWith((_, file) => {
      const at = file.indexOf(Buffer.from([0xff, 0xc4]));
      return [at, times(file.subarray(at, at + 2 + file.readUInt16BE(at + 2)), 100_000)];
    }),
  "JPEG, progressive, of all colours": () =>
    plain(4096, 4096).jpeg({ progressive: true, chromaSubsampling: "4:4:4" }).toBuffer(),
  "JPEG behind a stuffed byte": () =>
    jpegWith(() => {
      const hidden = scansJpeg(1024, 20).subarray(2, -2);
      const head = Buffer.from([0xff, 0, 0, 0]);
      head.writeUInt16BE(hidden.length + 2, 2);
      // The hidden one says that it is 16384 × 16384.
      hidden.fill(Buffer.from([0x40, 0]), hidden.indexOf(Buffer.from([0xff, 0xc2])) + 5, 0);
      return [2, Buffer.concat([head, hidden])];
    }),
  "WebP of unknown chunks": async () => {
    const file = await plain(64, 64).webp().toBuffer();
    return riff(
      webpHead(64, 64, 0),
      times(webpChunk("ABCD", Buffer.alloc(0)), 190_000),
      file.subarray(12),
    );
  },
  "WebP of frames": async () => {
    const file = await plain(64, 64).webp().toBuffer();
    const frame = Buffer.alloc(16);
    frame.writeUIntLE(63, 6, 3);
    frame.writeUIntLE(63, 9, 3);
    const frames = times(webpChunk("ANMF", Buffer.concat([frame, file.subarray(12)])), 50_000);
    return riff(webpHead(64, 64, 2), webpChunk("ANIM", Buffer.alloc(6)), frames);
  },
  "WebP without loss": () => plain(4096, 4096).webp({ lossless: true, effort: 0 }).toBuffer(),
  "WebP of tables": () =>
    riff(webpChunk("VP8L", Buffer.concat([losslessHeader(1024, 1024), groupsData(1024, 65_536)]))),
  "WebP of tables of transparency": async () => {
    const file = await plain(1024, 1024).webp().toBuffer();
    const packed = Buffer.concat([Buffer.from([1]), groupsData(1024, 65_536)]);
    return riff(webpHead(1024, 1024, 16), webpChunk("ALPH", packed), file.subarray(12));
  },
  "GIF of little blocks": () =>
    gifWith(
      Buffer.concat([
        Buffer.from([0x21, 0xfe]),
        times(Buffer.from([1, 65]), 900_000),
        Buffer.alloc(1),
      ]),
    ),
  "GIF of comments": () => gifWith(times(Buffer.from([0x21, 0xfe, 1, 65, 0]), 500_000)),
  "AVIF of 64 megapixels": () => plain(8000, 8000).avif({ effort: 0 }).toBuffer(),
  "SVG of 300,000 paths": () => svgOf('<path d="M0 0h1"/>'.repeat(300_000)),
  "SVG of one long path": () => svgOf(`<path d="M0 0${"l1 1-1-1".repeat(1_000_000)}"/>`),
  "SVG of a deep tree": () => svgOf("<g>".repeat(500_000) + "</g>".repeat(500_000)),
  "SVG of entities": () =>
    svgOf(
      `<text>${"&a;".repeat(30_000)}</text>`,
      undefined,
      `<!DOCTYPE svg [<!ENTITY a "${"x".repeat(100_000)}">]>`,
    ),
  "SVG of CSS": () =>
    svgOf(
      `<style>${"g g g:not(.x) rect{fill:url(#p)}".repeat(20_000)}</style>` +
        "<g><g><g><rect/></g></g></g>".repeat(5000),
    ),
  "SVG of attributes": () =>
    svgOf(`<g ${levels(100_000, (i) => `a${i}=""`).replaceAll('""', '"" ')}/>`),
  "SVG of patterns in patterns": () =>
    svgOf(
      `${levels(
        9,
        (i) =>
          `<pattern id="u${i}" width="2" height="2">${`<rect width="5" height="5" fill="url(#u${i - 1})"/>`.repeat(10)}</pattern>`,
      )}<rect width="50" height="50" fill="url(#u9)"/>`,
    ),
  "SVG of masks in masks": () =>
    svgOf(
      `<mask id="m"><rect width="50" height="50" fill="#fff"/></mask>${'<g mask="url(#m)">'.repeat(40)}` +
        `<rect width="50" height="50"/>${"</g>".repeat(40)}`,
    ),
  "SVG of blurs": () =>
    svgOf(
      `<filter id="f">${'<feGaussianBlur stdDeviation="50"/>'.repeat(60)}</filter>` +
        '<rect width="50" height="50" filter="url(#f)"/>',
    ),
  "SVG of a large picture": () => {
    const rows = pngChunk("IDAT", packed(200_000_000));
    const png = pngOf(pngHeader(14_000, 14_000, 8, 0), rows).toString("base64");
    return svgOf(`<image width="50" height="50" xlink:href="data:image/png;base64,${png}"/>`);
  },
  "SVG behind a long comment": () => Buffer.from(`<!--${"-".repeat(10_000_000)}--><svg/>`),
  "SVG of open quotes": () => Buffer.from(`<!DOCTYPE svg [${`"'`.repeat(1_000_000)}`),
};
