// Very large images that are drawn smaller: what is drawn, compared with the engine's own way.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { deflateSync } from "node:zlib";
import * as other from "engine-copy";
import { boxOf } from "../../lib/engine/boxes.ts";
import { type Canvas, createCanvas, Image, type SKRSContext2D } from "../../lib/engine/engine.ts";
import { drawLarge } from "../../lib/engine/large.ts";
import { reduced } from "../../lib/engine/reduced.ts";
import "../../lib/engine/sizes.ts";
import { pngChunk, pngHeader, pngOf } from "../support/hostile-pictures.ts";

const wave = (at: number, length: number) => Math.abs(((at / length) % 1) - 0.5) * 400;

type Shade = (x: number, y: number, width: number) => readonly [number, number, number];

const slopes: Shade = (x, y, width) => [(x * 255) / width, wave(y, 64), wave(x, 48)];

/** More pixels than the engine draws itself; the rows repeat after 256. */
function large(width: number, height: number, shade = slopes): Buffer {
  const stride = 1 + width * 3;
  const period = 256;
  const rows = Buffer.alloc(stride * period);
  for (let y = 0; y < period; y++) {
    for (let x = 0; x < width; x++) {
      rows.set(shade(x, y, width), y * stride + 1 + x * 3);
    }
  }
  const all = Buffer.alloc(stride * height, rows);
  const data = deflateSync(all, { level: 1 });
  return pngOf(pngHeader(width, height, 8, 2), pngChunk("IDAT", data));
}

type Prepare = (context: SKRSContext2D) => number[];

/** By name: prepares the context, and gives where `drawImage` draws. */
const CASES: Record<string, Prepare> = {
  "much smaller": () => [0, 0, 100, 29],
  "at a fraction of a pixel": () => [7.3, 5.6, 300.5, 84.25],
  "a third": () => [0, 0, 2730, 768],
  "a half": () => [-1000, -300, 4096, 1152],
  "almost a half": () => [-1000.5, 3.25, 4090, 1150],
  "a quarter and more": () => [3, 5, 2130, 600],
  "a fifth": () => [-30, 10, 1638, 461],
  "a few pixels": () => [0, 0, 16, 4.5],
  "a point": () => [0, 0, 8, 2.25],
  "turned, through a shadow": (context) => {
    context.shadowBlur = 4;
    context.shadowColor = "red";
    context.translate(150, 100);
    context.rotate(0.4);
    return [-100, -50, 200, 57];
  },
  "turned, larger": (context) => {
    context.translate(200, 10);
    context.rotate(0.4);
    return [-300, -40, 2450, 690];
  },
  "turned by a quarter": (context) => {
    context.translate(800, 0);
    context.rotate(Math.PI / 2);
    return [0, 0, 2450, 690];
  },
  skewed: (context) => {
    context.transform(1, 0.3, 0.9, 1, -300, 0);
    return [0, 0, 2450, 690];
  },
  mirrored: (context) => {
    context.scale(-1, 1);
    return [-700, 0, 2450, 690];
  },
  "of a negative size": () => [800, 600, -700, -200],
  "of a negative part": () => [8192, 2304, -8192, -2304, 10, 20, 700, 200],
  "as wide as it is": () => [-3000, 10, 8192, 230],
  "half as wide, and lower": () => [-300, 10, 4000, 230],
  "through a filter": (context) => {
    context.filter = "blur(8px) drop-shadow(20px 20px 3px blue)";
    return [-1200, -300, 2450, 690];
  },
  "whose shadow only is in sight": (context) => {
    context.shadowOffsetX = 900;
    context.shadowBlur = 6;
    context.shadowColor = "red";
    return [-800, 30, 700, 197];
  },
  "of which a filter shows only the shadow": (context) => {
    context.filter = "drop-shadow(2.1e3px 0 0 red)";
    return [-2050, 100, 700, 197];
  },
  "half transparent, in a clip": (context) => {
    context.beginPath();
    context.arc(400, 300, 250, 0, 7);
    context.clip();
    context.globalAlpha = 0.5;
    return [3, 20, 2450, 690];
  },
  "out of sight": () => [2000, 20, 2450, 690],
  ...Object.fromEntries(
    ["copy", "source-in", "destination-atop", "destination-over", "xor", "multiply"].map(
      (mode): [string, Prepare] => [
        `in the mode ${mode}`,
        (context) => {
          context.globalCompositeOperation = mode as typeof context.globalCompositeOperation;
          return [100, 50, 2130, 600];
        },
      ],
    ),
  ),
  "a part": () => [16, 16, 8160, 2240, 0, 0, 300, 83],
  "a small part": () => [100, 200, 1000, 500, 0, 0, 100, 50],
  "a part between pixels": () => [16.5, 16.25, 8159.5, 2271.5, 0, 0, 2450, 690],
  "a part that goes beyond": () => [-10, -10, 8300, 2400, 0, 0, 300, 87],
  "hardly smaller": () => [-5000, -1300, 6000, 1688],
  "as large as it is": () => [-5000, -2000],
  "as the state says": (context) => {
    context.scale(1 / 64, 1 / 64);
    return [640, 64];
  },
  "of no width": () => [0, 0, 0, 50],
  "without smoothing": (context) => {
    context.imageSmoothingEnabled = false;
    return [0, 0, 300, 85];
  },
};

const [WIDTH, HEIGHT] = [900, 700];

/** Draws the image on a canvas that has something on it: red, green, blue and alpha. */
function pixelsOf(canvas: Canvas, image: unknown, prepare: Prepare): Buffer {
  const context = canvas.getContext("2d");
  context.fillStyle = "rgba(20,200,80,.7)";
  context.fillRect(100, 0, 500, 500);
  context.drawImage(image as Image, ...(prepare(context) as [number, number]));
  return canvas.data();
}

describe("very large images", function () {
  this.timeout(60_000);
  let ours: Image;
  let theirs: other.Image;
  const bytes = large(8192, 2304);

  before(async () => {
    [ours, theirs] = [new Image(), new other.Image()];
    [ours.src, theirs.src] = [bytes, bytes];
    await Promise.all([ours.decode(), theirs.decode()]);
  });
  after(() => {
    ours.src = Buffer.alloc(0);
    theirs.src = Buffer.alloc(0);
  });

  for (const [name, prepare] of Object.entries(CASES)) {
    it(`are drawn as the engine draws them: ${name}`, () => {
      const [got, expected] = [
        pixelsOf(createCanvas(WIDTH, HEIGHT), ours, prepare),
        pixelsOf(other.createCanvas(WIDTH, HEIGHT) as unknown as Canvas, theirs, prepare),
      ];
      let [most, many] = [0, 0];
      for (let i = 0; i < got.length; i++) {
        const difference = Math.abs((got[i] as number) - (expected[i] as number));
        most = Math.max(most, difference);
        if (difference > 4) many++;
      }
      // The engine smooths in steps of a sixteenth of a pixel, and edges less exactly.
      const isTurned = /turned,|skewed/.test(name);
      assert.ok(most <= (isTurned ? 64 : 8), `${most}`);
      assert.ok(many < 3000, `${many}`);
    });
  }

  it("have no seams where they are turned", async () => {
    const [width, height] = [6144, 3072];
    // About seven levels for a pixel of the canvas, everywhere but at the crests.
    const round = (at: number) => Math.round(128 + 120 * Math.sin((at / 256) * 2 * Math.PI));
    const bytes = large(width, height, (x, y) => [round(x), round(y), round(x + 64)]);
    const drawn = async (image: Image, canvas: Canvas) => {
      image.src = bytes;
      await image.decode();
      const context = canvas.getContext("2d");
      context.translate(450, -200);
      context.rotate(Math.PI / 6);
      context.scale(0.4, 0.4);
      context.drawImage(image, 0, 0);
      image.src = Buffer.alloc(0);
      return { pixels: canvas.data(), matrix: context.getTransform().inverse() };
    };
    const { pixels, matrix } = await drawn(new Image(), createCanvas(WIDTH, HEIGHT));
    const expected = await drawn(
      new other.Image() as unknown as Image,
      other.createCanvas(WIDTH, HEIGHT) as unknown as Canvas,
    );
    let [inside, most] = [0, 0];
    const margin = 8;
    for (let i = 0; i < pixels.length; i += 4) {
      const at = { x: ((i / 4) % WIDTH) + 0.5, y: Math.floor(i / 4 / WIDTH) + 0.5 };
      const { x, y } = matrix.transformPoint(at);
      const isInside = Math.min(x, y) > margin && x < width - margin && y < height - margin;
      if (!isInside) continue;
      inside++;
      for (let j = i; j < i + 4; j++) {
        most = Math.max(most, Math.abs((pixels[j] as number) - (expected.pixels[j] as number)));
      }
    }
    assert.ok(inside > 200_000, `${inside}`);
    assert.ok(most <= 2, `${most}`);
  });

  it("leave the state as it was, but for the size that is drawn", () => {
    const context = createCanvas(64, 64).getContext("2d");
    context.setTransform(1, 2, 3, 4, 5, 6);
    context.drawImage(ours, 0, 0, 4, 4);
    const { a, b, c, d, e, f } = context.getTransform();
    assert.deepEqual([a, b, c, d, e, f], [1, 2, 3, 4, 5, 6]);
    assert.equal(context.imageSmoothingQuality, "low");
  });

  it("are not drawn with a number of arguments that no overload has", () => {
    for (const place of [[], [0], [0, 0, 9], [0, 0, 9, 9, 0], [0, 0, 9, 9, 0, 0, 9]]) {
      const draw = (engine: typeof createCanvas, image: unknown) =>
        pixelsOf(engine(20, 20), image, () => place);
      const theirCanvas = other.createCanvas as unknown as typeof createCanvas;
      assert.throws(() => draw(theirCanvas, theirs), TypeError, `${place}`);
      assert.throws(() => draw(createCanvas, ours), TypeError, `${place}`);
    }
  });

  it("leave the state as it was, and no pixels in memory, when a step fails", () => {
    for (const shadowBlur of [0, 4]) {
      for (let steps = 0, isDone = false; !isDone; steps++) {
        const context = createCanvas(64, 64).getContext("2d");
        Object.assign(context, { shadowBlur, shadowColor: "red" });
        context.setTransform(1, 2, 3, 4, 5, 6);
        const seen = new Set<Canvas>();
        let left = steps;
        const draw = (onto: SKRSContext2D) => {
          if (onto !== context) seen.add(onto.canvas);
          if (left-- === 0) throw new Error("no memory");
        };
        try {
          isDone = drawLarge(context, [ours, 0, 0, 4, 4], draw);
        } catch (error) {
          assert.equal((error as Error).message, "no memory");
        }
        const { a, b, c, d, e, f } = context.getTransform();
        assert.deepEqual([a, b, c, d, e, f], [1, 2, 3, 4, 5, 6], `${steps}`);
        for (const { width } of seen) assert.equal(width, 0, `${steps}`);
      }
    }
  });

  const kinds: Record<string, (engine: typeof other, image: other.Image) => Buffer> = {
    PDF({ PDFDocument }, image) {
      const pdf = new PDFDocument();
      const context = pdf.beginPage(300, 85) as other.SKRSContext2D;
      context.drawImage(image, 0, 0, 300, 85);
      pdf.endPage();
      return pdf.close();
    },
    SVG({ createCanvas, SvgExportFlag }, image) {
      const canvas = createCanvas(300, 85, SvgExportFlag.NoPrettyXML);
      canvas.getContext("2d").drawImage(image, 0, 0, 300, 85);
      return canvas.getContent();
    },
  };
  for (const [kind, bytesOf] of Object.entries(kinds)) {
    it(`keep all of their pixels in a file of the kind ${kind}`, () => {
      const engine = createRequire(import.meta.url)("@napi-rs/canvas");
      assert.ok(bytesOf(engine, ours as typeof theirs).equals(bytesOf(other, theirs)));
    });
  }

  it("give the last column and row the mean of those that there are", async () => {
    const step = 8;
    for (let rest = 1; rest < step; rest++) {
      // Red differs from column to column of the last step, green from row to row.
      const side = step + rest;
      const canvas = createCanvas(side, side);
      const context = canvas.getContext("2d");
      const shades = Array.from({ length: rest }, (_, i) =>
        Math.round(((i + 1) / rest) ** 2 * 255),
      );
      for (const [i, shade] of shades.entries()) {
        context.fillStyle = `rgb(${shade}, 0, 0)`;
        context.fillRect(step + i, 0, 1, side);
      }
      context.globalCompositeOperation = "lighter";
      for (const [i, shade] of shades.entries()) {
        context.fillStyle = `rgb(0, ${shade}, 0)`;
        context.fillRect(0, step + i, side, 1);
      }
      const image = new Image();
      image.src = canvas.toBuffer("image/png");
      await image.decode();
      const copy = reduced(image, boxOf([0, side], [0, side]), step, (onto, args) =>
        onto.drawImage(...(args as [Image, number, number])),
      );
      const { data } = copy.getContext("2d").getImageData(1, 1, 1, 1);
      const mean = shades.reduce((sum, shade) => sum + shade, 0) / rest;
      for (const shade of data.slice(0, 2)) {
        assert.ok(Math.abs(shade - mean) < 4, `${rest}: ${shade}, not ${mean}`);
      }
    }
  });

  it("keep their last row and column when no power of two divides their sides", async () => {
    const image = new Image();
    image.src = large(8195, 2311);
    await image.decode();
    const context = createCanvas(64, 64).getContext("2d");
    context.drawImage(image, 0, 0, 64, 18);
    image.src = Buffer.alloc(0);
    const { data } = context.getImageData(0, 0, 64, 33);
    const alpha = (x: number, y: number) => data[(y * 64 + x) * 4 + 3];
    assert.deepEqual([alpha(63, 0), alpha(0, 17), alpha(63, 17), alpha(0, 18)], [255, 255, 255, 0]);
    // Red grows evenly from left to right.
    for (let x = 0; x < 64; x++) {
      const red = data[(9 * 64 + x) * 4] as number;
      assert.ok(Math.abs(red - ((x + 0.5) * 255) / 64) < 3, `${x}: ${red}`);
    }
  });
});
