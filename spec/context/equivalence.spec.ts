// The same scene through the legacy context and through a standard one gives the same pixels.

import { type Canvas, createCanvas, Path2D, type SKRSContext2D } from "@napi-rs/canvas";
import fc from "fast-check";
import { isPathMethod } from "../../lib/context/members.ts";
import { FAMILY } from "../support/fonts.ts";
import { withHost } from "../support/hosts.ts";
import { assertSamePixels, decode, pixelsOf } from "../support/pictures.ts";
import { perform, type Step, scenes } from "../support/scenes.ts";

const SIZE = 64;

/**
 * The scene on a standard context: each record starts from the defaults, over kept pixels. Paths
 * are Path2D objects: a context's own path continues elsewhere after it was closed behind an arc of
 * length 0.
 */
function standard(steps: Step[], ratio: number): Canvas {
  let canvas = createCanvas(SIZE * ratio, SIZE * ratio);
  let context = begin(canvas, undefined, ratio);
  // WeChat keeps the calls of a path, and builds it with the transform of the fill.
  let path = new Path2D();
  for (const [i, step] of steps.entries()) {
    const call = "call" in step ? step.call : "";
    if (call === "beginPath") path = new Path2D();
    else if (isPathMethod(call)) perform(path as unknown as SKRSContext2D, step, false);
    else if ("call" in step && /^(fill|stroke|clip)$/.test(call)) {
      perform(context, { ...step, data: [path, ...step.data] }, false);
    } else if (!("draw" in step)) perform(context, step, false);
    if (!("draw" in step)) continue;
    path = new Path2D();
    // The next draw keeps it, by its argument reserve.
    const next = steps.slice(i + 1).find((later) => "draw" in later);
    const before = canvas;
    canvas = createCanvas(SIZE * ratio, SIZE * ratio);
    const keeps = next && "draw" in next ? next.draw : true;
    context = begin(canvas, keeps ? before : undefined, ratio);
  }
  return canvas;
}

/** Replaces the default font, which differs between the two. */
const FONT = `10px "${FAMILY}"`;

function begin(canvas: Canvas, kept: Canvas | undefined, ratio: number) {
  const context = canvas.getContext("2d");
  if (kept) context.drawImage(kept, 0, 0);
  context.imageSmoothingQuality = "high";
  context.font = FONT;
  context.scale(ratio, ratio);
  return context;
}

async function legacy(steps: Step[], ratio: number) {
  return withHost({ pixelRatio: ratio }, async (host) => {
    host.mountCanvas({ canvasId: "a", width: SIZE, height: SIZE });
    const context = host.wx.createCanvasContext("a");
    context.font = FONT;
    for (const step of steps) {
      if ("draw" in step) {
        context.draw(step.draw);
        context.font = FONT;
      } else perform(context, step, true);
    }
    // The calls after the last draw of the scene are drawn, too, over the kept pixels.
    context.draw(true);
    return decode((await host.canvasToBuffer({ canvasId: "a" })).data);
  });
}

describe("the legacy context, compared with a standard context", function () {
  this.timeout(120_000);
  const numRuns = Number(process.env.SCENES ?? 300);

  it(`paints the same in ${numRuns} random scenes of all members, at ratio 1`, () =>
    fc.assert(
      fc.asyncProperty(scenes(), async (steps) => {
        assertSamePixels(await legacy(steps, 1), pixelsOf(standard(steps, 1)));
      }),
      { numRuns },
    ));

  it("paints the same at ratio 3, where a standard context is scaled by 3", () =>
    fc.assert(
      fc.asyncProperty(
        // A standard context's setTransform and shadows do not know the ratio.
        scenes({ shadows: false }).map((steps) =>
          steps.filter(
            (step) => !("call" in step && /setTransform|resetTransform/.test(step.call)),
          ),
        ),
        async (steps) => {
          assertSamePixels(await legacy(steps, 3), pixelsOf(standard(steps, 3)));
        },
      ),
      { numRuns: Math.ceil(numRuns / 4) },
    ));
});
