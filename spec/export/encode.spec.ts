// The content of the files: alpha in PNG, a background in JPEG, quality from 1 to 100.
import assert from "node:assert/strict";
import { createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import { encode } from "../../lib/export/encode.ts";
import type { Snapshot } from "../../lib/export/snapshot.ts";
import { matchPicture } from "../../lib/testing/index.ts";
import { drawn, failureOf, withHost } from "../support/hosts.ts";
import { assertPixel, decode, pixelsOf, psnr } from "../support/pictures.ts";

const png = {
  fileType: "png",
  quality: 1,
  compression: "default",
  background: [255, 255, 255],
} as const;

/** A half transparent disc on an empty canvas. */
function disc(context: SKRSContext2D): void {
  context.fillStyle = "rgb(255 0 0 / 50%)";
  context.beginPath();
  context.arc(20, 20, 15, 0, 7);
  context.fill();
}

/** Noise-like colours, so that quality shows in the size. */
function busy(context: SKRSContext2D): void {
  for (let i = 0; i < 400; i++) {
    context.fillStyle = `hsl(${(i * 137) % 360} 80% ${30 + ((i * 7) % 40)}%)`;
    context.fillRect((i % 20) * 5, Math.floor(i / 20) * 5, 5, 5);
  }
}

describe("the encoded picture", () => {
  it("keeps every alpha in png", () =>
    withHost({}, async (host) => {
      const canvas = host.createCanvas("a", 256, 1);
      const context = canvas.getContext("2d");
      for (let alpha = 0; alpha < 256; alpha++) {
        context.fillStyle = `rgb(200 100 50 / ${alpha / 255})`;
        context.fillRect(alpha, 0, 1, 1);
      }
      const picture = await decode((await host.canvasToBuffer({ canvasId: "a" })).data);
      assert.equal(picture.format, "png");
      for (let alpha = 0; alpha < 256; alpha++) assert.equal(picture.at(alpha, 0)[3], alpha);
      assert.ok(picture.data.equals(pixelsOf(canvas).data));
    }));

  it("is a transparent png for an untouched canvas", () =>
    withHost({}, async (host) => {
      host.createCanvas("a", 20, 10);
      const picture = await decode((await host.canvasToBuffer({ canvasId: "a" })).data);
      assert.ok(picture.hasAlpha);
      assert.deepEqual([...new Set(picture.data)], [0]);
    }));

  const backgrounds = [
    ["white by default", {}, [255, 255, 255, 255], [255, 127, 127, 255]],
    [
      "the host's jpegBackground",
      { jpegBackground: "rgb(0, 0, 255)" },
      [0, 0, 255, 255],
      [128, 0, 127, 255],
    ],
    [
      "over white, when it is not opaque itself",
      { jpegBackground: "#00f8" },
      [119, 119, 255, 255],
      [187, 60, 127, 255],
    ],
  ] as const;
  for (const [name, options, outside, inside] of backgrounds) {
    it(`shows a background in jpg: ${name}`, () =>
      withHost(options, async (host) => {
        drawn(host.createCanvas("a", 40, 40), disc);
        const { data, type } = await host.canvasToBuffer({ canvasId: "a", fileType: "jpg" });
        assert.equal(type, "image/jpeg");
        const picture = await decode(data);
        assert.deepEqual([picture.format, picture.hasAlpha], ["jpeg", false]);
        assertPixel(picture.at(1, 1), [...outside], 4);
        assertPixel(picture.at(20, 20), [...inside], 4);
        await matchPicture(data, `jpeg ${name.split(" ")[0]}`);
      }));
  }

  it("spans qualities from 1 to 100 in jpg", () =>
    withHost({}, async (host) => {
      const canvas = drawn(host.createCanvas("a", 100, 100), busy);
      const sizes: number[] = [];
      const likeness: number[] = [];
      for (const quality of [0.001, 0.1, 0.5, 0.8, 1]) {
        const { data } = await host.canvasToBuffer({ canvasId: "a", fileType: "jpg", quality });
        sizes.push(data.length);
        likeness.push(psnr(await decode(data), pixelsOf(canvas)));
      }
      assert.deepEqual(
        sizes,
        sizes.toSorted((a, b) => a - b),
      );
      assert.deepEqual(
        likeness,
        likeness.toSorted((a, b) => a - b),
      );
      assert.ok((likeness[4] ?? 0) > 35, `quality 1: ${likeness[4]} dB`);
      assert.ok((likeness[0] ?? 99) < 20, `quality 0.001: ${likeness[0]} dB`);
    }));

  for (const quality of [-1, 0, 1.5, 80, Number.NaN, "high", undefined]) {
    it(`has the bytes of quality 1 in jpg for ${quality}`, () =>
      withHost({}, async (host) => {
        drawn(host.createCanvas("a", 100, 100), busy);
        const options = { canvasId: "a", fileType: "jpg" };
        const best = await host.canvasToBuffer({ ...options, quality: 1 });
        const other = await host.canvasToBuffer({ ...options, quality: quality as number });
        assert.ok(best.data.equals(other.data));
      }));
  }

  it("ignores quality in png", () =>
    withHost({}, async (host) => {
      drawn(host.createCanvas("a", 100, 100), busy);
      const one = await host.canvasToBuffer({ canvasId: "a", quality: 1 });
      const low = await host.canvasToBuffer({ canvasId: "a", quality: 0.1 });
      assert.ok(one.data.equals(low.data));
    }));

  it("trades time for bytes by compression, with the same pixels", () =>
    withHost({ compression: "small" }, async (host) => {
      const canvas = drawn(host.createCanvas("a", 300, 300), (context) => {
        for (let i = 0; i < 300; i++) {
          context.fillStyle = `hsl(${i} 60% 50% / ${(i % 10) / 10})`;
          context.fillText(`${i} compressed`, (i * 37) % 250, i);
        }
      });
      const sizes: number[] = [];
      for (const compression of ["small", "default", "fast"] as const) {
        const { data } = await host.canvasToBuffer({ canvasId: "a", compression });
        assert.ok((await decode(data)).data.equals(pixelsOf(canvas).data), compression);
        sizes.push(data.length);
      }
      assert.deepEqual(
        sizes,
        sizes.toSorted((a, b) => a - b),
      );
      assert.ok((sizes[0] ?? 0) < (sizes[2] ?? 0));
      const { data } = await host.canvasToBuffer({ canvasId: "a" });
      assert.equal(data.length, sizes[0], "the host's own setting");
      for (const compression of ["best", 5, null]) {
        const options = { canvasId: "a", compression: compression as "small" };
        const failure = await failureOf(() => host.canvasToBuffer(options));
        assert.match(failure.errMsg, /compression: expected "default", "fast" or "small", got /);
      }
    }));

  it("has the same bytes for the same drawing", () =>
    withHost({}, async (host) => {
      for (const id of ["a", "b"]) drawn(host.createCanvas(id, 100, 100), busy);
      for (const fileType of ["png", "jpg"]) {
        const a = await host.canvasToBuffer({ canvasId: "a", fileType });
        const b = await host.canvasToBuffer({ canvasId: "b", fileType });
        assert.ok(a.data.equals(b.data));
      }
    }));

  it("fails with ENCODE and the encoder's reason", async () => {
    const snapshot: Pick<Snapshot, "render"> = {
      render: () => ({
        read: (from, to) => createCanvas(0, 5).getContext("2d").getImageData(0, from, 0, to).data,
        release() {},
      }),
    };
    const failure = await failureOf(() => encode(snapshot, { width: 0, height: 5 }, png));
    assert.equal(failure.code, "ENCODE");
    assert.match(failure.errMsg, /the png of 0 × 5 pixels could not be encoded/);
    assert.ok(failure.cause instanceof Error);
  });
});
