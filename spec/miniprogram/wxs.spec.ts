// WXS, where it differs from JavaScript: the names of types, and strings for getRegExp.
import assert from "node:assert/strict";
import { withPage } from "../support/projects.ts";

const size = async (wxml: string, data: object, files = {}): Promise<number[]> => {
  const js = `Page({ data: ${JSON.stringify(data)} })`;
  return withPage({ wxml, js, ...files }, async (page) => {
    const { width, height } = await page.export("canvas");
    return [width, height];
  });
};

describe("WXS", () => {
  it("has the name of a value's type as its constructor", async () => {
    const types = `
      <wxs module="m">
        function typeOf(value) { return value && value.constructor; }
        module.exports = {
          style: function (styles) { return styles.constructor === "Array" ? styles.join(";") : ""; },
          width: function (list, object) {
            var all = [list, object, "a", 1, true, getDate(0), getRegExp("a"), typeOf].map(typeOf);
            return all.join() === "Array,Object,String,Number,Boolean,Date,RegExp,Function" ? 20 : 10;
          },
        };
      </wxs>
      <canvas canvas-id="c" style="{{ m.style(['height: 5px', 'width: ' + m.width(list, object) + 'px']) }}" />`;
    assert.deepEqual(await size(types, { list: [1], object: { a: 1 } }), [20, 5]);
  });

  it("keeps the backslashes of strings for getRegExp, in files and in WXML", async () => {
    const unit = String.raw`
      var REGEXP = getRegExp('^-?\d+(\.\d+)?$');
      module.exports = function (value) { return REGEXP.test("" + value) ? value + "px" : "1px"; };`;
    const wxml = String.raw`
      <wxs src="/unit.wxs" module="unit" />
      <wxs module="m">
        module.exports = function (text) {
          return text.replace(getRegExp("\\s+", "g"), "").replace( getRegExp( '\'|\n' ), "") + "\\".length;
        };
      </wxs>
      <canvas canvas-id="c" style="width: {{ unit(12.5) }}; height: {{ unit('x') === '1px' ? m(' 3 \n') : 1 }}px" />`;
    assert.deepEqual(await size(wxml, {}, { "unit.wxs": unit }), [13, 31]);
  });
});
