// The value of `font`, looser than CSS; and lists of families.
import assert from "node:assert/strict";
import { createCanvas } from "@napi-rs/canvas";
import { isGeneric, readFamilies, writeFamilies } from "../../lib/fonts/family-list.ts";
import { readFontValue } from "../../lib/fonts/font-value.ts";
import { withHost } from "../support/hosts.ts";

describe("the value of font", () => {
  const CURRENT = 'bold 12px "Spec A", serif';
  const rows: [value: string, font: string][] = [
    ["20px Arial", "20px Arial"],
    ["italic bold 20px/1.5 Arial", "italic bold 20px Arial"],
    ["medium 30px sans-serif", "30px sans-serif"],
    ["semibold 30px sans-serif", "30px sans-serif"],
    ["undefined 30px sans-serif", "30px sans-serif"],
    ["normal undefined 30px sans-serif", "30px sans-serif"],
    ["undefined bold 30px sans-serif", "bold 30px sans-serif"],
    ["bold bold 30px Arial", "30px Arial"],
    ["600 undefined 30px Arial", "600 30px Arial"],
    ["30px 3DFont", '30px "3DFont"'],
    ["30px 3D Font, 'x y', sans-serif", '30px "3D Font", "x y", sans-serif'],
    ["30px Arial,", "30px Arial"],
    ["30px,Arial, sans-serif", "30px Arial, sans-serif"],
    ["30px , 3D Font", '30px "3D Font"'],
    ["30px", '30px "Spec A", serif'],
    ["  bold   30px  ", 'bold 30px "Spec A", serif'],
    ['30px "a\nb"', '30px "Spec A", serif'],
    ['bold 30px "a\r\nb"', 'bold 30px "Spec A", serif'],
    ["30rpx Arial", "30px Arial"],
    ["medium 30RPX", '30px "Spec A", serif'],
    ["30px 'unclosed", "30px unclosed"],
    [".5px a", "0.5px a"],
    ["oblique 10deg bold 30px A", "oblique 10deg bold 30px A"],
    ["oblique -3.5DEG 30px A", "oblique -3.5deg 30px A"],
    ["oblique 14deg 30px A", "italic 30px A"],
    ["oblique 30px A", "italic 30px A"],
    ["small-caps  semi-Condensed italic 30px A", "semi-condensed italic small-caps 30px A"],
    ["oblique 10deg condensed 30px", 'condensed oblique 10deg 30px "Spec A", serif'],
    ["condensed oblique  10DEG 30px", 'condensed oblique 10deg 30px "Spec A", serif'],
    ["large condensed oblique 9deg A", 'bold 12px "Spec A", serif'],
    ["30px Condensed, expanded", "30px Condensed, expanded"],
    ["medium A", "16px A"],
    ['20px "a\\"b"', '20px "a\\"b"'],
    ["20px a\\62 c", "20px abc"],
    ["medium 20px a\\31 b c", '20px "a1b c"'],
  ];
  for (const [value, font] of rows) {
    it(`reads ${value} as ${font}`, () =>
      withHost({}, (host) => {
        const context = host.wx.createCanvasContext("none");
        context.font = CURRENT;
        context.font = value;
        assert.equal(context.font, font);
        // What was read can be set, and reads the same.
        context.font = font;
        assert.equal(context.font, font);
      }));
  }

  it("reads the same when it is set again, and beside small caps", () =>
    withHost({}, (host) => {
      const context = host.createCanvas("a", 10, 10).getContext("2d");
      for (const style of ["oblique 10deg condensed", "condensed oblique 10deg"]) {
        context.font = `${style} 20px Arial`;
        assert.equal(context.font, "condensed oblique 10deg 20px Arial");
        const { font } = context;
        context.font = font;
        assert.equal(context.font, font);
        context.fontVariantCaps = "small-caps";
        assert.equal(context.font, "condensed oblique 10deg small-caps 20px Arial");
        context.fontVariantCaps = "normal";
        assert.equal(context.font, font);
      }
    }));

  it("comes back unchanged without a size that CSS takes", () => {
    for (const value of [
      "",
      "bold",
      "sans-serif",
      "NaNpx Arial",
      "px",
      "0.px 3d",
      "x".repeat(2000),
    ]) {
      assert.equal(readFontValue(value, CURRENT), value);
    }
    const begin = performance.now();
    readFontValue("bold ".repeat(199), CURRENT);
    assert.ok(performance.now() - begin < 1000);
  });

  it("warns once for each unusable value, on nodes and created canvases, too", async () => {
    const received: string[] = [];
    const listener = (warning: Error) => received.push(warning.message);
    process.on("warning", listener);
    await withHost({}, (host) => {
      const { node } = host.mountCanvas({ id: "a", type: "2d", width: 10, height: 10 });
      for (const context of [
        host.wx.createCanvasContext("none"),
        node?.getContext("2d"),
        host.createCanvas("b", 10, 10).getContext("2d"),
      ]) {
        assert.ok(context);
        for (const value of ["NaNpx Arial", "spec nonsense", "NaNpx Arial"]) context.font = value;
        context.font = "12px Arial";
        context.font = "12px Arial";
        assert.equal(context.font, "12px Arial");
      }
    });
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", listener);
    assert.deepEqual(received, [
      'font: "NaNpx Arial" cannot be parsed; "10px sans-serif" stays',
      'font: "spec nonsense" cannot be parsed; "10px sans-serif" stays',
    ]);
  });
});

describe("a list of families", () => {
  it("is read and written as by the engine", () => {
    const names = ["a", "b c", 'd"e', "f\\g", "serif", "中文", "1x", "\t"];
    const context = createCanvas(1, 1).getContext("2d");
    context.font = `2px ${writeFamilies(names)}`;
    assert.deepEqual(readFamilies(context.font.slice("2px ".length)), names.slice(0, -1));
    assert.deepEqual(readFamilies(` , 'a', "b\\'c" ,, d\\,e,\\0 f, \\110000 , \\`), [
      "a",
      "b'c",
      "d,e",
      "\ufffdf",
      "\ufffd",
    ]);
    assert.equal(isGeneric("Sans-Serif"), true);
    assert.equal(isGeneric("Arial"), false);
  });
});
