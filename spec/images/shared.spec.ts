// Images that share the pixels of a decoded picture: decoded once, drawn and changed as their own.
import assert from "node:assert/strict";
import { createCanvas, Image } from "@napi-rs/canvas";
import type { Host } from "../../lib/index.ts";
import { drawn, failureOf, withHost } from "../support/hosts.ts";
import { pixelsOf } from "../support/pictures.ts";

/** A picture of one colour, 4 × 2 pixels. */
function picture(colour: string): Buffer {
  const canvas = drawn(createCanvas(4, 2), (context) => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 4, 2);
  });
  return canvas.toBuffer("image/png");
}

const uri = (bytes: Buffer) => `data:image/png;base64,${bytes.toString("base64")}`;

/** How many pictures the engine decodes during the work. */
async function decodings(work: () => Promise<unknown>): Promise<number> {
  const own = Image.prototype.decode;
  let count = 0;
  Image.prototype.decode = function () {
    count++;
    return own.call(this);
  };
  try {
    await work();
  } finally {
    Image.prototype.decode = own;
  }
  return count;
}

async function nodeImage(host: Host, src: string) {
  const image = host.wx.createOffscreenCanvas({ type: "2d", width: 1, height: 1 }).createImage();
  image.src = src;
  await image.decode();
  return image;
}

/** The colour at the right end of the image, drawn at its own size. */
function colourOf(image: Image): number[] {
  const canvas = drawn(createCanvas(8, 8), (context) => context.drawImage(image, 0, 0));
  return pixelsOf(canvas).at(3, 1).slice(0, 3);
}

const RED = [255, 0, 0];
const BLUE = [0, 0, 255];

describe("an image that shares the pixels of a picture", () => {
  it("is decoded once, for several images of several hosts", async () => {
    const src = uri(picture("#f00"));
    const load = () =>
      withHost({}, async (host) => {
        assert.deepEqual(colourOf(await nodeImage(host, src)), RED);
        const image = await host.loadImage(src);
        assert.deepEqual(colourOf(image), RED);
        assert.deepEqual([image.width, image.naturalHeight, image.complete], [4, 2, true]);
        await image.decode();
      });
    assert.equal(await decodings(load), 1);
    assert.equal(await decodings(load), 0);
  });

  it("draws another picture when its source is set, and records keep the former one", () =>
    withHost({}, async (host) => {
      const image = await host.loadImage(picture("#f00"));
      const canvas = drawn(host.createCanvas("a", 4, 2), (context) =>
        context.drawImage(image, 0, 0),
      );
      image.src = picture("#00f");
      await image.decode();
      assert.deepEqual(colourOf(image), BLUE);
      const { data } = await host.canvasToBuffer({ canvas, destWidth: 16, destHeight: 8 });
      assert.deepEqual(colourOf(await host.loadImage(data)), RED);
    }));

  it("fills a pattern, at its own size", () =>
    withHost({}, async (host) => {
      const image = await host.loadImage(picture("#00f"));
      const canvas = drawn(createCanvas(9, 9), (context) => {
        context.fillStyle = context.createPattern(image, "no-repeat") ?? "";
        context.fillRect(0, 0, 9, 9);
      });
      const pixels = pixelsOf(canvas);
      assert.deepEqual(pixels.at(3, 1), [...BLUE, 255]);
      assert.deepEqual(pixels.at(4, 1), [0, 0, 0, 0]);
    }));

  it("keeps its picture until another source is loaded, and draws none when that fails", () =>
    withHost({}, async (host) => {
      const image = await nodeImage(host, uri(picture("#f00")));
      image.onerror = () => {};
      image.src = "data:image/png;base64,AAAA";
      assert.deepEqual(colourOf(image), RED);
      await assert.rejects(image.decode(), /cannot be decoded/);
      assert.deepEqual(colourOf(image), [0, 0, 0]);
      image.src = uri(picture("#00f"));
      image.src = uri(picture("#f00"));
      await image.decode();
      assert.deepEqual(colourOf(image), RED);
    }));

  it("fails with the source in the message", () =>
    withHost({}, async (host) => {
      const failure = await failureOf(() => host.loadImage("/nowhere/a.png"));
      assert.match(failure.errMsg, /\/nowhere\/a\.png/);
    }));
});
