// Enlarged means drawn anew: an export at k times the size equals the same calls under scale(k, k).
import assert from "node:assert/strict";
import { createCanvas, Image, type SKRSContext2D } from "@napi-rs/canvas";
import fc from "fast-check";
import type { Host } from "../../../lib/index.ts";
import { FAMILY } from "../../support/fonts.ts";
import { withHost } from "../../support/hosts.ts";
import { decode, type Picture, pixelsOf, shareOff } from "../../support/pictures.ts";
import { perform, type Step, scenes } from "../../support/scenes.ts";

const SIDE = 64;
const FACTORS = [1.5, 2, 3, 4];

/** What happens to a canvas between the calls of a scene. */
type Between =
  | { between: "read" | "toDataURL" | "export" | "draw elsewhere" }
  | { between: "put" | "photo"; place: number[] };

/** A picture with detail, which must be sampled anew when it is reduced or enlarged. */
const photo = new Image();
function photograph(): Buffer {
  const canvas = createCanvas(160, 120);
  const context = canvas.getContext("2d");
  for (let i = 0; i < 400; i++) {
    context.fillStyle = `hsl(${(i * 47) % 360} 70% ${30 + (i % 5) * 10}%)`;
    context.fillRect((i * 37) % 160, (i * 53) % 120, 3 + (i % 9), 2 + (i % 7));
  }
  return canvas.toBuffer("image/png");
}

const place = fc.tuple(...Array.from({ length: 4 }, () => fc.integer({ min: 1, max: 60 })));
const between: fc.Arbitrary<Between> = fc.oneof(
  fc
    .constantFrom("read", "toDataURL", "export", "draw elsewhere")
    .map((what): Between => ({ between: what as "read" })),
  place.map((place): Between => ({ between: "put", place })),
  place.map((place): Between => ({ between: "photo", place })),
);

/** Scenes with reads, exports, and pixels that are put, between the calls. */
const withDraws: fc.Arbitrary<(Step | Between)[]> = fc
  .tuple(scenes(), fc.array(fc.tuple(fc.nat(40), between), { minLength: 1, maxLength: 6 }))
  .map(([steps, events]) => {
    const all: (Step | Between)[] = [...steps];
    for (const [at, event] of events) all.splice(at % (all.length + 1), 0, event);
    return all;
  });
const eventful = withDraws.map((steps) => steps.filter((step) => !("draw" in step)));

const isPut = (step: Step | Between) => "between" in step && step.between === "put";
const isSmoothing = (step: Step | Between) => "set" in step && step.set === "imageSmoothingEnabled";

function pixels(width: number, height: number) {
  const source = createCanvas(width, height);
  const context = source.getContext("2d");
  const gradient = context.createLinearGradient(0, 0, width, height);
  gradient.addColorStop(0, "#c20");
  gradient.addColorStop(1, "rgb(0 90 200 / 70%)");
  context.fillStyle = gradient;
  context.fillRect(0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

async function drawOn(host: Host, context: SKRSContext2D, steps: (Step | Between)[]) {
  const { canvas } = context;
  for (const step of steps) {
    if (!("between" in step)) attempt(() => perform(context, step, false));
    else if (step.between === "read") context.getImageData(0, 0, 9, 9);
    else if (step.between === "toDataURL") canvas.toDataURL();
    else if (step.between === "export") await host.canvasToBuffer({ canvas, destWidth: 90 });
    else if (step.between === "draw elsewhere") {
      createCanvas(20, 20).getContext("2d").drawImage(canvas, 0, 0);
    } else if (step.between === "photo") drawPhoto(context, step.place);
    else if (step.between === "put") {
      const [x = 0, y = 0, width = 1, height = 1] = step.place;
      context.putImageData(pixels(width, height), x, y);
    }
  }
}

function drawPhoto(context: SKRSContext2D, [x = 0, y = 0, width = 1, height = 1]: number[]) {
  context.drawImage(photo, x, y, width, height);
}

/** Drops a call that throws, as a canvas does. */
function attempt(call: () => void): void {
  try {
    call();
  } catch {
    // The same call throws on both.
  }
}

/** Replaces the default font, which differs between the two. */
const FONT = `10px "${FAMILY}"`;

const WHOLE = { x: 0, y: 0, width: SIDE, height: SIDE };

/** The same calls on a canvas so many times as large as the region. */
function reference(steps: (Step | Between)[], factor: number, region = WHOLE): Picture {
  const canvas = createCanvas(region.width * factor, region.height * factor);
  const context = canvas.getContext("2d");
  const lengths = (text: string) =>
    text.replace(/(\d+)px/g, (_, length) => `${Number(length) * factor}px`);
  const [dx, dy] = [-region.x * factor, -region.y * factor];
  const base = () => context.setTransform(factor, 0, 0, factor, dx, dy);
  base();
  context.font = FONT;
  for (const step of steps) {
    if ("between" in step) {
      if (step.between === "photo") drawPhoto(context, step.place);
      if (step.between === "put") {
        const [x = 0, y = 0, width = 1, height = 1] = step.place;
        const source = createCanvas(width, height);
        source.getContext("2d").putImageData(pixels(width, height), 0, 0);
        const scaled = createCanvas(width * factor, height * factor);
        scaled.getContext("2d").imageSmoothingQuality = "high";
        scaled.getContext("2d").drawImage(source, 0, 0, width * factor, height * factor);
        const all = scaled.getContext("2d").getImageData(0, 0, scaled.width, scaled.height);
        context.putImageData(all, x * factor, y * factor);
      }
    } else if ("call" in step && /setTransform|resetTransform/.test(step.call)) {
      base();
      if (step.call === "setTransform")
        context.transform(...(step.data as [number, number, number, number, number, number]));
    } else if ("set" in step && /^shadow(Blur|Offset)/.test(step.set)) {
      Object.assign(context, { [step.set]: (step.value as number) * factor });
    } else if ("set" in step && step.set === "filter") {
      context.filter = lengths(step.value as string);
    } else attempt(() => perform(context, step, false));
  }
  return pixelsOf(canvas);
}

/** A shadow behind each scene's last draw: random scenes rarely show one. */
const SHADOW: Step[] = [
  { draw: true },
  { set: "shadowColor", value: "#000" },
  { set: "shadowBlur", value: 9 },
  { set: "shadowOffsetX", value: 3 },
  { call: "fillRect", data: [20, 20, 24, 24] },
];

type Legacy = ReturnType<Host["wx"]["createCanvasContext"]>;

/** The same calls on a legacy context; what happens between them happens after a draw. */
async function drawOnLegacy(host: Host, steps: (Step | Between)[]) {
  const context: Legacy = host.wx.createCanvasContext("a");
  const draw = (reserve: boolean) =>
    new Promise<void>((resolve) => {
      context.draw(reserve, () => resolve());
      context.font = FONT;
    });
  context.font = FONT;
  for (const step of steps) {
    if ("draw" in step) await draw(step.draw);
    else if (!("between" in step)) perform(context, step, true);
    else if (step.between === "photo") {
      const [x = 0, y = 0, width = 1, height = 1] = step.place;
      context.drawImage(photo as never, x, y, width, height);
    } else {
      await draw(true);
      if (step.between === "put") {
        const [x = 0, y = 0, width = 1, height = 1] = step.place;
        const { data } = pixels(width, height);
        await host.wx.canvasPutImageData({ canvasId: "a", x, y, width, height, data });
      } else if (step.between === "export") {
        await host.canvasToBuffer({ canvasId: "a", destWidth: 90 });
      } else await host.wx.canvasGetImageData({ canvasId: "a", x: 0, y: 0, width: 9, height: 9 });
    }
  }
  await draw(true);
}

/** Mounts a legacy canvas of that ratio, draws on it, and exports it at that factor. */
function legacy(steps: (Step | Between)[], pixelRatio: number, factor: number): Promise<Picture> {
  return withHost({ pixelRatio }, async (host) => {
    host.mountCanvas({ canvasId: "a", width: SIDE, height: SIDE });
    await drawOnLegacy(host, steps);
    const size = { destWidth: SIDE * factor, destHeight: SIDE * factor };
    return decode((await host.canvasToBuffer({ canvasId: "a", ...size })).data);
  });
}

const CANVASES: Record<string, (host: Host) => SKRSContext2D> = {
  createCanvas: (host) => host.createCanvas("a", SIDE, SIDE).getContext("2d"),
  "an offscreen canvas": (host) =>
    host.wx.createOffscreenCanvas({ width: SIDE, height: SIDE }).getContext("2d"),
  "a 2D node": (host) => {
    const { node } = host.mountCanvas({ id: "a", type: "2d", width: SIDE, height: SIDE });
    Object.assign(node as object, { width: SIDE, height: SIDE });
    return node?.getContext("2d") as SKRSContext2D;
  },
};

describe("an enlarged export equals the same calls on a larger canvas", function () {
  this.timeout(240_000);
  const numRuns = Number(process.env.SCENES ?? 300);
  before(async () => {
    photo.src = photograph();
    await photo.decode();
  });

  for (const [name, make] of Object.entries(CANVASES)) {
    it(`holds for ${name}: ${numRuns} random scenes with reads, exports and put pixels`, () =>
      fc.assert(
        fc.asyncProperty(eventful, fc.constantFrom(...FACTORS), async (scene, factor) => {
          // The reference cannot put pixels at parts of pixels.
          const steps = scene.filter((step) => !isPut(step) || Number.isInteger(factor));
          await withHost({}, async (host) => {
            const context = make(host);
            context.font = FONT;
            await drawOn(host, context, steps);
            const size = { destWidth: SIDE * factor, destHeight: SIDE * factor };
            const { data } = await host.canvasToBuffer({ canvas: context.canvas, ...size });
            const share = shareOff(await decode(data), reference(steps, factor));
            assert.ok(share <= 0.005, `${(share * 100).toFixed(2)} % of the pixels are off`);
          });
        }),
        { numRuns },
      ));
  }

  // The engine moves glyphs by quarters of a pixel: parts that are near to one can go either way.
  const inPixels = fc
    .tuple(fc.nat(29), fc.constantFrom(0, 0.1, 0.3, 0.45, 0.6, 0.8))
    .map(([whole, part]) => whole + part);
  const part = fc.record({
    x: inPixels,
    y: inPixels,
    width: fc.constantFrom(20, 32),
    height: fc.constantFrom(18, 34),
  });
  it(`a part that begins between pixels: ${numRuns} random scenes`, () =>
    fc.assert(
      fc.asyncProperty(eventful, fc.constantFrom(...FACTORS), part, (scene, factor, region) =>
        withHost({}, async (host) => {
          // Without smoothing, a place that is rounded in another way gives the next pixel's colour.
          const steps = scene.filter((step) => !isPut(step) && !isSmoothing(step));
          const context = host.createCanvas("a", SIDE, SIDE).getContext("2d");
          context.font = FONT;
          await drawOn(host, context, steps);
          const { width, height } = region;
          const size = { destWidth: width * factor, destHeight: height * factor };
          const { data } = await host.canvasToBuffer({ canvasId: "a", ...region, ...size });
          const share = shareOff(await decode(data), reference(steps, factor, region));
          assert.ok(share <= 0.005, `${(share * 100).toFixed(2)} % of the pixels are off`);
        }),
      ),
      { numRuns },
    ));

  // A legacy canvas of a larger ratio is drawn at that size: equivalence.spec.ts compares it with a
  // standard context.
  it(`a mounted legacy canvas, and one of a larger ratio: ${numRuns} random scenes`, () =>
    fc.assert(
      fc.asyncProperty(withDraws, fc.constantFrom(...FACTORS), async (scene, factor) => {
        const can = scene.filter((step) => !isPut(step) || Number.isInteger(factor));
        const steps = [...can, ...SHADOW];
        const share = shareOff(await legacy(steps, 1, factor), await legacy(steps, factor, factor));
        assert.ok(share <= 0.005, `${(share * 100).toFixed(2)} % of the pixels are off`);
      }),
      { numRuns },
    ));
});
