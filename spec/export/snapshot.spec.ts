// The picture of an export: frozen at the moment of the call, exact at 1:1, sharp when enlarged.
import assert from "node:assert/strict";
import { type Canvas, createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import fc from "fast-check";
import sharp from "sharp";
import { acquire, freeSpare, release } from "../../lib/canvas/pool.ts";
import { hasPutPixels } from "../../lib/engine/changes.ts";
import { type CanvasPattern, free } from "../../lib/engine/engine.ts";
import { freeze } from "../../lib/export/snapshot.ts";
import { type Host, setConcurrency } from "../../lib/index.ts";
import { matchPicture } from "../../lib/testing/index.ts";
import { drawn, withHost } from "../support/hosts.ts";
import { assertPixel, assertSamePixels, decode, pixelsOf, psnr } from "../support/pictures.ts";
import { perform, type Step, scenes } from "../support/scenes.ts";

/** A disc, a gradient and thin lines, half transparent in places. */
function scene(context: SKRSContext2D): void {
  const gradient = context.createLinearGradient(0, 0, 60, 60);
  gradient.addColorStop(0, "#f60");
  gradient.addColorStop(1, "rgb(0 80 255 / 40%)");
  context.fillStyle = gradient;
  context.fillRect(5, 5, 50, 30);
  context.fillStyle = "#083";
  context.beginPath();
  context.arc(30, 35, 18, 0, 7);
  context.fill();
  context.strokeStyle = "#000";
  for (let i = 0; i < 6; i++) context.strokeRect(3 + i * 4, 3 + i * 4, 54 - i * 8, 54 - i * 8);
}

function putScene(canvas: Canvas): Canvas {
  const source = drawn(createCanvas(60, 60), scene);
  const data = source.getContext("2d").getImageData(0, 0, 60, 60);
  canvas.getContext("2d").putImageData(data, 0, 0);
  return canvas;
}

/** One rectangle somewhere: the engine handles records of one step differently. */
const oneStep: fc.Arbitrary<Step[]> = fc
  .tuple(...Array.from({ length: 4 }, () => fc.integer({ min: -240, max: 40 })))
  .map((data): Step[] => [{ call: "fillRect", data }]);

describe("the picture of an export", () => {
  describe("is frozen at the moment of the call", () => {
    const later: Record<string, (canvas: Canvas, release: () => void) => void> = {
      "drawn on": (canvas) => canvas.getContext("2d").fillRect(0, 0, 60, 60),
      cleared: (canvas) => canvas.getContext("2d").clearRect(0, 0, 60, 60),
      "put pixels on": (canvas) => {
        const context = canvas.getContext("2d");
        context.putImageData(context.createImageData(60, 60), 0, 0);
      },
      resized: (canvas) => {
        canvas.width = 10;
      },
      released: (_, release) => release(),
    };
    const outputs = {
      "1:1": {},
      enlarged: { destWidth: 130, destHeight: 130 },
      reduced: { destWidth: 20, destHeight: 20 },
    };
    for (const [change, apply] of Object.entries(later)) {
      for (const [name, output] of Object.entries(outputs)) {
        it(`for ${name}, when the next line does: ${change}`, () =>
          withHost({}, async (host) => {
            // Small canvases are held in another way.
            for (const side of [60, 400]) {
              const canvas = drawn(host.createCanvas("a", side, side), scene);
              const before = await host.canvasToBuffer({ canvasId: "a", ...output });
              const exporting = host.canvasToBuffer({ canvasId: "a", ...output });
              apply(canvas, () => host.releaseCanvas("a"));
              assert.ok((await exporting).data.equals(before.data));
              host.releaseCanvas("a");
            }
          }));
      }
    }

    it("for 40 queued exports of a changing canvas", () =>
      withHost({}, async (host) => {
        const context = host.createCanvas("a", 40, 10).getContext("2d");
        const exports = Array.from({ length: 40 }, (_, i) => {
          context.fillRect(i, 0, 1, 10);
          return host.canvasToBuffer({ canvasId: "a" });
        });
        for (const [i, { data }] of (await Promise.all(exports)).entries()) {
          const picture = await decode(data);
          assert.equal(picture.at(i, 5)[3], 255);
          if (i < 39) assert.equal(picture.at(i + 1, 5)[3], 0);
        }
      }));
  });

  describe("at 1:1 equals the canvas pixel by pixel", () => {
    it("for the whole canvas", () =>
      withHost({}, async (host) => {
        const canvas = drawn(host.createCanvas("a", 60, 60), scene);
        const { data } = await host.canvasToBuffer({ canvasId: "a" });
        assertSamePixels(await decode(data), pixelsOf(canvas));
      }));

    it("for a region", () =>
      withHost({}, async (host) => {
        const canvas = drawn(host.createCanvas("a", 60, 60), scene);
        const region = { x: 7, y: 9, width: 31, height: 23 };
        const { data } = await host.canvasToBuffer({ canvasId: "a", ...region });
        assertSamePixels(await decode(data), pixelsOf(canvas, 7, 9, 31, 23));
      }));

    it("for put pixels, after clearing and destination-out", () =>
      withHost({}, async (host) => {
        const canvas = putScene(host.createCanvas("a", 60, 60));
        const context = canvas.getContext("2d");
        context.clearRect(10, 10, 5, 5);
        context.globalCompositeOperation = "destination-out";
        context.fillRect(20, 20, 10, 10);
        const { data } = await host.canvasToBuffer({ canvasId: "a" });
        assertSamePixels(await decode(data), pixelsOf(canvas));
      }));

    it("for 300 random scenes on canvases that are not small", async () => {
      const draw = (steps: Step[]) =>
        drawn(createCanvas(300, 257), (context) => {
          context.translate(250, 200);
          for (const step of steps) perform(context, step, false);
        });
      await withHost({}, (host) =>
        fc.assert(
          fc.asyncProperty(fc.oneof(scenes(), oneStep), async (steps) => {
            const expected = pixelsOf(draw(steps));
            const alone = await host.canvasToBuffer({ canvas: draw(steps) });
            assertSamePixels(await decode(alone.data), expected);
            // Beside another export it is held in a pixel.
            const [, { data }] = await Promise.all([
              host.canvasToBuffer({ canvas: createCanvas(1, 1) }),
              host.canvasToBuffer({ canvas: draw(steps) }),
            ]);
            assertSamePixels(await decode(data), expected);
          }),
          { numRuns: 300 },
        ),
      );
    }).timeout(120_000);

    describe("with megabytes of pixels that the engine holds for it", () => {
      /** The engine drops its record and holds pixels instead: 36 MB for a large canvas. */
      function flattened(width: number, height: number): Canvas {
        const canvas = createCanvas(width, height);
        for (const part of [0, 1]) {
          drawn(canvas, (context) => {
            for (let i = part * 20; i < part * 20 + 20; i++) {
              context.fillStyle = `hsl(${i * 37} 80% 50%)`;
              context.fillRect((i * 211) % width, (i * 97) % height, width / 9, height / 9);
            }
          }).data();
        }
        return canvas;
      }
      const large = () => flattened(3000, 3000);
      const canvases: Record<string, () => Canvas> = {
        "a large canvas": large,
        "a canvas of 32 MiB, which cannot be held in a pixel": () => flattened(4096, 2048),
        "a large canvas, drawn on a smaller one": () =>
          drawn(createCanvas(900, 600), (context) => {
            context.drawCanvas(large(), -1500, -100);
            context.fillRect(600, 400, 50, 50);
          }),
        "a pattern of a large canvas": () =>
          drawn(createCanvas(900, 600), (context) => {
            context.fillStyle = context.createPattern(large(), "repeat") as CanvasPattern;
            context.fillRect(50, 50, 600, 400);
          }),
        "many large pictures": () =>
          drawn(createCanvas(900, 600), (context) => {
            for (let i = 0; i < 9; i++) {
              const picture = flattened(1500 + i, 1500);
              context.drawImage(picture, (i % 3) * 230, Math.floor(i / 3) * 160, 220, 150);
            }
          }),
      };
      for (const [name, make] of Object.entries(canvases)) {
        it(name, () =>
          withHost({}, async (host) => {
            const { data } = await host.canvasToBuffer({ canvas: make() });
            const expected = pixelsOf(make());
            assert.ok(new Set(new Uint32Array(expected.data.buffer)).size > 3);
            assertSamePixels(await decode(data), expected);
          }),
        );
      }
    });

    it("for a registered canvas at its own ratio", () =>
      withHost({ pixelRatio: 1.5 }, async (host) => {
        const canvas = drawn(createCanvas(61, 47), scene);
        host.registerCanvas("a", canvas, { pixelRatio: 1.5 });
        const { data } = await host.canvasToBuffer({ canvasId: "a" });
        assertSamePixels(await decode(data), pixelsOf(canvas));
      }));
  });

  describe("enlarged", () => {
    it("is drawn anew: sharp", () =>
      withHost({ pixelRatio: 6 }, async (host) => {
        drawn(host.createCanvas("a", 60, 60), scene);
        const { data } = await host.canvasToBuffer({ canvasId: "a" });
        await matchPicture(data, "enlarged");
        const anew = createCanvas(360, 360);
        anew.getContext("2d").scale(6, 6);
        scene(anew.getContext("2d"));
        assert.ok(psnr(await decode(data), pixelsOf(anew)) > 40);
      }));

    it("is sharp for a canvas that no host knows", () =>
      withHost({}, async (host) => {
        const canvas = drawn(createCanvas(60, 60), (context) => context.fillRect(10, 0, 20, 60));
        const { data } = await host.canvasToBuffer({ canvas, destWidth: 360, destHeight: 360 });
        const picture = await decode(data);
        assertPixel(picture.at(59, 100), [0, 0, 0, 0]);
        assertPixel(picture.at(60, 100), [0, 0, 0, 255]);
      }));

    it("is drawn anew without alpha, if the context has none", () =>
      withHost({ pixelRatio: 6 }, async (host) => {
        const context = host.createCanvas("a", 60, 60).getContext("2d", { alpha: false });
        context.fillStyle = "#fff";
        context.fillRect(10, 0, 20, 60);
        const picture = await decode((await host.canvasToBuffer({ canvasId: "a" })).data);
        assertPixel(picture.at(59, 100), [0, 0, 0, 255]);
        assertPixel(picture.at(60, 100), [255, 255, 255, 255]);
      }));

    for (const when of ["before", "after"] as const) {
      it(`is smooth for pixels put ${when} the canvas was registered`, () =>
        withHost({ pixelRatio: 6 }, async (host) => {
          const canvas = createCanvas(60, 60);
          if (when === "before") putScene(canvas);
          host.registerCanvas("a", canvas);
          if (when === "after") putScene(canvas);
          const { data } = await host.canvasToBuffer({ canvasId: "a" });
          await matchPicture(data, `put pixels ${when}`);
          const picture = await decode(data);
          // A block would have one colour over its whole width; smoothing has none.
          const row = Array.from({ length: 12 }, (_, i) => picture.at(180 + i, 108).join());
          assert.ok(new Set(row).size > 6, row.join(" "));
        }));
    }

    it("is smooth within a part of pixels that were put: what is beside it does not bleed in", () =>
      withHost({}, async (host) => {
        const canvas = createCanvas(8, 4);
        const context = canvas.getContext("2d");
        const pixels = context.createImageData(8, 4);
        for (let i = 0; i < 32; i++) pixels.data.set([i % 8 < 4 ? 255 : 0, 0, 200, 255], i * 4);
        context.putImageData(pixels, 0, 0);
        host.registerCanvas("a", canvas);
        const region = { x: 0, y: 0, width: 4, height: 4, destWidth: 32, destHeight: 32 };
        const picture = await decode(
          (await host.canvasToBuffer({ canvasId: "a", ...region })).data,
        );
        for (const x of [0, 16, 31]) assertPixel(picture.at(x, 16), [255, 0, 200, 255]);
      }));

    it("is sharp again after the canvas was resized", () =>
      withHost({}, (host) => {
        const canvas = putScene(host.createCanvas("a", 60, 60));
        assert.equal(hasPutPixels(canvas), true);
        canvas.height = 60;
        assert.equal(hasPutPixels(canvas), false);
      }));

    it("is sharp again after its owner resized a registered canvas", () =>
      withHost({}, () => {
        const canvas = putScene(createCanvas(60, 60));
        canvas.width = 61;
        assert.equal(hasPutPixels(canvas), false);
      }));

    it("matches WeChat's own example: (100, 200) 50 × 50 → 100 × 100", () =>
      withHost({}, async (host) => {
        const context = host.createCanvas("a", 300, 300).getContext("2d");
        context.fillStyle = "#00f";
        context.fillRect(0, 0, 300, 300);
        context.fillStyle = "#f00";
        context.fillRect(100, 200, 50, 50);
        context.fillStyle = "#ff0";
        context.fillRect(140, 240, 10, 10);
        const options = { x: 100, y: 200, width: 50, height: 50, destWidth: 100, destHeight: 100 };
        const picture = await decode(
          (await host.canvasToBuffer({ canvasId: "a", ...options })).data,
        );
        assert.deepEqual([picture.width, picture.height], [100, 100]);
        assertPixel(picture.at(0, 0), [255, 0, 0, 255]);
        assertPixel(picture.at(79, 79), [255, 0, 0, 255]);
        assertPixel(picture.at(80, 80), [255, 255, 0, 255]);
        assertPixel(picture.at(99, 99), [255, 255, 0, 255]);
      }));
  });

  describe("reduced", () => {
    /** Fine stripes and text, which alias when every fourth pixel is taken. */
    function fine(context: SKRSContext2D): void {
      context.fillStyle = "#fff";
      context.fillRect(0, 0, 400, 400);
      context.strokeStyle = "#036";
      for (let i = 0; i < 130; i++) {
        context.beginPath();
        context.moveTo(i * 3.1, 0);
        context.lineTo(400 - i * 2.3, 400);
        context.stroke();
      }
    }

    it("averages the pixels that it leaves out", () =>
      withHost({}, async (host) => {
        const canvas = drawn(host.createCanvas("a", 400, 400), fine);
        const options = { canvasId: "a", destWidth: 100, destHeight: 100 };
        const { data } = await host.canvasToBuffer(options);
        await matchPicture(data, "reduced");
        const ideal = await sharp(pixelsOf(canvas).data, {
          raw: { width: 400, height: 400, channels: 4 },
        })
          .resize(100, 100, { kernel: "lanczos3" })
          .png()
          .toBuffer();
        const likeness = psnr(await decode(data), await decode(ideal));
        assert.ok(likeness > 40, `${likeness} dB`);
      }));

    const sizes = [
      [360, 359],
      [250, 133],
      [133, 250],
      [67, 65],
      [31, 400],
      [1, 1],
    ] as const;
    for (const [destWidth, destHeight] of sizes) {
      it(`to ${destWidth} × ${destHeight} is as sharp as Lanczos-3`, () =>
        withHost({}, async (host) => {
          const canvas = drawn(host.createCanvas("a", 400, 400), fine);
          const options = { canvasId: "a", destWidth, destHeight };
          const { data } = await host.canvasToBuffer(options);
          const ideal = await sharp(pixelsOf(canvas).data, {
            raw: { width: 400, height: 400, channels: 4 },
          })
            .resize(destWidth, destHeight, { kernel: "lanczos3", fit: "fill" })
            .png()
            .toBuffer();
          const likeness = psnr(await decode(data), await decode(ideal));
          assert.ok(likeness > 40, `${likeness} dB`);
        }));
    }

    it("keeps one colour, opaque or not, at every ratio", () =>
      withHost({}, async (host) => {
        for (const [colour, pixel] of [
          ["#fff", [255, 255, 255, 255]],
          ["rgb(200 100 50)", [200, 100, 50, 255]],
          ["rgb(255 0 0 / 50%)", [255, 0, 0, 128]],
          ["transparent", [0, 0, 0, 0]],
        ] as const) {
          const canvas = drawn(createCanvas(301, 299), (context) => {
            context.fillStyle = colour;
            context.fillRect(0, 0, 301, 299);
          });
          for (const destWidth of [300, 150, 97, 5]) {
            const { data } = await host.canvasToBuffer({ canvas, destWidth, destHeight: 99 });
            const picture = await decode(data);
            const colours = new Set<string>();
            for (let x = 0; x < destWidth; x++) colours.add(picture.at(x, x % 99).join());
            assert.deepEqual([...colours], [pixel.join()]);
          }
        }
      }));

    it("leaves no rim around what is drawn on nothing", () =>
      withHost({}, async (host) => {
        const canvas = drawn(createCanvas(300, 300), (context) => {
          context.fillStyle = "#f80";
          context.arc(150, 150, 101, 0, 7);
          context.fill();
        });
        const options = { canvas, destWidth: 110, destHeight: 110 };
        const picture = await decode((await host.canvasToBuffer(options)).data);
        for (let x = 0; x < 110; x++) {
          const [r, g, b, a] = picture.at(x, 55);
          if ((a ?? 0) > 20) assertPixel([r ?? 0, g ?? 0, b ?? 0, 255], [255, 136, 0, 255], 6);
        }
      }));

    it("where the engine encodes, is drawn by it", () =>
      withHost({}, async (host) => {
        const canvas = drawn(host.createCanvas("a", 400, 400), fine);
        const { encodeWithEngine } = await import("../../lib/export/codec/fallback.ts");
        const bytes = await encodeWithEngine({
          *read(pieces) {
            const context = canvas.getContext("2d");
            for (const [from, to] of pieces) {
              yield context.getImageData(0, from, 400, to - from).data;
            }
          },
          width: 100,
          height: 100,
          original: { width: 400, height: 400, part: { x: 0, y: 0, width: 400, height: 400 } },
          type: "png",
          compression: "default",
          quality: 80,
          background: [255, 255, 255],
        });
        const ours = await host.canvasToBuffer({ canvasId: "a", destWidth: 100, destHeight: 100 });
        assert.ok(psnr(await decode(Buffer.from(bytes)), await decode(ours.data)) > 25);
      }));

    it("uses no pixel beside the region", () =>
      withHost({}, async (host) => {
        const context = host.createCanvas("a", 200, 200).getContext("2d");
        context.fillStyle = "#f00";
        context.fillRect(0, 0, 200, 200);
        context.fillStyle = "#00f";
        context.fillRect(50, 50, 100, 100);
        const region = { x: 50, y: 50, width: 100, height: 100, destWidth: 33, destHeight: 33 };
        const picture = await decode(
          (await host.canvasToBuffer({ canvasId: "a", ...region })).data,
        );
        for (const [x, y] of [
          [0, 0],
          [32, 0],
          [0, 32],
          [32, 32],
        ] as const) {
          assertPixel(picture.at(x, y), [0, 0, 255, 255]);
        }
      }));

    it("may be enlarged in the other direction", () =>
      withHost({}, async (host) => {
        const context = host.createCanvas("a", 100, 100).getContext("2d");
        for (let x = 0; x < 100; x += 2) context.fillRect(x, 0, 1, 100);
        const size = { destWidth: 10, destHeight: 300 };
        const wide = await decode((await host.canvasToBuffer({ canvasId: "a", ...size })).data);
        assertPixel(wide.at(5, 150), [0, 0, 0, 128], 12);
        context.reset();
        for (let y = 0; y < 100; y += 2) context.fillRect(0, y, 100, 1);
        const turned = { destWidth: 300, destHeight: 10 };
        const high = await decode((await host.canvasToBuffer({ canvasId: "a", ...turned })).data);
        assertPixel(high.at(150, 5), [0, 0, 0, 128], 12);
      }));
  });

  describe("whose images have no pixels any more", () => {
    before(() => setConcurrency({ imageCacheBytes: 0 }));
    after(() => setConcurrency({ imageCacheBytes: 67_108_864 }));

    const region = { x: 0, y: 0, width: 300, height: 300, outputWidth: 600, outputHeight: 600 };
    /** White above, and below a red picture that was decoded for the draw only. */
    async function drawnWithImage(host: Host): Promise<Canvas> {
      const canvas = host.createCanvas("a", 300, 300);
      const red = drawn(createCanvas(50, 50), (context) => {
        context.fillStyle = "rgb(192, 48, 32)";
        context.fillRect(0, 0, 50, 50);
      });
      const context = host.wx.createCanvasContext("a");
      context.fillStyle = "#fff";
      context.fillRect(0, 0, 300, 300);
      context.drawImage(red.toDataURL(), 0, 200, 300, 100);
      await new Promise((done) => context.draw(false, done));
      return canvas;
    }

    for (const renderings of [0, 1, 2]) {
      it(`shows them in each of ${renderings} renderings, and is freed`, () =>
        withHost({}, async (host) => {
          const canvas = await drawnWithImage(host);
          // The only canvas of that size that the pool has.
          freeSpare();
          const spare = acquire({ width: 600, height: 600 });
          release(spare);
          const { prepare, render, discard } = freeze(canvas, canvas, region);
          await prepare?.();
          for (let i = 0; i < renderings; i++) {
            const picture = render();
            assert.deepEqual([...picture.read(500, 501, 300, 301)], [192, 48, 32, 255]);
            picture.release();
          }
          discard();
          assert.equal(acquire({ width: 600, height: 600 }), spare);
          assert.ok(spare.data().every((value) => value === 0));
          free(spare);
        }));
    }

    for (const compression of ["default", "fast", "small"] as const) {
      it(`shows them in a PNG of grey and coloured stripes, ${compression}`, () =>
        withHost({}, async (host) => {
          await drawnWithImage(host);
          const { width, height } = region;
          const output = { width, height, destWidth: 600, destHeight: 600, compression };
          const { data } = await host.canvasToBuffer({ canvasId: "a", ...output });
          const picture = await decode(data);
          assertPixel(picture.at(300, 100), [255, 255, 255, 255]);
          assertPixel(picture.at(300, 500), [192, 48, 32, 255]);
        }));
    }
  });

  it("is never blank for a sliver that can be sampled", () =>
    withHost({}, async (host) => {
      drawn(host.createCanvas("a", 100, 100), (context) => context.fillRect(0, 0, 100, 100));
      for (const sliver of [1 / 200, 0.1, 0.49, 0.99]) {
        const options = { canvasId: "a", x: 100 - sliver, destWidth: 3, destHeight: 3 };
        const picture = await decode((await host.canvasToBuffer(options)).data);
        assertPixel(picture.at(1, 1), [0, 0, 0, 255]);
      }
    }));
});
