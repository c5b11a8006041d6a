// Picture files of any structure: chunks, scans and frames in numbers that files seldom have.
import { deflateSync } from "node:zlib";
import { createCanvas } from "@napi-rs/canvas";
import sharp from "sharp";
import {
  pngChunk,
  pngHeader,
  pngOf,
  riff,
  scansJpeg,
  times,
  webpChunk,
  webpHead,
} from "../support/hostile-pictures.ts";
import { groupsData, losslessHeader } from "../support/lossless-webp.ts";
import type { Random } from "./random.ts";

const sample = createCanvas(64, 48);
sample.getContext("2d").fillRect(5, 5, 30, 20);
const JPEG = sample.toBuffer("image/jpeg");
const WEBP = sample.toBuffer("image/webp");
/** Of noise, which no encoder makes small. */
const noise = sharp({
  create: {
    width: 200,
    height: 150,
    channels: 3,
    background: "#48c",
    noise: { type: "gaussian", mean: 100, sigma: 60 },
  },
});
const AVIF = await noise.clone().avif({ effort: 0 }).toBuffer();
const JPEGS = await Promise.all([
  noise.clone().jpeg().toBuffer(),
  noise.clone().jpeg({ progressive: true }).toBuffer(),
  noise.clone().toColourspace("cmyk").jpeg().toBuffer(),
  noise.clone().greyscale().jpeg({ progressive: true }).toBuffer(),
]);
const WEBPS = await Promise.all([
  noise.clone().webp({ lossless: true, effort: 0 }).toBuffer(),
  noise.clone().ensureAlpha(0.5).webp().toBuffer(),
  noise.clone().withMetadata({ icc: "p3", orientation: 6 }).webp().toBuffer(),
]);

/** Few, many, or more than there may be. */
const count = (random: Random) => random.pick([0, 1, 2, 9, 500, 20_000, 250_000]);
const side = (random: Random) => random.pick([1, 3, 64, 1000, 2048, 4000, 16_384, 70_000]);

export function structure(random: Random): Buffer {
  const pngs = [png, apng];
  const jpegs = [jpeg, jpegFrame, jpegBehind, scans];
  const webps = [webp, webpHeads, webpTables];
  return random.pick([...pngs, ...jpegs, ...webps, gif, gifFrames, avif])(random);
}

/** Another JPEG of any size behind a segment of any marker and length, which may hide it. */
function jpegBehind(random: Random): Buffer {
  const hidden = Buffer.from(scansJpeg(64, random.pick([1, 9, 50])).subarray(2, -2));
  const sides = hidden.indexOf(Buffer.from([0xff, 0xc2])) + 5;
  for (const at of [sides, sides + 2]) hidden.writeUInt16BE(random.pick([64, 4000, 16_384]), at);
  const head = Buffer.from([0xff, random.pick([0, 1, 0xd0, 0xdc, 0xe0, random.below(256)]), 0, 0]);
  head.writeUInt16BE(random.pick([0, 1, 2, hidden.length + 2]), 2);
  const file = random.pick(JPEGS);
  const at = random.pick([2, file.lastIndexOf(Buffer.from([0xff, 0xda])), file.length - 2]);
  return Buffer.concat([file.subarray(0, at), head, hidden, file.subarray(at)]);
}

/** A lossless WebP, or one with such transparency, in any number of groups of tables. */
function webpTables(random: Random): Buffer {
  const side = random.pick([64, 200, 512]);
  const data = groupsData(side, random.pick([1, 100, 1000, 16_384]));
  if (random.below(2) === 0) {
    return riff(webpChunk("VP8L", Buffer.concat([losslessHeader(side, side), data])));
  }
  const packed = webpChunk("ALPH", Buffer.concat([Buffer.from([1]), data]));
  return riff(webpHead(200, 150, 16), packed, (WEBPS[1] as Buffer).subarray(12));
}

function png(random: Random): Buffer {
  const [width, height] = [side(random), side(random)];
  const depth = random.pick([1, 8, 8, 16]);
  const colours = random.pick([0, 2, 4, 6]);
  const channels = [1, 0, 3, 0, 2, 0, 4][colours] as number;
  const row = Math.ceil((width * channels * depth) / 8) + 1;
  const bytes = Math.min(row * height + height * 8, 100_000_000);
  const unpacked = random.pick([bytes, bytes, 9, bytes * 3]);
  const packed = deflateSync(Buffer.alloc(Math.min(unpacked, 200_000_000)), { level: 1 });
  const kinds = ["tEXt", "zTXt", "iTXt", "iCCP", "IDAT", "eXIf", "fdAT", "PLTE", "tRNS", "aBCd"];
  const text = Buffer.concat([Buffer.from("a\0\0"), deflateSync(Buffer.alloc(1_000_000))]);
  const body = () => random.pick([Buffer.alloc(0), Buffer.alloc(3), text]);
  const some = () => {
    const chunk = pngChunk(random.pick(kinds), body());
    return times(chunk, Math.min(count(random), Math.floor(5_000_000 / chunk.length)));
  };
  const header = pngHeader(width, height, depth, colours, random.below(2));
  return pngOf(header, some(), some(), pngChunk("IDAT", packed), some());
}

/** Segments and escaped bytes put where a JPEG has its own. */
function jpeg(random: Random): Buffer {
  const scan = JPEG.lastIndexOf(Buffer.from([0xff, 0xda]));
  const segment = (marker: number, length: number) => {
    const bytes = Buffer.alloc(2 + length);
    bytes.set([0xff, marker, length >> 8, length & 255]);
    return bytes;
  };
  const marker = () => random.pick([0xfe, 0xe1, 0xe2, 0xc4, 0xdb, 0xdd, 0xda, 0xc0, 0xc2, 0xcc]);
  const some = () => {
    const one = random.chance(2)
      ? segment(marker(), random.pick([2, 8, 60, 60_000]))
      : Buffer.from([0xff, random.pick([0, 0xd0, 0xff, 1])]);
    return times(one, Math.min(count(random), Math.floor(5_000_000 / one.length)));
  };
  return Buffer.concat([
    JPEG.subarray(0, 2),
    random.chance(2) ? some() : Buffer.alloc(0),
    JPEG.subarray(2, scan),
    random.chance(2) ? some() : Buffer.alloc(0),
    JPEG.subarray(scan, scan + 14),
    some(),
    JPEG.subarray(scan + 14, JPEG.length - random.pick([0, 0, 2, 40])),
  ]);
}

function scans(random: Random): Buffer {
  return scansJpeg(random.pick([64, 512, 1024, 2048]), random.pick([0, 5, 20, 99, 200]));
}

function webp(random: Random): Buffer {
  const frame = Buffer.alloc(16);
  frame.writeUIntLE(63, 6, 3);
  frame.writeUIntLE(47, 9, 3);
  const kinds = () => [
    webpChunk("ANMF", Buffer.concat([frame, WEBP.subarray(12)])),
    webpChunk("ICCP", Buffer.alloc(random.pick([0, 500, 5_000_000]))),
    webpChunk("ALPH", Buffer.alloc(9)),
    webpChunk(random.pick(["EXIF", "XMP ", "ABCD"]), Buffer.alloc(random.below(99))),
    WEBP.subarray(12),
  ];
  const some = () => {
    const one = random.pick(kinds());
    return times(one, Math.min(count(random), Math.floor(5_000_000 / one.length)));
  };
  const head = webpHead(
    random.pick([64, side(random)]),
    random.pick([48, side(random)]),
    random.below(64),
  );
  return riff(head, some(), WEBP.subarray(12), some());
}

function gif(random: Random): Buffer {
  const [width, height] = [Math.min(side(random), 65_535), Math.min(side(random), 65_535)];
  const header = Buffer.from("GIF89a\0\0\0\0\0\0\0");
  header.writeUInt16LE(width, 6);
  header.writeUInt16LE(height, 8);
  const extension = () => {
    const one = Buffer.from([0x21, random.pick([0xfe, 0xf9, 0xff]), 1, 65, 0]);
    return times(one, count(random));
  };
  const frame = Buffer.from([0x2c, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0, 0, 0, 255, 255, 255, 2]);
  frame.writeUInt16LE(random.pick([width, 9, 65_535]), 5);
  frame.writeUInt16LE(random.pick([height, 9, 65_535]), 7);
  const blocks = times(Buffer.from([2, 0x44, random.below(256)]), count(random));
  return Buffer.concat([header, extension(), frame, blocks, Buffer.from([0, 0x3b])]);
}

/** An animation of that many frames, some of them where the picture has no place. */
function apng(random: Random): Buffer {
  const [width, height] = [side(random) % 5000 || 1, side(random) % 5000 || 1];
  const frames = random.pick([0, 1, 3, 900, 9000]);
  const control = Buffer.alloc(8);
  control.writeUInt32BE(random.pick([frames, 1, 0, 0xffffffff]));
  const packed = deflateSync(Buffer.alloc(height * (1 + width * 4)), { level: 1 });
  const frame = Buffer.alloc(26);
  frame.writeUInt32BE(random.pick([width, 1, 0, 0x7fffffff]), 4);
  frame.writeUInt32BE(random.pick([height, 1, 0x7fffffff]), 8);
  const data = Buffer.concat([Buffer.alloc(4), packed.subarray(0, 500)]);
  const one = Buffer.concat([pngChunk("fcTL", frame), pngChunk("fdAT", data)]);
  const parts = [pngChunk("acTL", control), pngChunk("IDAT", packed)];
  if (random.chance(2)) parts.splice(1, 0, pngChunk("fcTL", frame));
  return pngOf(pngHeader(width, height, 8, 6, random.below(2)), ...parts, times(one, frames));
}

/** A JPEG whose header counts otherwise than its data. */
function jpegFrame(random: Random): Buffer {
  const file = Buffer.from(random.pick(JPEGS));
  const frame = file.indexOf(
    Buffer.from([0xff, file.includes(Buffer.from([0xff, 0xc2])) ? 0xc2 : 0xc0]),
  );
  const restart = Buffer.from([0xff, 0xdd, 0, 4, 0, random.pick([0, 1, 255])]);
  for (let changes = random.below(5); changes > 0; changes--) {
    random.pick([
      () => (file[frame + 1] = 0xc0 + random.below(16)),
      () => file.writeUInt16BE(random.pick([1, 150, 2048, 16_384, 65_535]), frame + 5),
      () => file.writeUInt16BE(random.pick([1, 200, 2048, 16_384, 65_535]), frame + 7),
      () => (file[frame + 9] = random.below(6)),
      () => (file[frame + 11] = random.pick([0x11, 0x22, 0x44, 0x14, 0x31, 0, 0xff])),
      () => (file[frame + 4] = random.pick([8, 12, 16, 0])),
      () => (file[random.below(file.length)] = random.below(256)),
    ])();
  }
  const end = random.pick([file.length, file.length - 2, random.below(file.length)]);
  return Buffer.concat([file.subarray(0, 2), restart, file.subarray(2, end)]);
}

/** Sizes, flags and lengths of a WebP changed, here and there. */
function webpHeads(random: Random): Buffer {
  const file = Buffer.from(random.pick(WEBPS));
  for (let changes = 1 + random.below(5); changes > 0; changes--) {
    const at = random.chance(2) ? random.below(60) : random.below(file.length);
    file[at] = random.pick([0, 1, 127, 255, random.below(256)]);
  }
  if (random.chance(2)) file.writeUInt32LE(file.length - 8, 4);
  return file;
}

/** Frames of few colours that say much: codes of a dictionary that grows with each. */
function gifFrames(random: Random): Buffer {
  const [width, height] = [
    random.pick([1, 300, 2048, 65_535]),
    random.pick([1, 300, 2048, 65_535]),
  ];
  const header = Buffer.from("GIF89a\0\0\0\0\x80\0\0\0\0\0\xff\xff\xff", "latin1");
  header.writeUInt16LE(width, 6);
  header.writeUInt16LE(height, 8);
  const frame = Buffer.alloc(10);
  frame[0] = 0x2c;
  frame.writeUInt16LE(random.pick([0, 9, 65_535]), 1);
  frame.writeUInt16LE(random.pick([width, 1, 65_535]), 5);
  frame.writeUInt16LE(random.pick([height, 1, 65_535]), 7);
  frame[9] = random.pick([0, 0x40]);
  // Codes by their number in as many bits as the dictionary needs then.
  const codes = Buffer.from(
    Array.from({ length: random.pick([9, 2000, 100_000]) }, () => random.below(256)),
  );
  const blocks: Buffer[] = [Buffer.from([random.pick([2, 8, 11, 12])])];
  for (let at = 0; at < codes.length; at += 255) {
    const block = codes.subarray(at, at + 255);
    blocks.push(Buffer.from([block.length]), block);
  }
  const one = Buffer.concat([frame, ...blocks, Buffer.alloc(1)]);
  const frames = Math.min(random.pick([1, 2, 3000, 100_000]), Math.ceil(5_000_000 / one.length));
  return Buffer.concat([header, times(one, frames), Buffer.from([0x3b])]);
}

/** An AVIF whose boxes were changed. */
function avif(random: Random): Buffer {
  const file = Buffer.from(AVIF);
  for (let changes = random.below(5); changes > 0; changes--) {
    const at = 16 + random.below(random.chance(2) ? 400 : file.length - 16);
    file[at] = random.pick([0, 1, 127, 255, random.below(256)]);
  }
  return file.subarray(0, random.chance(9) ? random.below(file.length) : file.length);
}
