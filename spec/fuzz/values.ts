// Values for the arguments of calls: ordinary ones, and those that break engines.
import { createCanvas, Image, ImageData, Path2D } from "@napi-rs/canvas";
import type { Random } from "./random.ts";

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  0.5,
  2,
  3,
  10,
  50,
  100,
  255,
  256,
  1e-7,
  1e-300,
  -1e-300,
  5e-324,
  1e3,
  1e5,
  1e6,
  -1e6,
  1e7,
  1e9,
  -1e9,
  1e15,
  1e20,
  1e38,
  3.5e38,
  -1e39,
  1e150,
  1e300,
  -1e300,
  2 ** 15,
  2 ** 16,
  2 ** 24,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  2 ** 32,
  2 ** 53,
  2 ** 63,
  Math.PI,
  2 * Math.PI,
  Number.MAX_VALUE,
  Number.MIN_VALUE,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];

export function number(random: Random): number {
  switch (random.below(4)) {
    case 0:
      return random.pick(NUMBERS);
    case 1:
      return random.below(200) - 50;
    default:
      return random.below(10_000) / 100;
  }
}

const COLOURS = [
  "red",
  "#000",
  "#12345678",
  "rgba(1,2,3,.4)",
  "hsl(1e300deg 50% 50%)",
  "rgb(1e300, -5, NaN)",
  "transparent",
  "currentColor",
  "",
  "color-mix(in srgb, red, blue)",
  "#",
  "rgb(",
  `#${"f".repeat(10_000)}`,
  "\0",
  "calc(1)",
];
const FONTS = [
  "10px sans-serif",
  "0px a",
  "-5px a",
  "1e9px sans-serif",
  "1e300px x",
  "bold italic 20px serif",
  "5px",
  "",
  "10px \"'",
  "900 1px/1e9 monospace",
  "NaNpx a",
  "10px \ud800",
  `10px ${"a,".repeat(5000)}b`,
  "2000px sans-serif",
];
const FILTERS = [
  "none",
  "blur(5px)",
  "blur(1e9px)",
  "blur(-1px)",
  "blur(100000px)",
  "drop-shadow(1e9px 1e9px 1e9px red)",
  "brightness(1e300)",
  "hue-rotate(1e300deg)",
  "url(#a)",
  "blur(5px) ".repeat(500),
  "blur(",
  "saturate(NaN%)",
  "drop-shadow(0 0 5px)",
  "opacity(-1)",
  "contrast(0)",
  "invert(1e9)",
  "sepia(2)",
  "grayscale(100%)",
];
const TEXTS = [
  "",
  "a",
  "中文字",
  "\0",
  "\ud800",
  "\udc00\ud800",
  "👩‍👩‍👧‍👦",
  "\u202e\u2066abc",
  "e\u0301".repeat(3000),
  "\n\t\r",
  "ﷺ".repeat(500),
  "a".repeat(100_000),
  "\u200b".repeat(5000),
  "नमस्ते",
  "مرحبا",
  "\uffff\ufffe",
  "\u{10ffff}",
  " ".repeat(2000),
];
const WORDS = [
  "source-over",
  "destination-out",
  "copy",
  "xor",
  "lighter",
  "color-burn",
  "luminosity",
  "round",
  "bevel",
  "miter",
  "butt",
  "square",
  "left",
  "center",
  "start",
  "end",
  "rtl",
  "ltr",
  "inherit",
  "top",
  "middle",
  "hanging",
  "evenodd",
  "nonzero",
  "low",
  "medium",
  "high",
  "repeat",
  "repeat-x",
  "no-repeat",
  "-1e9px",
  "1e9px",
  "5px",
  "normal",
];

/** A text that means something somewhere. */
export function text(random: Random): string {
  return random.pick(random.pick([COLOURS, FONTS, FILTERS, TEXTS, WORDS]));
}

/** Anything that JavaScript has. */
export function anything(random: Random): unknown {
  switch (random.below(14)) {
    case 0:
      return text(random);
    case 1:
      return random.pick([undefined, null, true, false, 5n, Symbol("a"), () => {}]);
    case 2:
      return Array.from({ length: random.below(12) }, () => number(random));
    case 3:
      return {
        x: number(random),
        y: number(random),
        z: number(random),
        a: number(random),
        valueOf: () => number(random),
      };
    case 4:
      return native(random);
    case 5:
      return imitation(random);
    default:
      return number(random);
  }
}

/** Objects of the engine, some of them degenerate. */
export function native(random: Random): unknown {
  const side = () => random.pick([0, 1, 2, 5, 30, 300]);
  switch (random.below(6)) {
    case 0: {
      const canvas = createCanvas(side(), side());
      if (random.chance(2)) canvas.getContext("2d").fillRect(0, 0, 5, 5);
      if (random.chance(4)) canvas.width = 0;
      return canvas;
    }
    case 1:
      return new Image();
    case 2: {
      const image = new Image();
      image.src = Buffer.from(
        random.pick([
          "",
          "<svg/>",
          "\x89PNG\r\n\x1a\n",
          "<svg xmlns='http://www.w3.org/2000/svg' width='5' height='5'/>",
        ]),
      );
      return image;
    }
    case 3:
      return new ImageData(Math.max(1, side()), Math.max(1, side()));
    case 4:
      return new Path2D(
        random.pick([
          "",
          "M0 0L5 5Z",
          "M1e39 0A1 1e300 0 1 1 5 5",
          "Z".repeat(1000),
          "M0 0 A 0 0 0 0 0 0 0",
        ]),
      );
    default: {
      const context = createCanvas(5, 5).getContext("2d");
      const gradient = context.createLinearGradient(0, 0, number(random), number(random));
      try {
        gradient.addColorStop(random.pick([0, 1, 0.5, -1, Number.NaN]), text(random));
      } catch {}
      return gradient;
    }
  }
}

/** Things that look like what the engine makes. */
export function imitation(random: Random): unknown {
  const canvas = createCanvas(5, 5);
  const image = new Image();
  return random.pick<() => unknown>([
    () => Object.create(canvas),
    () => Object.create(Object.getPrototypeOf(canvas)),
    () => new Proxy(canvas, {}),
    () => Object.create(image),
    () => Object.create(Image.prototype),
    () => new Proxy(image, {}),
    () => ({ width: 5, height: 5, getContext: () => canvas.getContext("2d") }),
    () => Object.setPrototypeOf({ width: 5 }, Object.getPrototypeOf(canvas)),
    () => Object.setPrototypeOf(new Image(), Object.getPrototypeOf(canvas)),
    () => Object.setPrototypeOf(createCanvas(5, 5), Image.prototype),
    () => Object.assign(createCanvas(5, 5), { constructor: Image }),
    () => ({ data: new Uint8ClampedArray(100), width: 1e9, height: 1e9 }),
    () => Object.create(ImageData.prototype),
    () => Object.create(Path2D.prototype),
    () => canvas.getContext("2d"),
    () => class CanvasElement {},
  ])();
}
