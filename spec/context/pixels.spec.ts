// canvasGetImageData and canvasPutImageData: logical pixels at every ratio.
import assert from "node:assert/strict";
import { createCanvas } from "@napi-rs/canvas";
import type { CanvasGetImageDataResult, Host } from "../../lib/index.ts";
import { matchPicture } from "../../lib/testing/index.ts";
import { failureOf, withHost } from "../support/hosts.ts";
import { assertPixel, decode, type Pixel } from "../support/pictures.ts";

const RED: Pixel = [255, 0, 0, 255];
const BLUE: Pixel = [0, 0, 255, 255];
const NOTHING: Pixel = [0, 0, 0, 0];

/** A canvas of 100 × 80 whose left half is red. */
function halfRed(host: Host) {
  const handle = host.mountCanvas({ canvasId: "a", width: 100, height: 80 });
  const context = host.wx.createCanvasContext("a");
  context.setFillStyle("#f00");
  context.fillRect(0, 0, 50, 80);
  context.draw();
  return { context, ...handle };
}

function at({ data, width }: CanvasGetImageDataResult, x: number, y: number): Pixel {
  return [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)] as unknown as Pixel;
}

function filled(width: number, height: number, pixel: Pixel): Uint8ClampedArray {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < data.length; i += 4) data.set(pixel, i);
  return data;
}

describe("canvasGetImageData", () => {
  for (const pixelRatio of [1, 2, 3, 1.5]) {
    it(`gives logical pixels at ratio ${pixelRatio}`, () =>
      withHost({ pixelRatio }, async (host) => {
        halfRed(host);
        const rectangle = { canvasId: "a", x: 0, y: 0, width: 100, height: 100 };
        const result = await host.wx.canvasGetImageData(rectangle);
        assert.ok(result.data instanceof Uint8ClampedArray);
        assert.equal(result.data.length, 40_000);
        assert.deepEqual([result.width, result.height], [100, 100]);
        assert.equal(result.errMsg, "canvasGetImageData:ok");
        assertPixel(at(result, 10, 10), RED, 1);
        assertPixel(at(result, 90, 10), NOTHING, 1);
        assertPixel(at(result, 10, 90), NOTHING, 1);
        const part = await host.wx.canvasGetImageData({
          ...rectangle,
          x: 48,
          y: 70,
          width: 4,
          height: 2,
        });
        assertPixel(at(part, 0, 1), RED, 1);
        assertPixel(at(part, 3, 1), NOTHING, 1);
      }));
  }

  it("is transparent outside the canvas; x and y may be negative or number-like", () =>
    withHost({}, async (host) => {
      halfRed(host);
      const place = { canvasId: "a", x: "-5.9" as never, y: -5, width: 10, height: 10 };
      const result = await host.wx.canvasGetImageData(place);
      assertPixel(at(result, 4, 6), NOTHING);
      assertPixel(at(result, 5, 4), NOTHING);
      assertPixel(at(result, 5, 5), RED);
    }));

  it("waits for the draws before it, and for none after it", () =>
    withHost({}, async (host) => {
      const { context } = halfRed(host);
      context.drawImage(
        "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
        0,
        0,
      );
      context.setFillStyle("#00f");
      context.fillRect(0, 0, 100, 80);
      context.draw(true);
      const reading = host.wx.canvasGetImageData({
        canvasId: "a",
        x: 0,
        y: 0,
        width: 1,
        height: 1,
      });
      context.draw();
      assertPixel(at(await reading, 0, 0), BLUE);
    }));

  it("keeps the record, so that the canvas still enlarges sharp", () =>
    withHost({}, async (host) => {
      halfRed(host);
      const rectangle = { canvasId: "a", x: 0, y: 0, width: 10, height: 10 };
      const before = await host.canvasToBuffer({ canvasId: "a", destWidth: 500, destHeight: 400 });
      for (let i = 0; i < 4; i++) await host.wx.canvasGetImageData(rectangle);
      const after = await host.canvasToBuffer({ canvasId: "a", destWidth: 500, destHeight: 400 });
      assert.ok(before.data.equals(after.data));
    }));
});

describe("canvasPutImageData", () => {
  for (const pixelRatio of [1, 3]) {
    it(`replaces what is there, transparent pixels too, at ratio ${pixelRatio}`, () =>
      withHost({ pixelRatio }, async (host) => {
        halfRed(host);
        const put = (x: number, pixel: Pixel) =>
          host.wx.canvasPutImageData({
            canvasId: "a",
            x,
            y: 10,
            width: 20,
            height: 30,
            data: filled(20, 30, pixel),
          });
        assert.equal((await put(10, BLUE)).errMsg, "canvasPutImageData:ok");
        await put(40, NOTHING);
        await put(70, [0, 255, 0, 128]);
        const { data } = await host.canvasToBuffer({ canvasId: "a" });
        await matchPicture(data, `canvasPutImageData@${pixelRatio}x`);
        const rectangle = { canvasId: "a", x: 0, y: 0, width: 100, height: 80 };
        const pixels = await host.wx.canvasGetImageData(rectangle);
        assertPixel(at(pixels, 5, 20), RED, 1);
        assertPixel(at(pixels, 20, 20), BLUE, 1);
        assertPixel(at(pixels, 45, 20), NOTHING, 1);
        assertPixel(at(pixels, 80, 20), [0, 255, 0, 128], 2);
      }));
  }

  it("leaves the record when a draw clears: later drawing enlarges sharp", () =>
    withHost({}, async (host) => {
      const { context } = halfRed(host);
      const enlarged = { canvasId: "a", destWidth: 730, destHeight: 584 };
      const draw = () => {
        context.arc(30, 30, 21, 0, 7);
        context.fill();
        context.draw();
      };
      draw();
      const sharp = await host.canvasToBuffer(enlarged);
      const data = filled(50, 50, BLUE);
      await host.wx.canvasPutImageData({ canvasId: "a", x: 0, y: 0, width: 50, height: 50, data });
      draw();
      assert.ok((await host.canvasToBuffer(enlarged)).data.equals(sharp.data));
    }));

  it("waits for the draws before it, and copies its data at the call", () =>
    withHost({}, async (host) => {
      const { context } = halfRed(host);
      const picture = createCanvas(100, 80).toBuffer("image/png");
      context.drawImage(picture, 0, 0);
      context.setFillStyle("#0f0");
      context.fillRect(0, 0, 100, 80);
      context.draw();
      const data = filled(10, 10, BLUE);
      const rectangle = { canvasId: "a", x: 0, y: 0, width: 10, height: 10 };
      const putting = host.wx.canvasPutImageData({ ...rectangle, data });
      data.fill(0);
      await putting;
      const picked = await decode((await host.canvasToBuffer({ canvasId: "a" })).data);
      assertPixel(picked.at(5, 5), BLUE);
      assertPixel(picked.at(50, 50), [0, 255, 0, 255]);
    }));

  it("puts back what canvasGetImageData read, pixel by pixel", () =>
    withHost({}, async (host) => {
      halfRed(host);
      const rectangle = { canvasId: "a", x: 30, y: 0, width: 40, height: 80 };
      const { data } = await host.wx.canvasGetImageData(rectangle);
      host.mountCanvas({ canvasId: "b", width: 100, height: 80 });
      await host.wx.canvasPutImageData({ ...rectangle, canvasId: "b", data });
      const again = await host.wx.canvasGetImageData({ ...rectangle, canvasId: "b" });
      assert.deepEqual(again.data, data);
    }));

  it("infers a missing height from the data", () =>
    withHost({}, async (host) => {
      halfRed(host);
      const data = filled(10, 7, BLUE);
      await host.wx.canvasPutImageData({ canvasId: "a", x: 0, y: 0, width: 10, data });
      const picture = await decode((await host.canvasToBuffer({ canvasId: "a" })).data);
      assertPixel(picture.at(5, 6), BLUE);
      assertPixel(picture.at(5, 7), RED);
    }));

  it("accepts Uint8Array and Buffer, too", () =>
    withHost({}, async (host) => {
      halfRed(host);
      for (const data of [new Uint8Array(4).fill(255), Buffer.from([255, 255, 255, 255])]) {
        const options = { canvasId: "a", x: 0, y: 0, width: 1, height: 1, data: data as never };
        assert.equal((await host.wx.canvasPutImageData(options)).errMsg, "canvasPutImageData:ok");
      }
    }));
});

describe("wrong options of both", () => {
  const place = { canvasId: "a", x: 0, y: 0, width: 10, height: 10 };
  const rows: ["canvasGetImageData" | "canvasPutImageData", object | undefined, string, RegExp][] =
    [
      ["canvasGetImageData", undefined, "NOT_FOUND", /canvasGetImageData:fail canvas is empty$/],
      ["canvasGetImageData", { ...place, canvasId: "b" }, "NOT_FOUND", /fail canvas is empty$/],
      ["canvasGetImageData", { ...place, width: 0 }, "INVALID", /fail the source width is 0$/],
      [
        "canvasGetImageData",
        { ...place, height: undefined },
        "INVALID",
        /fail the source height is 0$/,
      ],
      [
        "canvasGetImageData",
        { ...place, width: -5 },
        "INVALID",
        /rectangle width: expected a number of pixels above 0, got -5$/,
      ],
      [
        "canvasGetImageData",
        { ...place, width: 1e6 },
        "TOO_LARGE",
        /rectangle width: maxSide allows 16384/,
      ],
      ["canvasGetImageData", { ...place, width: 5000, height: 5000 }, "TOO_LARGE", /maxPixels/],
      [
        "canvasGetImageData",
        { ...place, x: Number.POSITIVE_INFINITY },
        "INVALID",
        /x: expected a finite number, got Infinity$/,
      ],
      [
        "canvasGetImageData",
        { ...place, y: {} },
        "INVALID",
        /y: expected a finite number, got an object$/,
      ],
      [
        "canvasPutImageData",
        place,
        "INVALID",
        /data: expected a Uint8ClampedArray, got undefined$/,
      ],
      ["canvasPutImageData", { ...place, data: [1, 2, 3, 4] }, "INVALID", /data: .* got an array$/],
      [
        "canvasPutImageData",
        { ...place, data: filled(9, 10, RED) },
        "INVALID",
        /data: expected width × height × 4 = 400 bytes, got 360$/,
      ],
      [
        "canvasPutImageData",
        { ...place, width: 0, data: filled(1, 1, RED) },
        "INVALID",
        /the source width is 0$/,
      ],
      [
        "canvasPutImageData",
        { ...place, height: 0, data: filled(1, 1, RED) },
        "INVALID",
        /the source height is 0$/,
      ],
    ];
  for (const [api, options, code, errMsg] of rows) {
    it(`fails: ${api} ${errMsg}`, () =>
      withHost({}, async (host) => {
        halfRed(host);
        const failure = await failureOf(() =>
          (host.wx[api] as (options: unknown) => unknown)(options),
        );
        assert.equal(failure.code, code);
        assert.match(failure.errMsg, errMsg);
      }));
  }

  it("finds no 2d node, as in WeChat", () =>
    withHost({}, async (host) => {
      host.mountCanvas({ id: "a", canvasId: "a", type: "2d", width: 10, height: 10 });
      const failure = await failureOf(() => host.wx.canvasGetImageData(place));
      assert.equal(failure.code, "NOT_FOUND");
    }));
});

describe("pixels of a canvas that has no size", () => {
  for (const [width, height] of [
    [0, 0],
    [0, 20],
    [20, 0],
  ] as const) {
    it(`fail, and say so: ${width} × ${height}`, () =>
      withHost({ pixelRatio: 2 }, async (host) => {
        host.mountCanvas({ canvasId: "a", width, height });
        const rectangle = { canvasId: "a", x: 0, y: 0, width: 2, height: 2 };
        const data = filled(2, 2, RED);
        const sizes = 'the canvas "a" has no size, it is 0 × 0 pixels';
        for (const [name, call] of Object.entries({
          canvasGetImageData: () => host.wx.canvasGetImageData(rectangle),
          canvasPutImageData: () => host.wx.canvasPutImageData({ ...rectangle, data }),
        })) {
          const failure = await failureOf(call);
          assert.equal(failure.code, "EMPTY_REGION");
          assert.equal(failure.errMsg, `${name}:fail ${sizes}`);
        }
      }));
  }

  it("work once it has one", () =>
    withHost({}, async (host) => {
      const handle = host.mountCanvas({ canvasId: "a", width: 0, height: 0 });
      handle.resize(10, 10);
      const rectangle = { canvasId: "a", x: 0, y: 0, width: 2, height: 2 };
      await host.wx.canvasPutImageData({ ...rectangle, data: filled(2, 2, RED) });
      assertPixel(at(await host.wx.canvasGetImageData(rectangle), 1, 1), RED);
    }));
});
