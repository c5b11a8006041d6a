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
  const errors: unknown[] = [];

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

  it("calls the listeners of changes when the nodes exist, also in trees that come later", () =>
    withPage(
      {
        wxml: `
          <wxs module="m">
            module.exports = {
              changed: function (now, before, owner, node) {
                owner.selectComponent(".later").setStyle({ width: "1px" });
                owner.callMethod("seen", now);
              },
              fails: function (now) { if (now) now.none.none; },
            };
          </wxs>
          <view a="{{ a }}" change:a="{{ m.changed }}"><view class="later" /></view>
          <view wx:if="{{ early }}" d="{{ early }}" change:d="{{ m.changed }}" />
          <block wx:if="{{ more }}">
            <view b="{{ more }}" change:b="{{ m.changed }}" /><view c="{{ more }}" change:c="{{ m.fails }}" />
          </block>`,
        js: `Component({
          data: { a: 1, early: 4 },
          created() { this.all = []; this.setData({ early: this.renderer !== "webview" }); },
          methods: { seen(now) { this.all.push(now); } },
        })`,
      },
      async (page) => {
        assert.deepEqual([...page.instance.all], [1]);
        page.instance.setData({ a: 2 });
        page.instance.setData({ more: 3 });
        assert.deepEqual([...page.instance.all], [1, 2, 3]);
        assert.match(String(errors), /none/);
        await page.waitFor("idle");
      },
      { onError: (error) => errors.push(error) },
    ));

  it("gives handlers the descriptor of their node", () =>
    withPage(
      {
        wxml: `
          <wxs module="m">
            module.exports = { tap: function (event) { event.instance.callMethod("none");
              event.instance.getState().n = 1; return event.instance.getDataset().n === event.instance.getState().n; } };
          </wxs>
          <view bindtap="over"><view id="a" data-n="{{ 1 }}" bindtap="{{ m.tap }}" /></view>`,
        js: "Page({ over() { this.isOver = true; } })",
      },
      (page) => {
        page.trigger("#a", "tap");
        assert.equal(page.instance.isOver, true);
      },
    ));
});
