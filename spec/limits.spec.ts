// Sizes beyond the limits fail before anything is allocated, with the limit and the size.
import assert from "node:assert/strict";
import type { Host } from "../lib/index.ts";
import { failureOf, withHost } from "./support/hosts.ts";

const SIDE = 16_384;
const AREA = 16_777_216;

describe("size limits", () => {
  const invalid = [0, -1, -0, Number.NaN, Number.NEGATIVE_INFINITY, "10", null, undefined, {}, 10n];
  const tooLarge = [SIDE + 1, 1e9, 2 ** 31, 2 ** 32, Number.POSITIVE_INFINITY, Number.MAX_VALUE];

  const makers: [string, (host: Host, width: unknown, height: unknown) => unknown][] = [
    ["createCanvas", (host, w, h) => host.createCanvas("a", w as number, h as number)],
    [
      "mountCanvas",
      (host, w, h) => host.mountCanvas({ canvasId: "a", width: w as number, height: h as number }),
    ],
    [
      "resize",
      (host, w, h) =>
        host.mountCanvas({ canvasId: "a", width: 5, height: 5 }).resize(w as number, h as number),
    ],
  ];
  for (const [name, make] of makers) {
    // A mounted canvas may have no size yet.
    const none: readonly unknown[] = name === "createCanvas" ? [] : [0, -0, null, undefined];
    for (const value of invalid.filter((one) => !none.includes(one))) {
      it(`make ${name} refuse ${String(value)} as a side`, () =>
        withHost({}, async (host) => {
          for (const sides of [
            [value, 5],
            [5, value],
          ]) {
            const failure = await failureOf(() => make(host, sides[0], sides[1]));
            assert.equal(failure.code, "INVALID");
            assert.match(
              failure.errMsg,
              /canvas (width|height): expected a number of pixels above 0, got/,
            );
          }
        }));
    }
    for (const value of tooLarge) {
      it(`make ${name} refuse ${value} as a side`, () =>
        withHost({}, async (host) => {
          for (const sides of [
            [value, 1],
            [1, value],
          ]) {
            const failure = await failureOf(() => make(host, sides[0], sides[1]));
            assert.equal(failure.code, "TOO_LARGE");
            const message = `maxSide allows 16384 pixels, asked for ${value}`;
            assert.ok(failure.errMsg.endsWith(message), failure.errMsg);
          }
        }));
    }
    it(`make ${name} allow the longest side and the largest area, and not one more`, () =>
      withHost({}, async (host) => {
        make(host, SIDE, AREA / SIDE);
        host.releaseCanvas("a");
        assert.match(
          (await failureOf(() => make(host, SIDE, AREA / SIDE + 1))).errMsg,
          /maxPixels/,
        );
        host.releaseCanvas("a");
        assert.match((await failureOf(() => make(host, SIDE + 1, 1))).errMsg, /maxSide/);
      }));
  }

  it("hold for the sides of a canvas that the host made, too", () =>
    withHost({}, async (host) => {
      const canvas = host.createCanvas("a", 10, 10);
      const node = host.mountCanvas({ id: "n", type: "2d", width: 5, height: 5 }).node;
      for (const guarded of [canvas, node ?? assert.fail()]) {
        for (const side of ["width", "height"] as const) {
          for (const value of [-1, Number.NaN, "wide", SIDE + 1, 1e10, Number.POSITIVE_INFINITY]) {
            const before = guarded[side];
            await failureOf(() => {
              guarded[side] = value as number;
            });
            assert.equal(guarded[side], before);
          }
          guarded[side] = 20.7;
          assert.equal(guarded[side], 20);
          guarded[side] = 0;
          assert.equal(
            (await failureOf(() => host.canvasToBuffer({ canvas: guarded }))).code,
            "EMPTY_REGION",
          );
          guarded[side] = 10;
        }
      }
    }));

  it("hold for every output", () =>
    withHost({}, async (host) => {
      host.createCanvas("a", 10, 10);
      const outputs: [object, string, RegExp][] = [
        [
          { destWidth: SIDE + 1 },
          "TOO_LARGE",
          /output width: maxSide allows 16384 pixels, asked for 16385$/,
        ],
        [
          { destHeight: 1e9 },
          "TOO_LARGE",
          /output height: maxSide allows 16384 pixels, asked for 1000000000$/,
        ],
        [{ destWidth: 1e300 }, "TOO_LARGE", /maxSide/],
        [
          { destWidth: 5000, destHeight: 5000 },
          "TOO_LARGE",
          /output: maxPixels allows 16777216 pixels, asked for 5000 × 5000 = 25000000$/,
        ],
      ];
      for (const [options, code, errMsg] of outputs) {
        const failure = await failureOf(() => host.canvasToBuffer({ canvasId: "a", ...options }));
        assert.equal(failure.code, code);
        assert.match(failure.errMsg, errMsg);
      }
      const longest = await host.canvasToBuffer({ canvasId: "a", destWidth: SIDE, destHeight: 1 });
      assert.equal(longest.width, SIDE);
    }));

  it("hold for a ratio that makes the output large", () =>
    withHost({ pixelRatio: 1e6 }, async (host) => {
      host.createCanvas("a", 10, 10);
      assert.equal(
        (await failureOf(() => host.canvasToBuffer({ canvasId: "a" }))).code,
        "TOO_LARGE",
      );
      const mounting = () => host.mountCanvas({ canvasId: "b", width: 10, height: 10 });
      assert.equal((await failureOf(mounting)).code, "TOO_LARGE");
    }));

  it("can be lowered and raised by the host", () =>
    withHost({ limits: { maxSide: 20, maxPixels: 100 } }, async (host) => {
      host.createCanvas("a", 10, 10);
      assert.match(
        (await failureOf(() => host.createCanvas("b", 21, 1))).errMsg,
        /allows 20 pixels/,
      );
      assert.match(
        (await failureOf(() => host.createCanvas("b", 11, 10))).errMsg,
        /allows 100 pixels/,
      );
      const enlarged = () => host.canvasToBuffer({ canvasId: "a", destWidth: 11 });
      assert.match(
        (await failureOf(enlarged)).errMsg,
        /allows 100 pixels, asked for 11 × 10 = 110$/,
      );
    }));

  it("keep the sides of a JPEG to 65500, also when the host allows more", () =>
    withHost({ limits: { maxSide: 100_000 } }, async (host) => {
      host.createCanvas("a", 65_501, 1);
      const failure = await failureOf(() =>
        host.canvasToBuffer({ canvasId: "a", fileType: "jpg" }),
      );
      assert.deepEqual(failure.code, "TOO_LARGE");
      assert.match(failure.errMsg, /a JPEG allows 65500 pixels a side, asked for 65501 × 1$/);
      assert.equal((await host.canvasToBuffer({ canvasId: "a" })).width, 65_501);
      const options = { canvasId: "a", fileType: "jpg", width: 65_500 };
      assert.equal((await host.canvasToBuffer(options)).width, 65_500);
    }));
});
