// Promise 12: an export shows the moment of its call, whatever happens while it waits.
import assert from "node:assert/strict";
import { pbkdf2 } from "node:crypto";
import { promisify } from "node:util";
import { type Canvas, createCanvas } from "@napi-rs/canvas";
import { createHost, type ExportOptions, type Host, setConcurrency } from "../../lib/index.ts";
import { LONG, times } from "../support/promises.ts";

const ROUNDS = times(20, 1);

/** Occupies every thread of the pool for a while. */
const starve = () =>
  Promise.all(Array.from({ length: 8 }, () => promisify(pbkdf2)("a", "b", 120_000, 32, "sha512")));

/** What may happen to the canvas after the call. */
const LATER: Record<string, (canvas: Canvas, host: Host) => unknown> = {
  cleared: (canvas) => canvas.getContext("2d").clearRect(0, 0, 1000, 1000),
  reset: (canvas) => canvas.getContext("2d").reset(),
  resized: (canvas) => {
    canvas.width = 31;
  },
  emptied: (canvas) => {
    canvas.width = canvas.height = 0;
  },
  redrawn: (canvas) => {
    const context = canvas.getContext("2d");
    context.fillStyle = "lime";
    context.fillRect(0, 0, 1000, 1000);
  },
  "put pixels on": (canvas) => {
    const context = canvas.getContext("2d");
    context.putImageData(context.createImageData(50, 50), 0, 0);
  },
  "read and redrawn": (canvas) => {
    const context = canvas.getContext("2d");
    context.getImageData(0, 0, 5, 5);
    context.fillRect(0, 0, 1000, 1000);
    context.getImageData(0, 0, 5, 5);
  },
  released: (_, host) => host.releaseCanvas("a"),
  "released and made anew": (_, host) => {
    host.releaseCanvas("a");
    host.createCanvas("a", 9, 9);
  },
  disposed: (_, host) => void host.dispose(),
};

const REGIONS: Record<string, ExportOptions> = {
  whole: {},
  "a part": { x: 10, y: 20, width: 50, height: 40 },
  enlarged: { destWidth: 240, destHeight: 200 },
  reduced: { destWidth: 33, destHeight: 21 },
  "as JPEG": { fileType: "jpg", quality: 0.9 },
};

function scene(host: Host, id: string): Canvas {
  const canvas = host.createCanvas(id, 120, 100);
  const context = canvas.getContext("2d");
  const fill = context.createLinearGradient(0, 0, 120, 100);
  fill.addColorStop(0, "navy");
  fill.addColorStop(1, "rgba(255, 200, 0, 0.5)");
  context.fillStyle = fill;
  context.fillRect(5, 5, 100, 90);
  context.font = "20px sans-serif";
  context.strokeText("moment", 10, 50);
  return canvas;
}

describe("promise 12: the moment is frozen", function () {
  this.timeout(LONG);
  before(() => setConcurrency({ exports: 1 }));
  after(async () => {
    const { availableParallelism } = await import("node:os");
    setConcurrency({ exports: availableParallelism() + 1 });
  });

  const rows = Object.keys(LATER).length * Object.keys(REGIONS).length;
  it(`holds for ${rows * ROUNDS} exports whose canvas changes while the thread pool is busy`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const starving = starve();
      const outcomes: [name: string, at: Promise<Buffer>, expected: Promise<Buffer>][] = [];
      for (const [what, change] of Object.entries(LATER)) {
        for (const [part, options] of Object.entries(REGIONS)) {
          const [host, still] = [createHost(), createHost()];
          const bytes = (of: Host) =>
            of.canvasToBuffer({ canvasId: "a", ...options }).then(({ data }) => data);
          scene(still, "a");
          const canvas = scene(host, "a");
          const exporting = bytes(host);
          change(canvas, host);
          outcomes.push([`${part}, then ${what}`, exporting, bytes(still)]);
          void exporting.finally(() => host.dispose());
        }
      }
      for (const [name, at, expected] of outcomes) {
        const [a, b] = await Promise.all([at, expected]);
        assert.ok(a.length > 100 && a.equals(b), name);
      }
      await starving;
    }
  });

  it("holds for a legacy canvas: later draws and sizes are applied later", async () => {
    const host = createHost({ pixelRatio: 2 });
    const { resize, unmount } = host.mountCanvas({ canvasId: "a", width: 60, height: 50 });
    // With a picture to load, so that what is asked for next has to wait for it.
    const picture = createCanvas(4, 4).toDataURL();
    const draw = (colour: string) => {
      const context = host.wx.createCanvasContext("a");
      context.drawImage(picture, 0, 0);
      context.setFillStyle(colour);
      context.fillRect(5, 5, 30, 30);
      context.draw();
    };
    draw("red");
    const { data: expected } = await host.canvasToBuffer({ canvasId: "a" });
    const starving = starve();
    draw("red");
    const exporting = host.canvasToBuffer({ canvasId: "a" });
    draw("blue");
    resize(30, 20);
    unmount();
    assert.ok((await exporting).data.equals(expected));
    await starving;
    await host.dispose();
  });
});
