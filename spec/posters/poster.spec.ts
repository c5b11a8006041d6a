// definePoster: the posters that it accepts, and those that it refuses.
import assert from "node:assert/strict";
import { definePoster, isPoster } from "../../lib/posters/index.ts";
import { failureOf } from "../support/hosts.ts";

const draw = () => {};
const page = { root: ".", page: "pages/a/a" };

describe("definePoster", () => {
  const right: [string, object][] = [
    ["draw", { width: 5, height: 5, draw }],
    ["sides that follow from the data", { width: () => 5, height: () => 6, draw }],
    ["legacy", { width: 5, height: 5, canvasId: "a", legacy: draw }],
    ["miniProgram", { miniProgram: page }],
    [
      "miniProgram by functions",
      { miniProgram: { root: new URL("file:///a"), page: () => "a", done: draw } },
    ],
    [
      "all settings",
      { width: 5, height: 5, draw, fileType: "jpg", quality: 1, pixelRatio: 0.5, onPicture: draw },
    ],
  ];
  for (const [name, options] of right) {
    it(`accepts ${name}`, () => {
      const poster = definePoster(options as never);
      assert.ok(isPoster(poster));
      assert.ok(Object.isFrozen(poster));
    });
  }

  const wrong: [unknown, RegExp][] = [
    [5, /^definePoster:fail poster: expected an object, got 5$/],
    [null, /poster: expected an object, got null$/],
    [{ width: 5, height: 5 }, /poster: expected one of draw, legacy, miniProgram, got an object$/],
    [
      { draw, legacy: draw },
      /poster: expected one of draw, legacy, miniProgram, got "draw and legacy"$/,
    ],
    [{ draw: 5, width: 1, height: 1 }, /draw: expected a function, got 5$/],
    [
      { draw, legacy: undefined, width: 1, height: 1, pixelratio: 2 },
      /"pixelratio": not one of the options \(fileType, quality, pixelRatio, canvasId, data, host, /,
    ],
    [{ legacy: "x", width: 1, height: 1 }, /legacy: expected a function, got "x"$/],
    [
      { draw, height: 1 },
      /width: expected logical pixels, a finite number above 0, got undefined$/,
    ],
    [{ draw, width: 1, height: 0 }, /height: expected logical pixels, .* got 0$/],
    [{ draw, width: Number.POSITIVE_INFINITY, height: 1 }, /width: .* got Infinity$/],
    [{ draw, width: 1, height: 1, canvasId: 5 }, /canvasId: expected a string, got 5$/],
    [
      { draw, width: 1, height: 1, data: {} },
      /data: expected a Standard Schema, such as z\.object\(\{ … \}\), got an object$/,
    ],
    [{ draw, width: 1, height: 1, onPicture: 5 }, /onPicture: expected a function, got 5$/],
    [
      { draw, width: 1, height: 1, fileType: "webp" },
      /fileType: expected "png" or "jpg", got "webp"$/,
    ],
    [
      { draw, width: 1, height: 1, quality: 80 },
      /quality: expected a number above 0, up to 1, got 80$/,
    ],
    [
      { draw, width: 1, height: 1, pixelRatio: "2" },
      /pixelRatio: expected a finite number above 0, got "2"$/,
    ],
    [{ miniProgram: null }, /miniProgram: expected an object with root and page, got null$/],
    [
      { miniProgram: { root: "." } },
      /miniProgram\.page: expected a page or a function, got undefined$/,
    ],
    [{ miniProgram: { ...page, done: 5 } }, /miniProgram\.done: expected a function, got 5$/],
  ];
  for (const [options, errMsg] of wrong) {
    it(`refuses ${JSON.stringify(options)}`, async () => {
      const failure = await failureOf(() => definePoster(options as never));
      assert.equal(failure.code, "INVALID");
      assert.match(failure.errMsg, errMsg);
    });
  }
});
