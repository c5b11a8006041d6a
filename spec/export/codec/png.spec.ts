// PNG: every pixel is kept, in the smallest form.

import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { createCanvas } from "@napi-rs/canvas";
import fc from "fast-check";
import { type EncodeJob, encodePixels } from "../../../lib/export/codec/codec.ts";
import { encodeWhileRead } from "../../../lib/export/codec/png-quick.ts";
import {
  comesBack,
  decode,
  encodeOurs,
  generator,
  job,
  kindOf,
  type Picture,
  paint,
  photo,
} from "./support.ts";

const RGB = 2;
const RGBA = 6;
const GREY = 0;
const PALETTE = 3;
const compressions = ["default", "fast", "small"] as const;

const noise = (width: number, height: number, opaque: boolean): Picture => {
  const random = generator(width * 31 + height);
  return paint(width, height, () => {
    const colour = Math.floor(random() * 0x1000000) * 256;
    return colour + (opaque ? 255 : Math.floor(random() * 256));
  });
};

describe("PNG", () => {
  describe("every pixel is kept", () => {
    const pictures: Record<string, Picture> = {
      "one pixel": paint(1, 1, () => 0x12345678),
      "one row": photo(3000, 1),
      "one column": photo(1, 3000),
      "a row of noise": noise(70_001, 1, true),
      "noise, which no search can make smaller": noise(311, 419, true),
      "noise with alpha": noise(311, 419, false),
      // "fast" counts a quarter of the bytes, and may count none of the noise.
      "noise in three of four pixels": paint(4000, 40, (x, y) =>
        x % 4 ? Math.imul(x * 4001 + y + 1, 0x9e3779b1) : 0,
      ),
      "rows of one to nine colours": paint(300, 90, (x, y) => (((x * (y / 9)) >> 5) << 16) | 255),
      "grey above, colours below": paint(900, 900, (x, y) =>
        y < 500 ? (x < y ? 0x808080ff : 0xff) : ((x * y) << 8) | 255,
      ),
      "grey above, colours below, in few pixels": paint(600, 500, (x, y) =>
        y < 300 ? (x < y ? 0x808080ff : 0xff) : x < y ? 0x800000ff : 0xff,
      ),
      "flat above, noise below": paint(500, 500, (x, y) =>
        y < 300 ? (x < y ? 0x808080ff : 0xff) : Math.imul(x + y * 500, 0x9e3779b1) | 255,
      ),
      "a photo": photo(613, 411),
      "nothing, transparent": paint(500, 500, () => 0),
      "colours under no alpha": paint(64, 64, (x, y) => (x << 24) | (y << 16)),
      "a gradient": paint(700, 300, (x, y) => (x << 24) | ((x + y) << 15) | (y << 8) | 255),
      tiles: paint(640, 480, (x, y) => (((x % 40) * 6) << 24) | (((y % 40) * 6) << 16) | 255),
      "equal rows of 70,000 pixels": paint(70_000, 9, (x) => Math.imul(x, 0x9e3779b1)),
      "16,384 wide": paint(16_384, 20, (x, y) => ((x * y) << 8) | 255),
      "16,384 high": paint(20, 16_384, (x, y) => ((x * y) << 8) | 255),
      "four million pixels": photo(2000, 2000),
    };
    for (const [name, picture] of Object.entries(pictures)) {
      for (const compression of compressions) {
        it(`in ${name}, ${compression}`, () => comesBack(picture, { compression }));
      }
    }

    for (const compression of compressions) {
      it(`in any small picture, ${compression}`, async () => {
        // Repeated pieces and few colours, so that all filters, palettes and kinds of matches come
        // up.
        const pictures = fc.record({
          width: fc.integer({ min: 1, max: 70 }),
          height: fc.integer({ min: 1, max: 40 }),
          seed: fc.integer(),
          colours: fc.constantFrom(1, 2, 3, 4, 5, 16, 17, 200, 256, 257, 100_000),
          alpha: fc.boolean(),
          repeat: fc.constantFrom(1, 2, 7, 50),
        });
        await fc.assert(
          fc.asyncProperty(pictures, async ({ width, height, seed, colours, alpha, repeat }) => {
            const random = generator(seed);
            const palette = Array.from({ length: Math.min(colours, 5000) }, () => {
              const colour = Math.floor(random() * 0x1000000) * 256;
              return colour + (alpha ? Math.floor(random() * 256) : 255);
            });
            let colour = 0;
            let left = 0;
            const picture = paint(width, height, () => {
              if (left-- <= 0) {
                left = Math.floor(random() * repeat);
                colour = palette[Math.floor(random() * palette.length)] ?? 0;
              }
              return colour;
            });
            await comesBack(picture, { compression });
          }),
          { numRuns: 150 },
        );
      });
    }
  });

  it("every pixel is kept where rows repeat with a period, fast", async () => {
    const pictures = fc.record({
      width: fc.integer({ min: 5, max: 900 }),
      period: fc.integer({ min: 1, max: 400 }),
      flat: fc.integer({ min: 0, max: 400 }),
      alpha: fc.boolean(),
      faults: fc.constantFrom(0, 0.001, 0.02),
      seed: fc.integer(),
    });
    await fc.assert(
      fc.asyncProperty(pictures, async ({ width, period, flat, alpha, faults, seed }) => {
        const random = generator(seed);
        const colour = () => Math.floor(random() * 0x1000000) * 256 + (alpha ? 128 : 255);
        const tile = Array.from({ length: period }, (_, i) => (i < flat ? 0xffff : colour()));
        await comesBack(
          paint(width, 12, (x, y) => (random() < faults ? colour() : tile[(x + y) % period]) ?? 0),
          { compression: "fast" },
        );
      }),
      { numRuns: 200 },
    );
  });

  it("every pixel is kept where rows differ from those above in some places, fast", async () => {
    const pictures = fc.record({
      width: fc.integer({ min: 1, max: 2600 }),
      height: fc.integer({ min: 1, max: 40 }),
      kind: fc.constantFrom("grey", "colours", "alpha"),
      odd: fc.record({ x: fc.nat(), y: fc.nat(), colour: fc.constantFrom(0x112233ff, 0x11) }),
      places: fc.constantFrom(0, 1, 2, 9, 40),
      extent: fc.constantFrom(1, 2, 20, 300, 2000),
      background: fc.constantFrom("flat", "noise"),
      seed: fc.integer(),
    });
    await fc.assert(
      fc.asyncProperty(pictures, async (shape) => {
        const { width, height, kind, odd, places, extent, background, seed } = shape;
        const random = generator(seed);
        const colour = () => {
          const c = Math.floor(random() * 0x100000000);
          if (kind === "grey") return (c & 255) * 0x1010100 + 255;
          return kind === "colours" ? c | 255 : c;
        };
        const flat = colour();
        const row = Array.from({ length: width }, () => (background === "flat" ? flat : colour()));
        const change = () => {
          for (let i = Math.floor(random() * (places + 1)); i > 0; i--) {
            const from = Math.floor(random() * width);
            const to = from + Math.floor(random() * extent) + 1;
            const isFlat = random() < 0.5;
            const one = colour();
            for (let x = from; x < Math.min(to, width); x++) row[x] = isFlat ? one : colour();
          }
        };
        const picture = paint(width, height, (x, y) => {
          if (x === 0) change();
          return (x === odd.x % width && y === odd.y % height ? odd.colour : row[x]) ?? 0;
        });
        await comesBack(picture, { compression: "fast" });
      }),
      { numRuns: 300 },
    );
  });

  it("every pixel is kept whatever was encoded before, fast", async () => {
    // Differences of 5 behind zeros, where the picture before has the same.
    const grey = (level: number) => (level & 255) * 0x1010100 + 255;
    const rising = paint(300, 40, (x, y) => grey(x * 5 + y * 7));
    const parts = paint(300, 40, (x, y) => grey(x * 89 + (x > 63 && x < 128 ? y * 5 : 0)));
    for (const picture of [rising, parts]) await comesBack(picture, { compression: "fast" });
  });

  describe("alpha", () => {
    it("is the engine's, for all pairs of a colour and an alpha", async () => {
      const canvas = createCanvas(256, 256);
      const ctx = canvas.getContext("2d");
      const image = ctx.createImageData(256, 256);
      for (let alpha = 0; alpha < 256; alpha++) {
        for (let colour = 0; colour < 256; colour++) {
          image.data.set(
            [colour, 255 - colour, (colour * 7) & 255, alpha],
            (alpha * 256 + colour) * 4,
          );
        }
      }
      ctx.putImageData(image, 0, 0);
      const pixels = new Uint8Array(ctx.getImageData(0, 0, 256, 256).data.buffer);
      const bytes = await comesBack({ pixels, width: 256, height: 256 });
      const engines = await decode(await canvas.encode("png"));
      deepStrictEqual((await decode(bytes)).pixels, engines.pixels);
    });

    it("is kept in palettes, too", async () => {
      const picture = paint(16, 16, (x, y) =>
        x > 4 && y > 4 ? 0x140afab2 : x > 2 ? 0xc864324d : 0,
      );
      strictEqual(kindOf(await comesBack(picture)).colourType, PALETTE);
    });
  });

  describe("the form of the file", () => {
    for (const [count, depth] of [
      [1, 1],
      [2, 1],
      [3, 2],
      [4, 2],
      [5, 4],
      [16, 4],
      [17, 8],
      [256, 8],
    ] as const) {
      it(`is a palette of ${depth} bits for ${count} colours`, async () => {
        const palette = (i: number) => ((i * 77777) << 8) + (i % 3 ? 255 : 128);
        const picture = paint(count + 3, 37, (x, y) => palette((x + y) % count));
        const png = await comesBack(picture);
        deepStrictEqual(kindOf(png), { depth, colourType: PALETTE });
      });
    }
    it("is no palette for 257 colours", async () => {
      const opaque = paint(257, 5, (x) => ((x * 77777) << 8) | 255);
      deepStrictEqual(kindOf(await comesBack(opaque)), { depth: 8, colourType: RGB });
      const alpha = paint(257, 5, (x) => ((x * 77777) << 8) | 254);
      deepStrictEqual(kindOf(await comesBack(alpha)), { depth: 8, colourType: RGBA });
    });
    it("counts the colours of all stripes together", async () => {
      const picture = paint(
        400,
        1000,
        (x, y) => (((((y >> 1) % 500) | (x & 1)) * 77777) << 8) | 255,
      );
      strictEqual(kindOf(await comesBack(picture)).colourType, RGB);
    });
    for (const [levels, depth] of [
      [2, 1],
      [4, 2],
      [16, 4],
      [256, 8],
    ] as const) {
      it(`needs no palette for ${levels} even greys`, async () => {
        const step = 255 / (levels - 1);
        const picture = paint(
          levels * 2,
          33,
          (x, y) => ((((x + y) % levels) * step * 0x10101) << 8) | 255,
        );
        deepStrictEqual(kindOf(await comesBack(picture)), { depth, colourType: GREY });
      });
    }
    it("has alpha for all pixels when one is not opaque", async () => {
      for (const size of [600, 700]) {
        const picture = photo(size, size);
        picture.pixels[size * (size - 1) * 4 + 3] = 254;
        strictEqual(kindOf(await comesBack(picture)).colourType, RGBA);
      }
    });
    it("has colour for all pixels when one is not grey", async () => {
      const picture = paint(600, 600, (x, y) => (((x ^ y) & 255) * 0x1010100) | 255);
      strictEqual(kindOf(await comesBack(picture)).colourType, GREY);
      picture.pixels[600 * 300 * 4] = 1;
      picture.pixels[600 * 300 * 4 + 1] = 0;
      strictEqual(kindOf(await comesBack(picture)).colourType, RGB);
    });
  });

  describe("bytes", () => {
    const compare = async (picture: Picture, most: number) => {
      const canvas = createCanvas(picture.width, picture.height);
      const ctx = canvas.getContext("2d");
      const image = ctx.createImageData(picture.width, picture.height);
      image.data.set(picture.pixels);
      ctx.putImageData(image, 0, 0);
      const ours = await encodeOurs(job(picture));
      const engines = await canvas.encode("png");
      ok(ours.length <= engines.length * most, `${ours.length} of ${engines.length}`);
    };
    it("are fewer than the engine's for a photo", () => compare(photo(700, 500), 0.96));
    it("are fewer than the engine's for a grey photo", () => {
      const grey = photo(700, 500);
      for (let i = 0; i < grey.pixels.length; i += 4)
        grey.pixels.fill(grey.pixels[i] ?? 0, i, i + 3);
      return compare(grey, 0.95);
    });
    it("are hardly more than the pixels for noise", async () => {
      const bytes = await encodeOurs(job(noise(500, 500, true)));
      ok(bytes.length < 500 * 501 * 3 * 1.001, String(bytes.length));
    });
    it("are hardly more with the compression fast where rows repeat with a period", async () => {
      const random = generator(3);
      const tile = Array.from({ length: 64 * 64 }, () => Math.floor(random() * 0x1000000));
      const tiles = paint(1000, 640, (x, y) => (tile[(y % 64) * 64 + (x % 64)] ?? 0) * 256 + 255);
      const sizes = [];
      for (const compression of ["fast", "default"] as const) {
        sizes.push((await encodeOurs(job(tiles, { compression }))).length);
      }
      const [fast = 0, byDefault = 0] = sizes;
      ok(fast < byDefault * 1.1, `${fast} and ${byDefault}`);
    });
    it("are fewest with the compression small", async () => {
      for (const picture of [
        photo(500, 400),
        paint(500, 400, (x, y) => (((x * y) >> 7) << 16) | 255),
      ]) {
        const sizes = [];
        for (const compression of ["small", "default", "fast"] as const) {
          sizes.push((await encodeOurs(job(picture, { compression }))).length);
        }
        deepStrictEqual(
          sizes.toSorted((a, b) => a - b),
          sizes,
        );
      }
    });
  });

  describe("fast, a picture is read from one rendering", () => {
    /** A job, and how many of its readings were begun and ended. */
    function counted(picture: Picture) {
      const readings = { begun: 0, ended: 0 };
      const plain = job(picture, { compression: "fast" });
      const read: EncodeJob["read"] = function* (pieces) {
        readings.begun++;
        try {
          yield* plain.read(pieces);
        } finally {
          readings.ended++;
        }
      };
      return { readings, counted: { ...plain, read } };
    }
    const edge = (x: number, y: number) => (x < y ? 0x808080ff : 0xff);
    const pictures: Record<string, Picture> = {
      flat: paint(600, 500, edge),
      "not flat": noise(600, 500, true),
      "of different formats": paint(600, 500, (x, y) => (y < 300 ? edge(x, y) : 0x800000ff)),
    };
    for (const [name, picture] of Object.entries(pictures)) {
      it(`that is ${name}`, async () => {
        const { readings, counted: once } = counted(picture);
        await encodeOurs(once);
        deepStrictEqual(readings, { begun: 1, ended: 1 });
      });

      if (name === "flat") continue;
      it(`that is ${name}, which ends when the encoder fails`, async () => {
        const { readings, counted: failing } = counted(picture);
        const failed = new RangeError("no memory");
        await rejects(
          encodeWhileRead(failing, () => Promise.reject(failed)),
          failed,
        );
        deepStrictEqual(readings, { begun: 1, ended: 1 });
      });
    }
  });

  for (const bytes of [0, 15]) {
    it(`are refused when their number does not fit the size: ${bytes} bytes`, async () => {
      const read = function* () {
        if (bytes > 0) yield new Uint8Array(bytes);
      };
      const picture = { pixels: new Uint8Array(16), width: 2, height: 2 };
      for (const compression of compressions) {
        let message = "";
        await encodePixels(job(picture, { compression, read })).catch((error: Error) => {
          message = error.message;
        });
        strictEqual(message, `expected 2 × 2 RGBA pixels, got ${bytes} bytes`);
      }
    });
  }
});
