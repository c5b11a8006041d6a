// The record of a canvas: bounded, dropped when the canvas is cleared, exact for every kind of
// call.
import assert from "node:assert/strict";
import {
  type Canvas,
  createCanvas,
  Image,
  Path2D,
  type SKRSContext2D,
  SvgExportFlag,
} from "@napi-rs/canvas";
import fc from "fast-check";
import { freezeRecord } from "../../../lib/canvas/record/recorded-canvas.ts";
import type { Host, HostOptions } from "../../../lib/index.ts";
import { withHost } from "../../support/hosts.ts";
import { assertPixel, decode, pixelsOf, shareOff } from "../../support/pictures.ts";
import { perform, STAMP, type Step, scenes } from "../../support/scenes.ts";

const SIDE = 64;

type Draw = (context: SKRSContext2D) => void;

/** The export of the canvas at so many times its size. */
async function enlarged(host: Host, canvas: Canvas, factor: number) {
  const size = { destWidth: canvas.width * factor, destHeight: canvas.height * factor };
  return decode((await host.canvasToBuffer({ canvas, ...size })).data);
}

/** Draws on a canvas of a host, and on one that is three times as large: the export is the same. */
async function assertDrawnAnew(draw: Draw, options: HostOptions = {}, anew: Draw = draw) {
  await withHost(options, async (host) => {
    const canvas = host.createCanvas("a", SIDE, SIDE);
    draw(canvas.getContext("2d"));
    const larger = createCanvas(SIDE * 3, SIDE * 3);
    larger.getContext("2d").scale(3, 3);
    anew(larger.getContext("2d"));
    const expected = pixelsOf(larger);
    const share = shareOff(await enlarged(host, canvas, 3), expected);
    assert.ok(share <= 0.005, `${(share * 100).toFixed(2)} % of the pixels are off`);
  });
}

const lengthOf = (canvas: Canvas) => freezeRecord(canvas)?.length ?? Number.NaN;

/** Steps that do not depend on the size of the canvas. */
const plain: fc.Arbitrary<Step[]> = scenes({ shadows: false }).map((steps) =>
  steps.filter(
    (step) =>
      !("draw" in step || ("call" in step && /setTransform|resetTransform/.test(step.call))),
  ),
);

function performAll(context: SKRSContext2D, steps: Step[]): void {
  for (const step of steps) {
    try {
      perform(context, step, false);
    } catch {
      // A canvas drops a call that throws.
    }
  }
}

const discs: Draw = (context) => {
  for (let i = 0; i < 30; i++) {
    context.fillStyle = `hsl(${i * 31} 70% 50%)`;
    context.beginPath();
    context.arc((i * 17) % 60, (i * 23) % 60, 5 + (i % 4), 0, 7);
    context.fill();
  }
};

describe("the record of a canvas", function () {
  this.timeout(120_000);

  describe("is dropped", () => {
    const clearings: Record<string, Draw> = {
      "by clearRect": (context) => context.clearRect(0, 0, SIDE, SIDE),
      "by clearRect beyond its edges": (context) => context.clearRect(-9, -9, 999, 999),
      "by clearRect under a transform": (context) => {
        context.setTransform(2, 0, 0, -2, 0, SIDE);
        context.clearRect(0, 0, SIDE / 2, SIDE / 2);
      },
      "by clearRect from the right": (context) => context.clearRect(SIDE, SIDE, -SIDE, -SIDE),
      "by putImageData": (context) =>
        context.putImageData(context.createImageData(SIDE, SIDE), 0, 0),
      "by reset": (context) => context.reset(),
      "by clearRect after resetTransform": (context) => {
        context.rotate(1);
        context.resetTransform();
        context.clearRect(0, 0, SIDE, SIDE);
      },
      "by setting a side": ({ canvas }) => {
        canvas.height = SIDE;
      },
    };
    for (const [name, clear] of Object.entries(clearings)) {
      it(name, () =>
        withHost({}, async (host) => {
          const canvas = host.createCanvas("a", SIDE, SIDE);
          for (let frame = 0; frame < 100; frame++) {
            discs(canvas.getContext("2d"));
            clear(canvas.getContext("2d"));
            assert.ok(lengthOf(canvas) < 500);
          }
          discs(canvas.getContext("2d"));
          const before = await enlarged(host, canvas, 3);
          assert.ok(before.data.some((value) => value > 0));
        }),
      );
    }

    it("is not dropped when only a part or a clip is cleared", () =>
      withHost({}, (host) => {
        const canvas = host.createCanvas("a", SIDE, SIDE);
        const context = canvas.getContext("2d");
        for (let i = 0; i < 300; i++) context.fillRect(0, 0, i, i);
        context.clearRect(1, 0, SIDE, SIDE);
        assert.ok(lengthOf(canvas) > 300);
        context.rect(0, 0, 9, 9);
        context.clip();
        for (let i = 0; i < 300; i++) context.clearRect(0, 0, SIDE, SIDE);
        assert.ok(lengthOf(canvas) > 600);
        const pixels = context.createImageData(SIDE, SIDE);
        for (let i = 0; i < 1000; i++) context.putImageData(pixels, 0, 0);
        assert.ok(lengthOf(canvas) < 300);
      }));

    it("is dropped with its megabytes of pictures, although there are few calls", () =>
      withHost({}, (host) => {
        const canvas = host.createCanvas("a", 1200, 1200);
        const context = canvas.getContext("2d");
        for (let i = 0; i < 3; i++) {
          context.putImageData(context.createImageData(1200, 1200), 0, 0);
        }
        assert.ok(lengthOf(canvas) < 5);
      }));

    it("keeps the drawing state: 200 random scenes before the clearing and after it", () =>
      fc.assert(
        fc.asyncProperty(plain, plain, async (first, second) => {
          const steps = first.filter((step) => !("call" in step && step.call === "clip"));
          await assertDrawnAnew((context) => {
            performAll(context, steps);
            for (let i = 0; i < 256; i++) context.fillRect(0, 0, 9, 9);
            context.putImageData(context.createImageData(SIDE * 3, SIDE * 3), 0, 0);
            performAll(context, second);
            context.resetTransform();
            context.globalCompositeOperation = "copy";
            context.fillStyle = "red";
            context.fillRect(0, 0, 4, 4);
          });
        }),
        { numRuns: 200 },
      ));
  });

  describe("is bounded by maxCalls", () => {
    it("leaves earlier calls to the engine beyond it: nothing is lost", () =>
      assertDrawnAnew(
        (context) => {
          for (let i = 0; i < 10; i++) {
            context.save();
            context.translate(i, 0);
            discs(context);
            context.restore();
          }
        },
        { limits: { maxCalls: 100 } },
      ));

    it("never holds more calls", () =>
      withHost({ limits: { maxCalls: 100 } }, (host) => {
        const canvas = host.createCanvas("a", SIDE, SIDE);
        for (let i = 0; i < 100; i++) {
          discs(canvas.getContext("2d"));
          assert.ok(lengthOf(canvas) <= 100);
        }
      }));

    it("keeps clips, paths, saves and styles beyond it", () =>
      fc.assert(
        fc.asyncProperty(plain, plain, (first, second) =>
          assertDrawnAnew(
            (context) => {
              context.fillRect(0, 0, 20, 20);
              performAll(context, first);
              performAll(context, second);
              context.fillRect(20, 20, 20, 20);
            },
            { limits: { maxCalls: 60 } },
          ),
        ),
        { numRuns: 100 },
      ));

    it("counts the bytes of what calls refer to", () =>
      withHost({ limits: { maxSide: 8000, maxPixels: 40_000_000 } }, async (host) => {
        const canvas = host.createCanvas("a", SIDE, SIDE);
        const context = canvas.getContext("2d");
        const source = createCanvas(6000, 6000);
        for (let i = 0; i < 4; i++) {
          source.getContext("2d").fillStyle = ["red", "lime", "blue", "black"][i] as string;
          source.getContext("2d").fillRect(0, 0, 6000, 6000);
          context.drawImage(source, i * 16, 0, 16, SIDE);
        }
        assert.ok(lengthOf(canvas) < 4);
        const picture = await enlarged(host, canvas, 2);
        assertPixel(picture.at(16, 9), [255, 0, 0, 255]);
        assertPixel(picture.at(112, 9), [0, 0, 0, 255]);
      }));

    it("ends until the canvas is cleared when states fill half of it", () =>
      withHost({ limits: { maxCalls: 100 } }, async (host) => {
        const canvas = host.createCanvas("a", SIDE, SIDE);
        const context = canvas.getContext("2d");
        for (let i = 0; i < 101; i++) context.save();
        context.fillStyle = "red";
        context.fillRect(0, 0, 9, 9);
        assert.equal(freezeRecord(canvas), undefined);
        assertPixel((await enlarged(host, canvas, 2)).at(9, 9), [255, 0, 0, 255]);
        context.clearRect(0, 0, SIDE, SIDE);
        context.drawImage(canvas, 0, 0);
        assert.equal(freezeRecord(canvas), undefined);
        context.reset();
        assert.equal(lengthOf(canvas), 0);
      }));
  });

  describe("pixels that were put", () => {
    const pixels = (context: SKRSContext2D, width: number, height: number) => {
      const data = context.createImageData(width, height);
      for (let i = 0; i < data.data.length; i++) data.data[i] = i % 4 === 1 ? (i * 3) % 256 : 200;
      return data;
    };
    /** As putImageData, on a canvas that is three times as large. */
    function put(
      context: SKRSContext2D,
      [x, y, width, height]: [number, number, number, number],
      from = { x: 0, y: 0, width, height },
    ) {
      const source = createCanvas(width, height);
      source.getContext("2d").putImageData(pixels(context, width, height), 0, 0);
      const scaled = createCanvas(from.width * 3, from.height * 3);
      const scaling = scaled.getContext("2d");
      scaling.imageSmoothingQuality = "high";
      scaling.drawImage(
        source,
        from.x,
        from.y,
        from.width,
        from.height,
        0,
        0,
        from.width * 3,
        from.height * 3,
      );
      context.putImageData(
        scaling.getImageData(0, 0, from.width * 3, from.height * 3),
        (x + from.x) * 3,
        (y + from.y) * 3,
      );
    }

    it("ignore clips, shadows, alpha and transforms", () => {
      const state: Draw = (context) => {
        context.fillStyle = "#fc0";
        context.fillRect(0, 0, SIDE, SIDE);
        context.rect(0, 0, 12, 12);
        context.clip();
        context.rotate(0.5);
        context.globalAlpha = 0.3;
        context.shadowColor = "red";
        context.shadowOffsetX = 10;
        context.globalCompositeOperation = "xor";
      };
      return assertDrawnAnew(
        (context) => {
          state(context);
          context.putImageData(pixels(context, 20, 30), 8, 9);
        },
        {},
        (context) => {
          state(context);
          put(context, [8, 9, 20, 30]);
        },
      );
    });

    const dirty: Record<string, [number, number, number, number]> = {
      "a part": [3, 4, 9, 8],
      "a part beyond the edges": [-5, -5, 12, 99],
      "a part given from its right": [12, 12, -9, -8],
    };
    for (const [name, rectangle] of Object.entries(dirty)) {
      it(`enlarge smoothly: ${name}`, async () => {
        await withHost({}, async (host) => {
          const canvas = host.createCanvas("a", SIDE, SIDE);
          const context = canvas.getContext("2d");
          context.putImageData(pixels(context, 20, 20), 10, 10, ...rectangle);
          const small = pixelsOf(canvas);
          const large = await enlarged(host, canvas, 2);
          for (let y = 0; y < SIDE; y++) {
            for (let x = 0; x < SIDE; x++) {
              assert.equal(large.at(2 * x, 2 * y)[3] > 0, small.at(x, y)[3] > 0, `${x}, ${y}`);
            }
          }
        });
      });
    }

    it("paint nothing for a part beside them", () =>
      withHost({}, async (host) => {
        const canvas = host.createCanvas("a", SIDE, SIDE);
        const context = canvas.getContext("2d");
        context.putImageData(pixels(context, 20, 20), 10, 10, 30, 30, 5, 5);
        context.putImageData(pixels(context, 20, 20), -30, 200);
        assert.ok((await enlarged(host, canvas, 2)).data.every((value) => value === 0));
      }));

    it("leave their neighbours untouched at fractions of pixels", () =>
      withHost({}, async (host) => {
        const canvas = host.createCanvas("a", SIDE, SIDE);
        const context = canvas.getContext("2d");
        context.fillStyle = "#00f";
        context.fillRect(0, 0, SIDE, SIDE);
        const red = context.createImageData(3, 3);
        for (let i = 0; i < red.data.length; i += 4) red.data.set([255, 0, 0, 255], i);
        context.putImageData(red, 3, 3);
        const picture = await enlarged(host, canvas, 1.5);
        for (let x = 0; x < 96; x++) {
          const [red, green, blue, alpha] = picture.at(x, 6);
          assert.deepEqual([red + blue, green, alpha], [255, 0, 255], `${x}`);
          if (x < 4 || x > 9) assert.equal(red, 0);
          if (x > 4 && x < 9) assert.equal(red, 255);
        }
      }));

    it("enlarge smoothly before more calls than fit, too", () =>
      withHost({ limits: { maxCalls: 10 } }, async (host) => {
        const canvas = host.createCanvas("a", SIDE, SIDE);
        const context = canvas.getContext("2d");
        context.putImageData(pixels(context, SIDE, SIDE), 0, 0);
        for (let i = 0; i < 20; i++) context.fillRect(0, 0, 1, 1);
        const picture = await enlarged(host, canvas, 4);
        const row = Array.from({ length: 12 }, (_, i) => picture.at(100 + i, 100).join());
        assert.ok(new Set(row).size > 6, row.join(" "));
      }));
  });

  describe("knows every kind of call", () => {
    const source = createCanvas(20, 20);
    discs(source.getContext("2d"));
    const kinds: Record<string, Draw> = {
      "a transform given as an object": (context) => {
        const { a, b, c, d, e, f } = context.getTransform();
        context.translate(9, 9);
        context.setTransform({ a, b, c, d, e, f });
        context.fillRect(3, 3, 9, 9);
      },
      "a transform that is none": (context) => {
        context.translate(9, 9);
        for (const none of [Number.NaN, Number.POSITIVE_INFINITY]) {
          context.scale(none, 1);
          context.setTransform(1, 0, 0, 1, none, 0);
          context.setTransform(none, none, none, none, none, none);
        }
        for (let i = 0; i < 300; i++) context.fillRect(3, 3, 9, 9);
        context.save();
        context.clearRect(-9, -9, 999, 999);
        context.restore();
        context.fillRect(3, 3, 9, 9);
      },
      "numbers and texts that objects stand for": (context) => {
        context.fillRect({ valueOf: () => 5 } as never, "6" as never, 9, 9);
        context.fillStyle = { toString: () => "red" } as never;
        context.font = "20px Spec Sans";
        context.fillText({ toString: () => "text" } as never, 5, 40);
      },
      "corners of every form": (context) => {
        context.roundRect(1, 1, 20, 20, 5);
        context.roundRect(22, 1, 20, 20, [5, { x: 3, y: 9 }]);
        context.roundRect(43, 1, 20, 20, { x: 3, y: 9 });
        context.roundRect(1, 22, 20, 20);
        context.fill();
      },
      "paths as objects, filled, stroked and clipped to": (context) => {
        const path = new Path2D("M5 5L50 10L20 55Z");
        context.fillStyle = "orange";
        context.fill(path, "evenodd");
        context.stroke(path);
        context.clip(path);
        context.fillRect(0, 0, 30, 30);
      },
      "canvases in every form": (context) => {
        context.drawImage(source, 1, 1);
        context.drawImage({ canvas: source } as never, 22, 1, 30, 30);
        context.drawImage(createCanvas(9, 9, SvgExportFlag.NoPrettyXML), 1, 1);
        context.drawImage(source, 5, 5, 10, 10, 1, 32, 30, 30);
      },
      "dashes, conic gradients and text settings": (context) => {
        context.setLineDash(new Uint8Array([5, 3]) as never);
        context.lineDashOffset = 2;
        const gradient = context.createConicGradient(1, 30, 30);
        gradient.addColorStop(0, "red");
        gradient.addColorStop(1, "blue");
        context.strokeStyle = gradient;
        context.lineWidth = 5;
        context.strokeRect(9, 9, 40, 40);
        context.font = "20px Spec Sans";
        context.letterSpacing = "3px";
        context.textAlign = "center";
        context.strokeText("text", 32, 40, 30);
      },
    };
    for (const [name, draw] of Object.entries(kinds)) {
      it(name, () => {
        const canvas = createCanvas(SIDE, SIDE);
        draw(canvas.getContext("2d"));
        assert.ok(new Set(pixelsOf(canvas).data).size > 1);
        return assertDrawnAnew(draw);
      });
    }

    it("draws drawCanvas anew", () =>
      withHost({}, async (host) => {
        const canvas = host.createCanvas("a", SIDE, SIDE);
        canvas.getContext("2d").drawCanvas(source, 0, 0, 60, 60);
        const anew = createCanvas(SIDE * 2, SIDE * 2);
        anew.getContext("2d").drawCanvas(source, 0, 0, 120, 120);
        assert.ok(shareOff(await enlarged(host, canvas, 2), pixelsOf(anew)) < 0.005);
      }));

    it("draws a canvas onto itself as it was before the call", () =>
      withHost({}, async (host) => {
        const canvas = host.createCanvas("a", SIDE, SIDE);
        const context = canvas.getContext("2d");
        context.fillStyle = "red";
        context.fillRect(0, 0, 16, 16);
        for (let i = 0; i < 2; i++) context.drawImage(canvas, 16, 0);
        const picture = await enlarged(host, canvas, 2);
        assertPixel(picture.at(80, 10), [255, 0, 0, 255]);
        assertPixel(picture.at(110, 10), [0, 0, 0, 0]);
      }));

    it("draws nothing for an image that cannot be decoded", () =>
      withHost({}, async (host) => {
        const canvas = host.createCanvas("a", SIDE, SIDE);
        const context = canvas.getContext("2d");
        const image = new Image();
        image.onerror = () => {};
        image.src = Buffer.from("no picture");
        context.drawImage(image, 0, 0);
        context.fillRect(0, 0, 9, 9);
        await image.decode().catch(() => {});
        const picture = await enlarged(host, canvas, 2);
        assertPixel(picture.at(9, 9), [0, 0, 0, 255]);
        assertPixel(picture.at(30, 30), [0, 0, 0, 0]);
        image.src = STAMP.toBuffer("image/png");
        await image.decode();
        assertPixel((await enlarged(host, canvas, 2)).at(30, 30), [0, 0, 0, 0]);
      }));

    it("records no call that throws", () =>
      withHost({}, (host) => {
        const canvas = host.createCanvas("a", SIDE, SIDE);
        const context = canvas.getContext("2d");
        assert.throws(() => context.arc(1, 1, -1, 0, 1));
        assert.throws(
          () =>
            context.fillRect(1, 2, 3, undefined as never, ...([] as [])) ??
            context.lineTo(1 as never, Symbol("x") as never),
        );
        assert.throws(
          () => context.fillRect(...([1, 2, 3] as unknown as [1, 2, 3, 4])),
          /4 arguments/,
        );
        for (const source of [null, 5, "a.png", {}, createCanvas(0, 5)]) {
          assert.throws(() => context.drawImage(source as never, 0, 0));
        }
        assert.ok(lengthOf(canvas) <= 1);
      }));
  });

  describe("lets the engine paint 20,000 calls before an export, since it would replay them each time", () => {
    /** How often the canvas is read during an export. */
    const readsOf = async (host: Host, canvas: Canvas, options: object = {}) => {
      let reads = 0;
      const context = canvas.getContext("2d");
      const { getImageData } = context;
      context.getImageData = (...args: never[]) => {
        reads++;
        return Reflect.apply(getImageData, context, args);
      };
      await host.canvasToBuffer({ canvas, ...options });
      context.getImageData = getImageData;
      return reads;
    };
    const fill = (context: SKRSContext2D, calls: number) => {
      for (let i = 0; i < calls; i++) context.fillRect(i % 61, (i * 7) % 59, 1.5, 1.5);
    };

    it("once for so many calls, and not for an enlarged export", () =>
      withHost({}, async (host) => {
        const canvas = host.createCanvas("a", SIDE, SIDE);
        fill(canvas.getContext("2d"), 19_999);
        assert.equal(await readsOf(host, canvas), 0);
        fill(canvas.getContext("2d"), 1);
        assert.equal(await readsOf(host, canvas, { destWidth: 2 * SIDE, destHeight: 2 * SIDE }), 0);
        assert.equal(await readsOf(host, canvas), 1);
        fill(canvas.getContext("2d"), 19_999);
        assert.equal(await readsOf(host, canvas), 0);
        fill(canvas.getContext("2d"), 1);
        assert.equal(await readsOf(host, canvas, { width: 20, height: 20 }), 1);
      }));

    it("not where the engine's record is the only one", () =>
      withHost({ limits: { maxCalls: 100 } }, async (host) => {
        const canvas = host.createCanvas("a", SIDE, SIDE);
        const context = canvas.getContext("2d");
        for (let i = 0; i < 60; i++) context.save();
        fill(context, 30_000);
        assert.equal(freezeRecord(canvas), undefined);
        assert.equal(await readsOf(host, canvas), 0);
      }));

    it("with the same pixels, and enlarges what was drawn before and after it", () =>
      withHost({}, async (host) => {
        const canvas = host.createCanvas("a", SIDE, SIDE);
        const [bare, larger] = [createCanvas(SIDE, SIDE), createCanvas(SIDE * 3, SIDE * 3)];
        larger.getContext("2d").scale(3, 3);
        const contexts = [canvas, bare, larger].map((one) => one.getContext("2d"));
        for (const context of contexts) fill(context, 20_000);
        assert.equal(await readsOf(host, canvas), 1);
        for (const context of contexts) discs(context);
        const exported = await enlarged(host, canvas, 1);
        assert.deepEqual(exported.data, pixelsOf(bare).data);
        assert.ok(shareOff(await enlarged(host, canvas, 3), pixelsOf(larger)) <= 0.005);
      }));
  });

  it("places regions of other proportions as on the canvas", () =>
    withHost({}, async (host) => {
      const canvas = host.createCanvas("a", SIDE, SIDE);
      discs(canvas.getContext("2d"));
      const region = { x: 10, y: 20, width: 30, height: 20, destWidth: 90, destHeight: 40 };
      const { data } = await host.canvasToBuffer({ canvas, ...region });
      const anew = createCanvas(90, 40);
      anew.getContext("2d").scale(3, 2);
      anew.getContext("2d").translate(-10, -20);
      discs(anew.getContext("2d"));
      assert.ok(shareOff(await decode(data), pixelsOf(anew)) < 0.005);
    }));

  it("tracks a gradient for the remaining canvases of a hundred that fill with it", () =>
    withHost({}, async (host) => {
      const gradient = createCanvas(1, 1).getContext("2d").createLinearGradient(0, 0, SIDE, 0);
      gradient.addColorStop(0, "red");
      const canvases = Array.from({ length: 100 }, (_, i) => {
        const canvas = host.createCanvas(`${i}`, SIDE, SIDE);
        canvas.getContext("2d").fillStyle = gradient;
        canvas.getContext("2d").fillRect(0, 0, SIDE, SIDE);
        return canvas;
      });
      gradient.addColorStop(0, "blue");
      gradient.addColorStop(0, "blue");
      for (const canvas of canvases) {
        assertPixel((await enlarged(host, canvas, 2)).at(99, 9), [255, 0, 0, 255]);
        canvas.getContext("2d").fillRect(0, 0, SIDE, SIDE);
        assertPixel((await enlarged(host, canvas, 2)).at(99, 9), [0, 0, 255, 255]);
      }
    }));

  it("copies a canvas with a context of another class each time it is drawn", () =>
    withHost({}, async (host) => {
      const canvas = host.createCanvas("a", SIDE, SIDE);
      const source = createCanvas(9, 9);
      const onto = source.getContext("2d");
      Object.setPrototypeOf(onto, Object.create(Object.getPrototypeOf(onto)));
      for (const [i, colour] of ["red", "blue"].entries()) {
        onto.fillStyle = colour;
        onto.fillRect(0, 0, 9, 9);
        canvas.getContext("2d").drawImage(source, i * 20, 0);
      }
      const picture = await enlarged(host, canvas, 2);
      assertPixel(picture.at(5, 5), [255, 0, 0, 255]);
      assertPixel(picture.at(45, 5), [0, 0, 255, 255]);
    }));

  for (const attributes of [
    { alpha: false },
    { colorSpace: "display-p3" },
    { colorType: "float16" },
  ] as const) {
    it(`draws anew on a canvas with ${JSON.stringify(attributes)}, too`, () =>
      withHost({}, async (host) => {
        const draw = (context: SKRSContext2D, factor: number) => {
          context.fillStyle = "color(display-p3 1 0.2 0)";
          context.shadowColor = "#06c";
          context.shadowBlur = 8 * factor;
          context.fillRect(9, 9, 30, 30);
          context.globalCompositeOperation = "destination-out";
          context.fillRect(20, 20, 30, 9);
        };
        const canvas = host.createCanvas("a", SIDE, SIDE);
        draw(canvas.getContext("2d", attributes), 1);
        const large = createCanvas(SIDE * 2, SIDE * 2);
        large.getContext("2d", attributes).scale(2, 2);
        draw(large.getContext("2d"), 2);
        // An export has the colours of sRGB.
        const expected = createCanvas(SIDE * 2, SIDE * 2);
        expected.getContext("2d").drawImage(large, 0, 0);
        assert.equal(shareOff(await enlarged(host, canvas, 2), pixelsOf(expected)), 0);
      }));
  }

  it("leaves a context that looks like the engine's own", () =>
    withHost({}, (host) => {
      const canvas = host.createCanvas("a", SIDE, SIDE);
      const [context, plain] = [canvas, createCanvas(1, 1)].map((one) => one.getContext("2d"));
      assert.ok(context && plain);
      assert.equal(context.canvas, canvas);
      assert.equal(canvas.getContext("2d"), context);
      assert.equal(context.constructor, plain.constructor);
      assert.ok(context instanceof (plain.constructor as never));
      const names = (object: object) => {
        const all: string[] = [];
        for (const name in object) all.push(name);
        return all.sort();
      };
      assert.deepEqual(names(context), names(plain));
      for (const name of names(plain) as (keyof SKRSContext2D)[]) {
        const [ours, theirs] = [context[name], plain[name]] as ((() => void) | string)[];
        if (typeof theirs !== "function" || typeof ours !== "function") continue;
        assert.deepEqual([ours.name, ours.length], [theirs.name, theirs.length], name);
      }
      assert.equal("setStrokeStyle" in context, false);
      assert.throws(() => context.fillRect.call({} as never, 1, 2, 3, 4), /Illegal invocation/);
    }));
});
