// Picture files of any structure: chunks, scans, frames and rules in numbers that files seldom
// have.
import { deflateSync } from "node:zlib";
import { createCanvas } from "@napi-rs/canvas";
import {
  pngChunk,
  pngHeader,
  pngOf,
  riff,
  scansJpeg,
  svgOf,
  times,
  webpChunk,
  webpHead,
} from "../support/hostile-pictures.ts";
import type { Random } from "./random.ts";

const sample = createCanvas(64, 48);
sample.getContext("2d").fillRect(5, 5, 30, 20);
const JPEG = sample.toBuffer("image/jpeg");
const WEBP = sample.toBuffer("image/webp");

/** Few, many, or more than there may be. */
const count = (random: Random) => random.pick([0, 1, 2, 9, 500, 20_000, 250_000]);
const side = (random: Random) => random.pick([1, 3, 64, 1000, 2048, 4000, 16_384, 70_000]);

export function structure(random: Random): Buffer {
  return random.pick([png, jpeg, scans, webp, gif, svg])(random);
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
    return times(chunk, Math.min(count(random), Math.floor(8_000_000 / chunk.length)));
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
    return times(one, Math.min(count(random), Math.floor(8_000_000 / one.length)));
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
    return times(one, Math.min(count(random), Math.floor(8_000_000 / one.length)));
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

/** Elements that refer to each other, by rules of CSS as well. */
function svg(random: Random): Buffer {
  const id = () => random.pick(["a", "b", "c", "d"]);
  const property = () =>
    random.pick([
      `fill:url(#${id()})`,
      `mask:url(#${id()})`,
      `filter:url(#${id()})`,
      `clip-path:url(#${id()})`,
      "opacity:.5",
      "filter:blur(9px)",
      "stroke:red;stroke-width:99",
    ]);
  const simple = () => random.pick(["g", "rect", "*", `.${id()}`, `#${id()}`, "g:first-child"]);
  const selector = () =>
    Array.from({ length: 1 + random.below(4) }, simple).join(random.pick([" ", ">", ",", "+"]));
  const rules = Array.from({ length: random.pick([0, 1, 20, 2000]) }, () => {
    const rule = `${selector()}{${property()}}`;
    return random.chance(20) ? rule.slice(0, random.below(rule.length)) : rule;
  });
  const shape = () => `<rect class="${id()}" width="${random.below(900)}" height="90"/>`;
  const inner = () =>
    random.pick([
      shape(),
      shape().repeat(random.pick([1, 9, 300])),
      `<use xlink:href="#${id()}"/>`,
    ]);
  const container = () => {
    const name = random.pick([
      "g",
      "mask",
      "pattern",
      "clipPath",
      "symbol",
      "filter",
      "marker",
      "svg",
    ]);
    const filter = random.pick([
      "<feGaussianBlur stdDeviation='9'/>",
      "<feTurbulence numOctaves='9'/>",
    ]);
    const content =
      name === "filter" ? filter.repeat(random.pick([1, 30])) : inner().repeat(1 + random.below(9));
    return `<${name} id="${id()}" style="${property()}" width="9" height="9">${content}</${name}>`;
  };
  const depth = random.pick([0, 0, 5, 40, 3000]);
  const open = `<g class="${id()}" style="${property()}">`;
  const size = `width="${random.pick([9, 300, 5000])}" height="${random.pick([9, 300, 5000])}"`;
  const content = Array.from({ length: random.below(9) }, container).join("");
  return svgOf(
    `<style>${rules.join("\n")}</style>${content}${open.repeat(depth)}${inner()}${"</g>".repeat(depth)}`,
    size,
  );
}
