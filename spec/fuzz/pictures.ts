// Pictures that are almost right: mutated behind their checksums, or grown from a grammar.
import { crc32, deflateSync } from "node:zlib";
import { createCanvas } from "@napi-rs/canvas";
import type { Random } from "./random.ts";
import { number, text } from "./values.ts";

const sample = createCanvas(24, 18);
const context = sample.getContext("2d");
context.fillStyle = "#48c";
context.fillRect(3, 3, 15, 10);

/** A GIF of two by two, with a comment and two frames. */
const GIF = Buffer.from(
  "R0lGODlhAgACAIABAAAAAP///yH+BWhlbGxvACH5BAAKAAAALAAAAAACAAIAAAICRF4AIfkEAAoAAAAsAAAAAAIAAgAAAgJEXgA7",
  "base64",
);

/** Mutated bytes of one of the formats that are drawn. */
export async function picture(random: Random): Promise<Buffer> {
  switch (random.below(7)) {
    case 0:
      return png(random);
    case 1:
      return rechecked(mutated(random, sample.toBuffer("image/png")));
    case 2:
      return mutated(random, sample.toBuffer("image/jpeg"), 600);
    case 3:
      return mutated(random, sample.toBuffer("image/webp"), 20);
    case 4:
      return mutated(random, GIF, 13);
    default:
      return Buffer.from(svg(random));
  }
}

/** Some bytes changed, most of them behind the first `from`. */
function mutated(random: Random, original: Buffer, from = 0): Buffer {
  const bytes = Buffer.from(original);
  for (let times = 1 + random.below(6); times > 0; times--) {
    const start = random.chance(6) || from >= bytes.length ? 0 : from;
    const at = start + random.below(bytes.length - start);
    bytes[at] = random.chance(2) ? random.below(256) : (bytes[at] ?? 0) ^ (1 << random.below(8));
  }
  return bytes;
}

/** The checksums of a PNG's chunks made right again, as far as its lengths lead. */
function rechecked(bytes: Buffer): Buffer {
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at);
    if (end + 4 > bytes.length) break;
    bytes.writeUInt32BE(crc32(bytes.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return bytes;
}

/** A PNG made of chunks that contradict each other. */
function png(random: Random): Buffer {
  const side = () => random.pick([1, 2, 3, 7, 64, 1000, 16_384, 33_000]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side(), 0);
  header.writeUInt32BE(random.chance(2) ? side() : 1, 4);
  header[8] = random.pick([1, 2, 4, 8, 16, 0, 3, 255]);
  header[9] = random.pick([0, 2, 3, 4, 6, 1, 7]);
  header[12] = random.pick([0, 0, 1, 2]);
  const noise = (length: number) => Buffer.from(Array.from({ length }, () => random.below(256)));
  const chunks: [string, Buffer][] = [["IHDR", header]];
  const optional = [
    "PLTE",
    "tRNS",
    "gAMA",
    "cHRM",
    "iCCP",
    "sBIT",
    "acTL",
    "fcTL",
    "fdAT",
    "eXIf",
    "tEXt",
    "zTXt",
    "iTXt",
  ];
  for (let times = random.below(5); times > 0; times--) {
    chunks.push([random.pick(optional), noise(random.pick([0, 1, 3, 8, 26, 256, 768, 769]))]);
  }
  for (let times = random.below(3); times >= 0; times--) {
    const body = noise(random.pick([0, 1, 50, 2000]));
    chunks.push(["IDAT", random.chance(4) ? body : deflateSync(body)]);
  }
  chunks.push(["IEND", Buffer.alloc(0)]);
  const parts = chunks.map(([type, data]) => {
    const whole = Buffer.concat([
      Buffer.alloc(4),
      Buffer.from(type, "latin1"),
      data,
      Buffer.alloc(4),
    ]);
    whole.writeUInt32BE(data.length, 0);
    return whole;
  });
  return rechecked(Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...parts]));
}

const ELEMENTS =
  "g path rect circle ellipse line polyline polygon text tspan textPath image use defs symbol svg linearGradient " +
  "radialGradient stop pattern clipPath mask marker filter feGaussianBlur feOffset feMerge feFlood feTurbulence " +
  "feColorMatrix feMorphology feConvolveMatrix feDisplacementMap feDiffuseLighting fePointLight feTile style switch " +
  "foreignObject a title animate script";
const ATTRIBUTES =
  "id x y width height cx cy r rx ry x1 y1 x2 y2 d points fill stroke stroke-width stroke-dasharray opacity transform " +
  "viewBox preserveAspectRatio href xlink:href offset stop-color gradientUnits gradientTransform spreadMethod patternUnits " +
  "clip-path mask filter marker-start marker-end stdDeviation dx dy in in2 result baseFrequency numOctaves seed type values " +
  "radius operator order kernelMatrix divisor scale surfaceScale font-size font-family letter-spacing text-anchor style class";

/** An SVG of random elements, attributes and references, to itself as well. */
function svg(random: Random): string {
  const [elements, attributes] = [ELEMENTS.split(" "), ATTRIBUTES.split(" ")];
  const escaped = (value: string) => value.slice(0, 2000).replace(/[<&"\p{Cc}]/gu, "");
  const value = (): string => {
    switch (random.below(9)) {
      case 0:
        return escaped(text(random));
      case 1:
        return random.pick(["#a", "#b", "#c", "#d"]);
      case 2:
        return random.pick(["url(#a)", "url(#b)", "url(#c)", "url(#a) url(#b)"]);
      case 3:
        return random.pick(["a", "b", "c", "d"]);
      case 4:
        return `M${Array.from({ length: random.below(30) }, () => number(random)).join(" ")}A${number(random)} 1 0 0 1 5 5Z`;
      case 5:
        return `${random.pick(["matrix", "rotate", "scale", "translate", "skewX"])}(${number(random)} ${number(random)})`;
      case 6:
        return Array.from({ length: random.below(10) }, () => number(random)).join(" ");
      case 7:
        return `${number(random)}${random.pick(["%", "em", "px", "pt", "rem", ""])}`;
      default:
        return String(number(random));
    }
  };
  const element = (depth: number): string => {
    const name = random.pick(elements);
    const given = new Set(Array.from({ length: random.below(7) }, () => random.pick(attributes)));
    const list = [...given].map((attribute) => {
      // What is outside is refused before it is parsed.
      const own = attribute.endsWith("href") ? random.pick(["#a", "#b", "#c"]) : value();
      return ` ${attribute}="${own}"`;
    });
    const children =
      depth > 0 ? Array.from({ length: random.below(4) }, () => element(depth - 1)) : [];
    const inner =
      name === "text" || name === "style" ? escaped(text(random)).replace(/>/g, "") : "";
    return `<${name}${list.join("")}>${children.join("")}${inner}</${name}>`;
  };
  if (random.chance(40)) {
    const depth = random.pick([100, 1000, 10_000, 45_000]);
    const name = random.pick(["g", "svg", "mask", "clipPath", "pattern", "text", "a", "switch"]);
    const inner = `<rect width="5" height="5"/>`;
    return `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">${`<${name} id="a">`.repeat(depth)}${inner}${`</${name}>`.repeat(depth)}</svg>`;
  }
  const size = random.chance(4)
    ? `width="${value()}" height="${value()}"`
    : 'width="50" height="40"';
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${size}>` +
    `${Array.from({ length: 1 + random.below(8) }, () => element(4)).join("")}</svg>`
  );
}
