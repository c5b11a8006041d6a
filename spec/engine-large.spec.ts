// Very large images that are drawn smaller: what is drawn, compared with the engine's own way.
import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import * as other from "engine-copy";
import { createCanvas, Image, type SKRSContext2D } from "../lib/engine.ts";
import "../lib/engine-sizes.ts";
import { pngChunk, pngHeader, pngOf } from "./support/hostile-pictures.ts";

/** Stripes and slopes, of more pixels than the engine draws itself. */
function large(width: number, height: number): Buffer {
  const stride = 1 + width * 3;
  const period = 256;
  const rows = Buffer.alloc(stride * period);
  for (let y = 0; y < period; y++) {
    for (let x = 0; x < width; x++) {
      rows[y * stride + 1 + x * 3] = (x * 255) / width;
      rows[y * stride + 2 + x * 3] = (y >> 2) % 2 ? 220 : 30;
      rows[y * stride + 3 + x * 3] = (x >> 3) % 3 ? 200 : 60;
    }
  }
  const all = Buffer.alloc(stride * height, rows);
  const data = deflateSync(all, { level: 1 });
  return pngOf(pngHeader(width, height, 8, 2), pngChunk("IDAT", data));
}

type Prepare = (context: SKRSContext2D) => number[];

/** By name: prepares the context, and gives where `drawImage` draws. */
const CASES: Record<string, Prepare> = {
  "much smaller": () => [0, 0, 100, 51],
  "at a fraction of a pixel": () => [7.3, 5.6, 300.5, 150.25],
  "a third": () => [0, 0, 2730, 1360],
  "a few pixels": () => [0, 0, 8, 4],
  "turned, through a shadow": (context) => {
    context.shadowBlur = 4;
    context.shadowColor = "red";
    context.translate(150, 100);
    context.rotate(0.4);
    return [-100, -50, 200, 100];
  },
  mirrored: (context) => {
    context.scale(-1, 1);
    return [-300, 0, 300, 150];
  },
  "a part": () => [16, 16, 8176, 4112, 0, 0, 300, 151],
  "a small part": () => [100, 200, 1000, 500, 0, 0, 100, 50],
  "a part that goes beyond": () => [-10, -10, 8300, 4200, 0, 0, 300, 150],
  "hardly smaller": () => [-5000, -3000, 6000, 3020],
  "as large as it is": () => [-5000, -3000],
  "as the state says": (context) => {
    context.scale(1 / 64, 1 / 64);
    return [640, 64];
  },
  "of no width": () => [0, 0, 0, 50],
  "without smoothing": (context) => {
    context.imageSmoothingEnabled = false;
    return [0, 0, 300, 150];
  },
};

describe("very large images", function () {
  this.timeout(60_000);
  let ours: Image;
  let theirs: other.Image;
  const bytes = large(8192, 4128);

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
      const context = createCanvas(310, 200).getContext("2d");
      context.drawImage(ours, ...(prepare(context) as [number, number]));
      const reference = other.createCanvas(310, 200).getContext("2d");
      const place = prepare(reference as unknown as SKRSContext2D);
      reference.drawImage(theirs, ...(place as [number, number]));
      const [got, expected] = [context, reference].map(
        (one) => one.getImageData(0, 0, 310, 200).data,
      );
      const differences = got?.map((value, i) => Math.abs(value - (expected?.[i] ?? 0))) ?? [];
      assert.ok(Math.max(...new Set(differences)) <= 1, name);
      assert.equal(
        expected?.some((value) => value > 0),
        name !== "of no width",
      );
      assert.equal(context.imageSmoothingQuality, "low");
    });
  }

  it("keep their last row and column when no power of two divides their sides", async () => {
    const image = new Image();
    image.src = large(8195, 4131);
    await image.decode();
    const context = createCanvas(64, 64).getContext("2d");
    context.drawImage(image, 0, 0, 64, 32);
    image.src = Buffer.alloc(0);
    const { data } = context.getImageData(0, 0, 64, 33);
    const alpha = (x: number, y: number) => data[(y * 64 + x) * 4 + 3];
    assert.deepEqual([alpha(63, 0), alpha(0, 31), alpha(63, 31), alpha(0, 32)], [255, 255, 255, 0]);
    // Red grows evenly from left to right.
    for (let x = 0; x < 64; x++) {
      const red = data[(16 * 64 + x) * 4] as number;
      assert.ok(Math.abs(red - ((x + 0.5) * 255) / 64) < 3, `${x}: ${red}`);
    }
  });
});
