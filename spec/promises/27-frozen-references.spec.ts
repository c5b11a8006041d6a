// Promise 27: the objects that a call refers to are drawn as they were at the call.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Canvas, createCanvas, Image, Path2D, type SKRSContext2D } from "@napi-rs/canvas";
import { type CanvasContext, createHost, type Host } from "../../lib/index.ts";
import { decode, type Pixel } from "../support/pictures.ts";
import { LONG } from "../support/promises.ts";

const RED: Pixel = [255, 0, 0, 255];
const SIDE = 8;

function filled(colour: string): Canvas {
  const canvas = createCanvas(SIDE, SIDE);
  const context = canvas.getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, SIDE, SIDE);
  return canvas;
}

async function pictureOf(colour: string): Promise<Image> {
  const image = new Image();
  image.src = filled(colour).toBuffer("image/png");
  await image.decode();
  return image;
}

type Any = CanvasContext & SKRSContext2D;

interface Reference {
  /** Draws the object, which is red at this time. */
  draw(context: Any, host: Host): Promise<unknown> | unknown;
  /** Changes the object. */
  change(context: Any): unknown;
  only?: "legacy" | "2d";
}

let gradient: ReturnType<SKRSContext2D["createLinearGradient"]>;
let pattern: NonNullable<ReturnType<SKRSContext2D["createPattern"]>>;
let image: Image;
let nodeImage: Image;
let source: Canvas;
let offscreen: Canvas;
let bytes: Buffer;
let path: Path2D;
let pixels: ReturnType<SKRSContext2D["createImageData"]>;
let dash: number[];

const load = (target: Image, colour: string) =>
  new Promise<void>((done) => {
    target.onload = () => done();
    target.src = filled(colour).toDataURL() as never;
  });

const paintBlue = (canvas: Canvas) => {
  const context = canvas.getContext("2d");
  context.fillStyle = "blue";
  context.fillRect(0, 0, SIDE, SIDE);
};

const REFERENCES: Record<string, Reference> = {
  "a gradient that gets a stop": {
    draw(context) {
      gradient = context.createLinearGradient(0, 0, SIDE, 0);
      gradient.addColorStop(0, "red");
      context.fillStyle = gradient;
      context.fillRect(0, 0, SIDE, SIDE);
    },
    change: () => gradient.addColorStop(0.1, "blue"),
  },
  "a gradient of another context": {
    draw(context) {
      gradient = filled("red").getContext("2d").createRadialGradient(4, 4, 0, 4, 4, 9);
      gradient.addColorStop(0, "red");
      context.fillStyle = gradient;
      context.fillRect(0, 0, SIDE, SIDE);
    },
    change: () => gradient.addColorStop(0, "blue"),
  },
  "a gradient that fills twice, with a stop in between": {
    draw(context) {
      gradient = context.createLinearGradient(0, 0, SIDE, 0);
      gradient.addColorStop(0, "blue");
      context.fillStyle = gradient;
      context.save();
      context.fillStyle = "lime";
      context.restore();
      context.fillRect(0, 0, SIDE, SIDE);
      for (const offset of [0, 1]) gradient.addColorStop(offset, "red");
      context.fillRect(1, 0, SIDE, SIDE);
    },
    change: () => gradient.addColorStop(0.5, "blue"),
  },
  "a pattern that is transformed": {
    draw(context) {
      pattern = context.createPattern(filled("red"), "no-repeat") as typeof pattern;
      context.fillStyle = pattern;
      context.fillRect(0, 0, SIDE, SIDE);
    },
    change: () => pattern.setTransform({ a: 1, b: 0, c: 0, d: 1, e: 99, f: 99 }),
  },
  "a pattern that was transformed before, and again": {
    draw(context) {
      pattern = context.createPattern(filled("red"), "no-repeat") as typeof pattern;
      pattern.setTransform({ e: -SIDE } as never);
      context.fillStyle = pattern;
      pattern.setTransform({ e: 1 } as never);
      context.fillRect(0, 0, SIDE, SIDE);
    },
    change: () => pattern.setTransform({ e: 99 } as never),
  },
  "a pattern whose canvas changes": {
    draw(context) {
      source = filled("red");
      context.fillStyle = context.createPattern(source, "repeat") as typeof pattern;
      context.fillRect(0, 0, SIDE, SIDE);
    },
    change: () => paintBlue(source),
  },
  "an image that gets another source": {
    async draw(context) {
      image = await pictureOf("red");
      context.drawImage(image, 0, 0);
    },
    async change() {
      image.src = filled("blue").toBuffer("image/png");
      await image.decode();
    },
  },
  "an image of a node that gets another source": {
    async draw(context, host) {
      nodeImage = host.wx.createOffscreenCanvas().createImage();
      await load(nodeImage, "red");
      context.drawImage(nodeImage, 0, 0);
    },
    change: () => load(nodeImage, "blue"),
  },
  "a canvas of the caller's that is drawn on": {
    draw(context) {
      source = filled("red");
      context.drawImage(source, 0, 0);
    },
    change: () => paintBlue(source),
  },
  "a canvas that is drawn twice, and on in between": {
    draw(context) {
      source = filled("blue");
      context.drawImage(source, 0, 0);
      source.getContext("2d").fillStyle = "red";
      source.getContext("2d").fillRect(0, 0, SIDE, SIDE);
      context.drawImage(source, 0, 0);
    },
    change: () => paintBlue(source),
  },
  "a canvas that is resized": {
    draw(context) {
      source = filled("red");
      context.drawImage(source, 0, 0);
    },
    change() {
      source.width = 1;
    },
  },
  "an offscreen canvas of the host that is drawn on": {
    draw(context, host) {
      offscreen = host.wx.createOffscreenCanvas({ width: SIDE, height: SIDE });
      const onto = offscreen.getContext("2d");
      onto.fillStyle = "red";
      onto.fillRect(0, 0, SIDE, SIDE);
      context.drawImage(offscreen, 0, 0);
    },
    change: () => paintBlue(offscreen),
  },
  "bytes that are overwritten": {
    draw(context) {
      bytes = filled("red").toBuffer("image/png");
      context.drawImage(bytes, 0, 0);
    },
    change: () => bytes.fill(0),
    only: "legacy",
  },
  "an ArrayBuffer that is overwritten": {
    draw(context) {
      const png = filled("red").toBuffer("image/png");
      bytes = Buffer.from(new ArrayBuffer(png.length));
      bytes.set(png);
      for (let i = 0; i < 2; i++) context.drawImage(bytes.buffer as never, 0, 0);
    },
    change: () => bytes.fill(0),
    only: "legacy",
  },
  "a path that goes on": {
    draw(context) {
      path = new Path2D();
      path.rect(0, 0, SIDE, SIDE);
      context.fillStyle = "red";
      context.fill(path);
    },
    // The other way round: a hole.
    change: () => path.rect(SIDE, 0, -SIDE, SIDE),
    only: "2d",
  },
  "pixels that are overwritten": {
    draw(context) {
      pixels = context.createImageData(SIDE, SIDE);
      for (let i = 0; i < pixels.data.length; i += 4) pixels.data.set(RED, i);
      context.putImageData(pixels, 0, 0);
    },
    change: () => pixels.data.fill(0),
    only: "2d",
  },
  "dashes that are overwritten": {
    draw(context) {
      dash = [99, 1];
      context.setLineDash(dash);
      context.strokeStyle = "red";
      context.lineWidth = 99;
      context.moveTo(0, 4);
      context.lineTo(SIDE, 4);
      context.stroke();
    },
    change() {
      dash[0] = 1;
      dash[1] = 99;
    },
  },
};

describe("promise 27: references are frozen", function () {
  this.timeout(LONG);
  const hold: (() => void)[] = [];
  const server = createServer((_, response) => hold.push(() => response.end("no picture")));
  let origin = "";
  before((done) => {
    server.listen(0, "127.0.0.1", () => {
      origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      done();
    });
  });
  after(() => server.close());

  async function centre(host: Host, canvas: Canvas | undefined, side: number): Promise<Pixel> {
    const of = canvas ? { canvas } : { canvasId: "a" };
    const { data } = await host.canvasToBuffer({ ...of, destWidth: side, destHeight: side });
    return (await decode(data)).at(Math.floor(side * 0.75), Math.floor(side * 0.6));
  }

  for (const [name, { draw, change, only }] of Object.entries(REFERENCES)) {
    for (const side of only === "legacy" ? [] : [SIDE, 4 * SIDE]) {
      it(`holds for ${name}, when the export waits, and afterwards: ${side / SIDE} × a 2D canvas`, async () => {
        const host = createHost();
        const canvas = host.createCanvas("a", SIDE, SIDE);
        const context = canvas.getContext("2d") as Any;
        await draw(context, host);
        const waiting = centre(host, canvas, side);
        await change(context);
        assert.deepEqual(await waiting, RED);
        assert.deepEqual(await centre(host, canvas, side), RED);
        await host.dispose();
      });
    }
    for (const side of only === "2d" ? [] : [SIDE, 4 * SIDE]) {
      for (const when of ["while the draw waits for a picture", "before the draw is asked for"]) {
        it(`holds for ${name}, ${when}: ${side / SIDE} × a legacy canvas`, async () => {
          const host = createHost({
            images: { remote: true, privateOrigins: [origin] },
            onError() {},
          });
          host.mountCanvas({ canvasId: "a", width: SIDE, height: SIDE });
          const context = host.wx.createCanvasContext("a") as Any;
          await draw(context, host);
          context.drawImage(`${origin}/${Math.random()}` as never, 0, 0, 1, 1);
          if (when.startsWith("before")) await change(context);
          context.draw();
          const waiting = centre(host, undefined, side);
          while (hold.length === 0) await new Promise((done) => setTimeout(done, 5));
          if (when.startsWith("while")) await change(context);
          hold.pop()?.();
          assert.deepEqual(await waiting, RED);
          await host.dispose();
        });
      }
    }
  }
});
