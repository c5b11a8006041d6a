// JPEG: the quality of the engine's at the same setting, in as many bytes.

import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { createCanvas } from "@napi-rs/canvas";
import jpeg from "jpeg-js";
import { sampleOf } from "../../../lib/export/codec/jpeg.ts";
import { decode, encodeOurs, generator, job, type Picture, paint, photo, psnr } from "./support.ts";

const encode = (picture: Picture, quality: number) =>
  encodeOurs(job(picture, { type: "jpeg", quality }));

async function engine(picture: Picture, quality: number): Promise<Buffer> {
  const canvas = createCanvas(picture.width, picture.height);
  const ctx = canvas.getContext("2d");
  const image = ctx.createImageData(picture.width, picture.height);
  image.data.set(picture.pixels);
  ctx.putImageData(image, 0, 0);
  return canvas.encode("jpeg", quality);
}

describe("JPEG", () => {
  const pictures: Record<string, Picture> = {
    "a photo": photo(900, 700),
    "sharp edges": paint(640, 480, (x, y) =>
      (x * x + y * y) % 4000 < 1500 ? 0x103080ff : 0xf0e0a0ff,
    ),
  };
  for (const [name, picture] of Object.entries(pictures)) {
    for (const quality of [1, 30, 50, 80, 95, 100]) {
      it(`encodes ${name} at ${quality} as well as the engine, in as many bytes`, async () => {
        const [ours, theirs] = [await encode(picture, quality), await engine(picture, quality)];
        const [a, b] = await Promise.all(
          [ours, theirs].map(async (bytes) => psnr(picture.pixels, (await decode(bytes)).pixels)),
        );
        ok((a ?? 0) > (b ?? 0) - 0.1, `${a} dB, not ${b} dB`);
        ok(ours.length < theirs.length * 1.03, `${ours.length} bytes, not ${theirs.length}`);
      });
    }
  }

  for (const [name, picture] of Object.entries({
    "a photo": photo(900, 700),
    "a narrow photo": photo(60, 3000),
    "a wide photo at full chroma": photo(3000, 300),
  })) {
    it(`${name}, fast: the same pixels, in a few more bytes`, async () => {
      const quality = name.endsWith("chroma") ? 100 : 80;
      const settings = { type: "jpeg", quality } as const;
      const usual = await encodeOurs(job(picture, settings));
      const fast = await encodeOurs(job(picture, { ...settings, compression: "fast" }));
      const [a, b] = [await decode(usual), await decode(fast)];
      ok(Buffer.compare(a.pixels, b.pixels) === 0);
      ok(fast.length < usual.length * 1.05, `${fast.length} bytes, not ${usual.length}`);
      const small = await encodeOurs(job(picture, { ...settings, compression: "small" }));
      ok(Buffer.compare(small, usual) === 0);
    });
  }

  it("samples as many columns as it can, at every size", () => {
    const seen = new Set<number>();
    for (const compression of ["default", "fast"] as const) {
      for (const height of [300, 2700, 9000, 30_000]) {
        for (let width = 300; width < 65_536; width += 25) {
          const settings = { compression, quality: 80, background: [0, 0, 0] } as const;
          const { pieces, width: columns } = sampleOf({ width, height, ...settings });
          const lefts = pieces.map(([, , left]) => left);
          const places = Math.floor(width / columns);
          if (pieces.length > 0) seen.add(places);
          const expected = Math.min(pieces.length, places);
          strictEqual(new Set(lefts).size, expected, `${width} × ${height}, ${compression}`);
        }
      }
    }
    for (let places = 1; places <= 200; places++) ok(seen.has(places), `${places} places`);
  });

  it("takes as many bytes where a large picture is white at its left as at its right", async () => {
    const [width, height] = [2600, 2700];
    const { pixels } = photo(width, height);
    const withWhite = async (from: number) => {
      const white = Buffer.from(pixels);
      for (let y = 0; y < height; y++) {
        const start = (y * width + from) * 4;
        white.fill(255, start, start + (width / 5) * 4);
      }
      return encode({ pixels: white, width, height }, 80);
    };
    const [a, b] = [await withWhite(0), await withWhite((width / 5) * 4)];
    ok(Math.abs(a.length / b.length - 1) < 0.02, `${a.length} bytes, not ${b.length}`);
  });

  it("has the engine's tables and sampling at every quality", async () => {
    const picture = photo(40, 40);
    for (let quality = 1; quality <= 100; quality++) {
      const [ours, theirs] = [await encode(picture, quality), await engine(picture, quality)];
      deepStrictEqual(segments(ours, 0xdb), segments(theirs, 0xdb), `quantisers at ${quality}`);
      deepStrictEqual(segments(ours, 0xc0), segments(theirs, 0xc0), `frame at ${quality}`);
    }
  });

  const sizes = [
    [1, 1],
    [1, 300],
    [300, 1],
    [15, 17],
    [16, 16],
    [17, 15],
    [33, 700],
    [3001, 40],
    [16_384, 9],
    [9, 16_384],
  ] as const;
  for (const quality of [80, 100]) {
    for (const [width, height] of sizes) {
      it(`decodes to the picture: ${width} × ${height} at ${quality}`, async () => {
        const picture = paint(width, height, (x, y) => ((100 + ((x + y) % 97)) * 0x1010100) | 255);
        const bytes = await encode(picture, quality);
        const others = jpeg.decode(bytes, { maxMemoryUsageInMB: 1024 });
        for (const back of [await decode(bytes), { ...others, pixels: others.data }]) {
          deepStrictEqual([back.width, back.height], [width, height]);
          ok(psnr(picture.pixels, back.pixels) > 35, `${psnr(picture.pixels, back.pixels)} dB`);
        }
      });
    }
  }

  it("decodes to noise at the best quality, which uses every code", async () => {
    const random = generator(5);
    const picture = paint(700, 500, () => (random() < 0.5 ? 0x000000ff : 0xffffffff));
    const back = await decode(await encode(picture, 100));
    ok(psnr(picture.pixels, back.pixels) > 40);
  });

  describe("transparent pixels", () => {
    const canvas = createCanvas(64, 64);
    const ctx = canvas.getContext("2d");
    ctx.fillStyle = "rgba(255, 0, 0, 0.5)";
    ctx.fillRect(0, 0, 64, 32);
    const colourAt = async (bytes: Uint8Array, y: number) => {
      const { pixels } = await decode(bytes);
      return [...pixels.subarray((y * 64 + 20) * 4, (y * 64 + 20) * 4 + 3)];
    };
    const near = (actual: number[], expected: number[]) => {
      for (const [i, value] of expected.entries())
        ok(Math.abs((actual[i] ?? 0) - value) <= 2, String(actual));
    };
    const pixels = new Uint8Array(ctx.getImageData(0, 0, 64, 64).data.buffer);
    const picture = { pixels, width: 64, height: 64 };
    it("are blended with white", async () => {
      const bytes = await encodeOurs(job(picture, { type: "jpeg", quality: 95 }));
      near(await colourAt(bytes, 10), [255, 127, 127]);
      near(await colourAt(bytes, 50), [255, 255, 255]);
    });
    it("are blended with a given colour", async () => {
      const background = [0, 100, 200] as const;
      const bytes = await encodeOurs(job(picture, { type: "jpeg", quality: 95, background }));
      near(await colourAt(bytes, 10), [128, 50, 100]);
      near(await colourAt(bytes, 50), [0, 100, 200]);
    });
  });

  it("has as many restart intervals as stripes", async () => {
    const bytes = await encode(photo(1200, 600), 80);
    const [interval] = segments(bytes, 0xdd);
    strictEqual(interval?.length, 2);
    const units = ((interval?.[0] ?? 0) << 8) | (interval?.[1] ?? 0);
    const markers = bytes.filter(
      (byte, i) => bytes[i - 1] === 0xff && (byte & 0xf8) === 0xd0,
    ).length;
    strictEqual(markers, Math.ceil((75 * 38) / units) - 1);
  });
});

/** The contents of the header's segments of a kind; DQT and DHT may hold several tables in one. */
function segments(bytes: Uint8Array, kind: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let i = 2; i < bytes.length && bytes[i + 1] !== 0xda; ) {
    const length = ((bytes[i + 2] ?? 0) << 8) | (bytes[i + 3] ?? 0);
    if (bytes[i + 1] === kind) found.push(new Uint8Array(bytes.subarray(i + 4, i + 2 + length)));
    i += 2 + length;
  }
  return found;
}
