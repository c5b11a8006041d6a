// An open page: its lifecycle, and how it is driven.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { openMiniProgram } from "../../lib/miniprogram/index.ts";
import { copyOut } from "../../lib/miniprogram/realm/realm.ts";
import { failureOf } from "../support/hosts.ts";
import { assertPixel, decode } from "../support/pictures.ts";
import { withPage, withProject } from "../support/projects.ts";

/** Copies data of the other realm into this one. */
function same(actual: unknown, expected: unknown): void {
  assert.deepEqual(copyOut(actual), expected);
}

const component = (name: string) => `
  const log = getApp().log;
  Component({
    lifetimes: { created() { log.push("${name} created"); }, attached() { log.push("${name} attached"); },
      ready() { log.push("${name} ready"); }, detached() { log.push("${name} detached"); } },
    pageLifetimes: { show() { log.push("${name} show"); } },
  });`;

describe("a page's life", () => {
  const files = {
    "app.js": "App({ log: [] })",
    wxml: '<c-a wx:if="{{ shown }}"><c-b /></c-a>',
    json: { usingComponents: { "c-a": "./a-component", "c-b": "./b-component" } },
    "pages/a-component.js": component("a"),
    "pages/a-component.wxml": "<slot />",
    "pages/b-component.js": component("b"),
    js: `const { log } = getApp();
      Page({ data: { shown: true },
        onLoad() { log.push("onLoad " + getCurrentPages().length); }, onShow() { log.push("onShow"); },
        onReady() { log.push("onReady"); }, onUnload() { log.push("onUnload"); } });`,
  };

  it("has the events of a phone, its components too", () =>
    withPage(files, (page, { project }) => {
      same(project.app.log, [
        "a created",
        "b created",
        "a attached",
        "b attached",
        "onLoad 1",
        "a show",
        "b show",
        "onShow",
        "a ready",
        "b ready",
        "onReady",
      ]);
      project.app.log.length = 0;
      page.close();
      page.close();
      same(project.app.log, ["onUnload", "b detached", "a detached"]);
    }));

  it("is ready after the promises and short timers of onLoad, which may fill it", () =>
    withPage(
      {
        js: `const log = getApp().log; Page({
          async onLoad() {
            setTimeout(() => setTimeout(() => { this.setData({ shown: true }); log.push("shown"); }));
            setTimeout(() => log.push("late"), 5000);
            await null;
            log.push("promise");
          },
          onReady() {
            log.push("onReady");
            const query = wx.createSelectorQuery();
            query.select("canvas").boundingClientRect((box) => log.push(box.width)).exec();
          } });`,
        wxml: '<canvas wx:if="{{ shown }}" canvas-id="c" style="width: {{ shown ? 20 : 10 }}px" />',
        "app.js": "App({ log: [] })",
      },
      async (page, { project }) => {
        await page.waitFor("idle");
        same(project.app.log, ["promise", "shown", "onReady", 20]);
      },
    ));

  it("does not wait long for endless loops, and opens pages one after another", () =>
    withProject(
      {
        "app.js": "App({ log: [] })",
        "pages/a.js": `const { log } = getApp(); Page({
          onLoad({ id }) { log.push("onLoad " + id); setInterval(() => {}, 1); },
          onReady() { log.push("onReady " + this.options.id); } });`,
      },
      async ({ project }) => {
        const begin = performance.now();
        await Promise.all([project.openPage("pages/a?id=1"), project.openPage("pages/a?id=2")]);
        assert.ok(performance.now() - begin < 2000);
        same(project.app.log, ["onLoad 1", "onReady 1", "onLoad 2", "onReady 2"]);
      },
    ));

  it("fails with its code when the project ends before it is ready", () =>
    withProject({ "pages/a.js": "Page({})" }, async ({ project }) => {
      const opening = failureOf(() => project.openPage("pages/a"));
      await null;
      project.dispose();
      assert.equal((await opening).code, "DISPOSED");
    }));

  it("attaches components later, which are ready then", () =>
    withPage(files, async (page, { project }) => {
      page.instance.setData({ shown: false });
      project.app.log.length = 0;
      page.instance.setData({ shown: true });
      page.instance.setData({ other: 1 });
      await page.waitFor("idle");
      same(project.app.log, [
        "a created",
        "b created",
        "a attached",
        "b attached",
        "a ready",
        "b ready",
      ]);
    }));

  it("ends before events that are still due", () =>
    withPage(files, async (page, { project }) => {
      page.instance.setData({ shown: false });
      page.instance.setData({ shown: true });
      page.close();
      project.app.log.length = 0;
      page.instance.setData({ shown: true });
      await wait(10);
      same(project.app.log, []);
    }));

  it("may be a component's, with the query as properties", () =>
    withPage(
      {
        wxml: '<view id="{{ id }}" />',
        js: `Component({ properties: { id: String }, data: { n: 1 },
          methods: { onLoad(query) { this.loaded = query.id + this.data.id; }, async onShow() { this.shown = true; } } })`,
      },
      (page) => {
        assert.deepEqual([page.instance.loaded, page.instance.shown], ["77", true]);
        assert.deepEqual(page.data, { id: "7", n: 1 });
      },
      { query: "?id=7" },
    ));

  it("has its own fields in each page, and behaviors", () =>
    withProject(
      {
        "pages/a.js": `
          const shared = { made: new (class Made {})() };
          Page({ list: [1], nested: { a: [2] }, made: shared.made, shared, behaviors: [Behavior({ data: { b: 1 } })],
            observers: { "x"(x) { this.seen = x; } }, methods: "kept" });`,
      },
      async ({ project }) => {
        const [one, two] = [await project.openPage("pages/a"), await project.openPage("pages/a")];
        one.instance.list.push(2);
        one.instance.nested.a.push(3);
        same([two.instance.list, two.instance.nested, two.data], [[1], { a: [2] }, { b: 1 }]);
        assert.equal(one.instance.made, two.instance.made);
        one.instance.setData({ x: 5 });
        assert.deepEqual(
          [one.instance.seen, two.instance.seen, one.instance.methods],
          [5, undefined, "kept"],
        );
      },
    ));

  it("reports rejections of its code, and errors that it throws later", async () => {
    const errors: unknown[] = [];
    await withPage(
      {
        js: `Page({ async onLoad() { throw new Error("rejected"); },
          onReady() { setTimeout(() => { throw new Error("timer"); }, 1); this.setData({}, () => { throw new Error("told"); });
            Promise.resolve().then(() => this.setData({}, 1));
            wx.getStorageInfo({ success() { throw new Error("callback"); } });
            wx.getSystemInfo({ success() { throw new Error("at once"); } });
            wx.getImageInfo({ src: "none.png" });
            wx.createCanvasContext("c").draw(false, () => { throw new Error("drawn"); }); } })`,
        wxml: '<canvas canvas-id="c" />',
      },
      async (page) => {
        await page.waitFor("idle");
        await wait(20);
        const all = ["at once", "callback", "drawn", "none.png", "rejected", "timer", "told"];
        const found = all.filter((word) => errors.some((error) => String(error).includes(word)));
        assert.deepEqual(found, all);
      },
      { onError: (error) => errors.push(error) },
    );
  });
});

describe("page.select", () => {
  const files = {
    wxml: `<view class="outer"><my-c id="c" class="k l" data-n="1"><canvas canvas-id="legacy" class="slot" /></my-c></view>
      <my-e id="e" /><canvas type="2d" id="node" /><view id="plain" />`,
    json: { usingComponents: { "my-c": "./c", "my-e": "./e" } },
    "pages/c.js": "Component({ data: { is: 'c' } })",
    "pages/c.wxml": '<slot /><my-d id="d" class="deep" /><canvas canvas-id="inner" id="inner" />',
    "pages/c.json": { usingComponents: { "my-d": "./d" } },
    "pages/d.js": "Component({ data: { is: 'd' } })",
    "pages/e.js": "Component({ export() { return { exported: true }; } })",
  };

  it("finds components and canvases, and >>> those in components", () =>
    withPage(files, (page) => {
      for (const selector of ["#c", ".k.l", "my-c", ".outer .k", ".outer > #c", "none, #c"]) {
        assert.equal(page.select(selector)?.data.is, "c", selector);
      }
      assert.equal(page.select("#d"), null);
      assert.equal(page.select("my-c > #d"), null);
      assert.equal(page.select("#c >>> #d").data.is, "d");
      assert.equal(page.select(".outer >>> .deep").data.is, "d");
      same(page.select("#e"), { exported: true });
      assert.equal(page.select("#plain"), null);
      assert.equal(page.select("#none"), null);
      const node = page.select("#node");
      assert.equal(typeof node.createImage, "function");
      assert.equal(page.select("#legacy").width, 300);
      assert.equal(page.select(".slot"), page.select("#legacy"));
      assert.equal(page.instance.selectComponent("#c"), page.select("#c"));
    }));

  it("refuses anything but a selector", () =>
    withPage(files, async (page) => {
      for (const selector of ["", "#", "a >", "a::b", 1, "a[", "a,"]) {
        const failure = await failureOf(() => page.select(selector as string));
        assert.match(failure.message, /^select:fail selector: expected #id, .class, a tag/);
      }
    }));
});

describe("page.trigger", () => {
  const files = {
    wxml: `
      <view id="outer" bindtap="outer" capture-bind:tap="captured" data-a="{{ 1 }}">
        <view id="middle" catch:tap="middle"><view id="inner" bind:tap="inner" mark:m="{{ 2 }}"><text id="text" /></view></view>
        <view id="open" bind:tap="inner" />
        <my-c id="c" bind:done="done" bind:tap="inner" />
        <input id="input" bindinput="input" /><view id="wrong" bindtap="wrong" /><view id="async" bindtap="later" />
      </view>`,
    json: { usingComponents: { "my-c": "./c" } },
    "pages/c.js": `Component({ methods: { tapped(e) { this.triggerEvent("done", { n: e.detail.n }, {}); } } })`,
    "pages/c.wxml": '<view id="button" bindtap="tapped" />',
    js: `const log = (name) => function (e) { (this.log = this.log || []).push(name); this.last = e; };
      Page({ outer: log("outer"), captured: log("captured"), middle: log("middle"), inner: log("inner"),
        done: log("done"), input: log("input"), wrong() { nothing(); }, async later() { await null; nothing(); } })`,
  };

  it("sets the data that a form control is bound to, before its handler runs", () =>
    withPage(
      {
        wxml: `<input id="name" model:value="{{ name }}" bindinput="typed" /><input id="plain" bindinput="typed" />
          <switch id="switch" model:checked="{{ isOn }}" /><my-c id="c" model:value="{{ name }}" />`,
        json: { usingComponents: { "my-c": "./c" } },
        "pages/c.js": "Component({ properties: { value: String } })",
        js: "Page({ data: { name: '', isOn: false }, typed(e) { this.seen = [this.data.name, e.detail.value]; } })",
      },
      (page) => {
        page.trigger("#name", "input", { value: "小满" });
        assert.deepEqual([...page.instance.seen], ["小满", "小满"]);
        page.trigger("#switch", "change", { value: true });
        page.trigger("#switch", "change", null);
        page.trigger("#plain", "input", { value: "x" });
        page.trigger("#c", "input", { value: "y" });
        page.trigger("#c", "change");
        assert.deepEqual(page.data, { name: "小满", isOn: true });
        assert.equal(page.select("#c").data.value, "小满");
      },
    ));

  it("bubbles, captures and catches as WeChat does", () =>
    withPage(files, (page) => {
      const { instance } = page;
      const logOf = (...args: Parameters<typeof page.trigger>) => {
        instance.log = [];
        page.trigger(...args);
        return instance.log;
      };
      assert.deepEqual(logOf("#text", "tap", { x: 1 }), ["captured", "inner", "middle"]);
      same(instance.last.detail, { x: 1 });
      same([instance.last.target.id, instance.last.currentTarget.id], ["text", "middle"]);
      assert.deepEqual(logOf("#open", "tap"), ["captured", "inner", "outer"]);
      same(instance.last.currentTarget.dataset, { a: 1 });
      assert.deepEqual(logOf("#c >>> #button", "tap", { n: 3 }), [
        "captured",
        "done",
        "inner",
        "outer",
      ]);
      assert.deepEqual(logOf("#input", "input", { value: "v" }), ["input"]);
      assert.deepEqual(logOf("#c", "done", 7), ["done"]);
      assert.equal(instance.last.detail, 7);
      assert.deepEqual(logOf("#inner", "longpress"), []);
      assert.equal(JSON.parse(JSON.stringify(instance.last)).type, "done");
    }));

  it("throws what a handler throws, and names a missing element", async () => {
    const errors: unknown[] = [];
    await withPage(
      files,
      async (page) => {
        assert.match(
          (await failureOf(() => page.trigger("#wrong", "tap"))).message,
          /nothing is not defined/,
        );
        const missing = await failureOf(() => page.trigger("#none", "tap"));
        assert.deepEqual(
          [missing.code, missing.errMsg],
          ["NOT_FOUND", 'trigger:fail the page pages/a has no element "#none"'],
        );
        page.trigger("#async", "tap");
        await wait(1);
        assert.match(String(errors), /nothing is not defined/);
        page.close();
        assert.equal((await failureOf(() => page.trigger("#inner", "tap"))).code, "DISPOSED");
      },
      { onError: (error) => errors.push(error) },
    );
  });

  it("calls the handler that the code has assigned to its instance since", () =>
    withPage(
      {
        wxml: '<view id="a" bindtap="tap" /><view id="b" bindtap="late" />',
        js: `Page({ tap() { this.called = "first"; }, onLoad() {
          this.tap = () => { this.called = "second"; }; this.late = () => { this.called = "late"; }; } })`,
      },
      (page) => {
        page.trigger("#a", "tap");
        assert.equal(page.instance.called, "second");
        page.trigger("#b", "tap");
        assert.equal(page.instance.called, "late");
      },
    ));

  it("calls WXS for events and for changed properties, with descriptors of components", () =>
    withPage(
      {
        "pages/w.wxs": `
          var log = [];
          module.exports = {
            changed: function (now, before, owner, node) {
              var state = node.getState(); state.times = (state.times || 0) + 1;
              owner.callMethod("told", [now, before, state.times, node.getDataset().n, node.hasClass("b"), owner.getState() === state]);
              owner.callMethod("none");
            },
            tapped: function (event, owner) {
              var inner = owner.selectComponent("#inner");
              inner.setStyle({ width: "1px" }).addClass("x").removeClass("b").triggerEvent("custom", 3);
              inner.callMethod("told");
              var ran = 0; var id = owner.setTimeout(function () { ran++ }, 1); owner.clearTimeout(id);
              owner.requestAnimationFrame(function () { owner.callMethod("told", ["frame", ran]) });
              owner.callMethod("told", [event.type, owner.selectAllComponents(".b").length, owner.selectComponent("#no"),
                owner.getBoundingClientRect().width, owner.getComputedStyle([]).width, owner.selectComponent("#inner") === inner]);
            },
          };`,
        wxml: `<wxs module="w" src="./w.wxs" /><wxs module="inline">var w = require("./w.wxs"); module.exports = w;</wxs>
          <view id="inner" class="a b" data-n="7" change:prop="{{ inline.changed }}" prop="{{ value }}" bind:tap="{{ w.tapped }}" bind:custom="custom" />`,
        js: `Page({ data: { value: 1 }, told(what) { (this.log ||= []).push(what); }, custom(e) { this.told(e.detail); } })`,
      },
      async (page) => {
        page.instance.setData({ value: 2 });
        page.trigger("#inner", "tap");
        await page.waitFor("idle");
        assert.deepEqual(copyOut(page.instance.log), [
          [1, undefined, 1, "7", true, false],
          [2, 1, 2, "7", true, false],
          3,
          ["tap", 1, null, 0, undefined, true],
          ["frame", 0],
        ]);
      },
    ));

  it("has the fingers of touch events in their detail", () =>
    withPage(
      {
        wxml: '<canvas type="2d" bindtouchmove="move" bindtap="move" />',
        js: "Page({ move(e) { this.last = e; } })",
      },
      (page) => {
        page.trigger("canvas", "touchmove", {
          touches: [
            { x: 1, y: 2 },
            { pageX: 3, clientY: 4, identifier: 9 },
            null,
            { clientX: 5, pageY: 6 },
          ],
        });
        const { touches, changedTouches } = copyOut(page.instance.last) as Record<string, object[]>;
        const finger = (identifier: number, x: number, y: number) => ({
          identifier,
          x,
          y,
          clientX: x,
          clientY: y,
          pageX: x,
          pageY: y,
        });
        assert.deepEqual(touches, [
          finger(0, 1, 2),
          finger(9, 3, 4),
          finger(2, 0, 0),
          finger(3, 5, 6),
        ]);
        assert.deepEqual(changedTouches, touches);
        page.trigger("canvas", "touchmove", { touches: [], changedTouches: [{ x: 5, y: 6 }] });
        same(page.instance.last.touches, []);
        same(page.instance.last.changedTouches, [finger(0, 5, 6)]);
        page.trigger("canvas", "tap", null);
        same(page.instance.last.touches, []);
      },
    ));
});

describe("page.waitFor", () => {
  const files = {
    wxml: '<my-c id="c" />',
    json: { usingComponents: { "my-c": "./c" } },
    "pages/c.js": `Component({ attached() { this.triggerEvent("early", { list: [1] }); setTimeout(() => this.triggerEvent("late"), 20); } })`,
    js: `Page({ data: { n: 0 }, onLoad() { const count = () => { this.setData({ n: this.data.n + 1 }); if (this.data.n < 5) setTimeout(count, 10); }; count(); },
      loop() { this.setData({ n: this.data.n + 1 }); setTimeout(() => this.loop(), 1); },
      hang() { setTimeout(() => {}, 900); }, long() { setTimeout(() => {}, 5000); } })`,
  };

  it("resolves with the detail of an event, also of an earlier one", () =>
    withPage(files, async (page) => {
      assert.deepEqual(await page.waitFor("early"), { list: [1] });
      assert.equal(await page.waitFor("late"), undefined);
    }));

  it("resolves with the first truthy result of a function", () =>
    withPage(files, async (page) => {
      assert.equal(
        await page.waitFor((one) => one === page && page.data.n >= 3 && "three"),
        "three",
      );
      assert.equal(await page.waitFor(async () => page.data.n === 5), true);
    }));

  it("waits with idle until nothing short is pending, at most for its timeout", () =>
    withPage(files, async (page) => {
      await page.waitFor("idle");
      assert.equal(page.data.n, 5);
      page.instance.long();
      await page.waitFor("idle");
      page.instance.loop();
      const failure = await failureOf(() => page.waitFor("idle", { timeout: 50 }));
      assert.deepEqual(
        [failure.code, failure.errMsg],
        ["ABORTED", "waitFor:fail idle did not come within 50 ms"],
      );
      await page.waitFor("idle");
      assert.ok(page.data.n > 50);
    }));

  it("fails after its timeout, or when the page closes", () =>
    withPage(files, async (page) => {
      const never = await failureOf(() => page.waitFor("never", { timeout: 0 }));
      assert.match(never.errMsg, /^waitFor:fail the event "never" did not come within 0 ms/);
      assert.match(
        (await failureOf(() => page.waitFor(() => 0, { timeout: 1 }))).errMsg,
        /function waits for did not/,
      );
      assert.match(
        (await failureOf(() => page.waitFor(1 as never))).errMsg,
        /what: expected an event, a function/,
      );
      assert.match(
        (await failureOf(() => page.waitFor("idle", { timeout: -1 }))).errMsg,
        /timeout: expected milli/,
      );
      const waiting = failureOf(() => page.waitFor("never"));
      page.close();
      assert.equal((await waiting).code, "DISPOSED");
      assert.equal((await failureOf(() => page.waitFor(() => 0))).code, "DISPOSED");
    }));
});

describe("page.export", () => {
  const js = `Page({
    onReady() { this.draw("red"); },
    draw(colour) {
      const context = wx.createCanvasContext("c");
      context.setFillStyle(colour);
      context.fillRect(0, 0, 300, 150);
      context.draw(false, () => wx.canvasToTempFilePath({ canvasId: "c", success: (r) => { this.path = r.tempFilePath; } }));
    },
    save() { wx.saveImageToPhotosAlbum({ filePath: this.path }); wx.previewImage({ urls: [this.path, "https://example.com/x.png", "/images/p.svg"] }); },
    share() { wx.showShareImageMenu({ path: "/images/p.svg" }); },
    remove() { wx.getFileSystemManager().unlinkSync(this.path); },
    only() { const context = wx.createCanvasContext("only", this); context.fillStyle = "blue"; context.fillRect(0, 0, 9, 9); context.draw(); },
  })`;
  const files = {
    wxml: '<canvas canvas-id="c" /><canvas canvas-id="only" id="only" style="width: 10px; height: 20px" /><view id="v" />',
    js,
    "images/p.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1" />',
  };

  it("gives the exports since the page opened or since the last call", () =>
    withPage(
      files,
      async (page) => {
        const [first, ...rest] = await page.export();
        assert.ok(first);
        assert.deepEqual(
          [first.width, first.height, first.type, rest.length],
          [600, 300, "image/png", 0],
        );
        assertPixel((await decode(first.tempFilePath)).at(5, 5), [255, 0, 0, 255]);
        assert.deepEqual(await page.export(), []);
        page.instance.draw("lime");
        await page.waitFor("idle");
        page.instance.save();
        const [second, picture] = await page.export();
        assert.equal(second?.tempFilePath, page.instance.path);
        assert.deepEqual(
          [picture?.tempFilePath, picture?.type],
          ["/images/p.svg", "image/svg+xml"],
        );
        page.instance.share();
        const [shared] = await page.export();
        assert.equal(shared?.tempFilePath, "/images/p.svg");
        page.instance.draw("blue");
        await page.waitFor("idle");
        page.instance.remove();
        assert.deepEqual(await page.export(), []);
      },
      { host: { pixelRatio: 2 } },
    ));

  it("waits for timeouts up to three seconds, while there is no picture", () =>
    withPage(
      {
        ...files,
        js: js.replace(
          'onReady() { this.draw("red"); }',
          `onReady() {
          setInterval(() => {}, 1000);
          setTimeout(() => {}, 5000);
          const again = () => setTimeout(again, 1000);
          again();
          wx.createCanvasContext("c").draw(true, setTimeout(() => this.draw("red"), 1200)); },
          wait() { setTimeout(() => { this.hasWaited = true; }, 3000); }`,
        ),
      },
      async (page) => {
        assert.equal((await page.export()).length, 1);
        page.instance.wait();
        page.instance.draw("lime");
        assert.equal((await page.export()).length, 1);
        assert.equal(page.instance.hasWaited, undefined);
        assert.deepEqual(await page.export(), []);
      },
    ));

  it("gives a picture once for both forms of its path", () =>
    withPage(
      files,
      async (page, { host }) => {
        await page.waitFor("idle");
        page.instance.path = host.resolvePath(page.instance.path);
        page.instance.save();
        const pictures = await page.export();
        assert.deepEqual(
          pictures.map(({ type }) => type),
          ["image/png", "image/svg+xml"],
        );
        assert.match(pictures[0]?.tempFilePath ?? "", /^wxfile:\/\/tmp_/);
      },
      { host: { tempFilePaths: "wxfile" } },
    ));

  it("exports a canvas that the page only draws", () =>
    withPage(files, async (page) => {
      page.instance.only();
      const picture = await page.export("#only", { destWidth: 20, fileType: "jpg" });
      assert.deepEqual([picture.width, picture.height, picture.type], [20, 20, "image/jpeg"]);
      assertPixel((await decode(picture.tempFilePath)).at(10, 5), [0, 0, 254, 255], 3);
      assert.match(
        (await failureOf(() => page.export("#v"))).message,
        /^export:fail selector: expected the selector of a canvas/,
      );
      assert.equal((await failureOf(() => page.export("#none"))).code, "NOT_FOUND");
    }));
});

describe("page.warnings", () => {
  it("has toasts, modals, missing pictures and refused requests", () =>
    withPage(
      {
        wxml: '<canvas canvas-id="c" id="c" /><canvas canvas-id="c" /><canvas /><canvas type="webgl" />',
        js: `Page({ onReady() {
          wx.showToast({ title: "saved" }); wx.showToast(); wx.showModal({ title: "t", content: "c" });
          const context = wx.createCanvasContext("c");
          context.drawImage("/none.png", 0, 0, 10, 10);
          context.draw(false, (r) => { this.drawn = r.errMsg; });
          wx.request({ url: "https://example.com/", fail: (e) => { this.refused = [e.errMsg, e instanceof Error]; } });
          wx.canvasToTempFilePath({ canvasId: "other", fail() {} });
          wx.getStorage({ key: "none", fail() {} });
          wx.createSelectorQuery().select("#c").fields({ node: true }).exec();
        } })`,
      },
      async (page) => {
        await page.waitFor("idle");
        const warnings = page.warnings.map(String);
        assert.deepEqual(
          warnings.slice(0, 7),
          [
            'canvas: canvas-id "c" in this page has already existed',
            'canvas: <canvas> needs a canvas-id, or type="2d"',
            'canvas: <canvas type="webgl"> is not drawn: expected "2d" or no type',
            "showToast: saved",
            "showToast: ",
            "showModal: t: c",
            'canvas: canvas-id "c" in this page has already existed',
          ]
            .slice(0, 6)
            .concat(warnings.slice(6, 7)),
        );
        const text = warnings.join("\n");
        assert.match(text, /drawCanvas: left out "\/none.png": there is no such file/);
        assert.match(text, /request: "https:\/\/example.com\/": this host does not fetch it/);
        assert.match(text, /canvasToTempFilePath: canvas is empty/);
        assert.doesNotMatch(text, /getStorage/);
        assert.match(page.instance.drawn, /^drawCanvas:fail left out/);
        assert.match(page.instance.refused[0], /^request:fail "https/);
        assert.equal(page.instance.refused[1], true);
        assert.deepEqual({ ...page.warnings[3] }, { api: "showToast", message: "saved" });
      },
    ));

  it("keeps a bounded number", () =>
    withPage(
      {
        js: "Page({ onLoad() { for (let i = 0; i < 1500; i++) wx.showToast({ title: String(i) }); } })",
      },
      (page) => assert.equal(page.warnings.length, 1000),
    ));

  it("belong to the page of the component, canvas or context", () =>
    withProject(
      {
        "pages/a.js": `Page({ context: null, onLoad() { this.context = wx.createCanvasContext("a", this); },
          draw() { this.context.fillRect(0, 0, 1, 1); this.context.draw(false, () => wx.canvasToTempFilePath({ canvasId: "a" }, this)); } })`,
        "pages/a.wxml": '<canvas canvas-id="a" />',
        "pages/b.js": `Page({ onReady() { const context = wx.createCanvasContext("a"); context.setFillStyle("red"); context.fillRect(0, 0, 9, 9);
          context.draw(false, () => wx.canvasToTempFilePath({ canvasId: "a" })); } })`,
        "pages/b.wxml": '<canvas canvas-id="a" style="width: 9px; height: 9px" />',
      },
      async ({ project, host }) => {
        const [a, b] = [await project.openPage("pages/a"), await project.openPage("pages/b")];
        a.instance.draw();
        assert.deepEqual(
          (await a.export()).map(({ width }) => width),
          [300],
        );
        assert.deepEqual(
          (await b.export()).map(({ width }) => width),
          [9],
        );
        assert.equal((await host.canvasToBuffer({ canvasId: "a" })).width, 9);
        b.close();
        assert.equal((await host.canvasToBuffer({ canvasId: "a" })).width, 300);
        host.mountCanvas({ canvasId: "host", width: 5, height: 5 });
        assert.equal((await host.canvasToBuffer({ canvasId: "host" }, a.instance)).width, 5);
        a.close();
        assert.equal(
          (await failureOf(() => host.canvasToBuffer({ canvasId: "a" }))).code,
          "NOT_FOUND",
        );
      },
    ));
});

describe("two projects on one host", () => {
  it("draw on their own canvases with the same id", () =>
    withProject(
      {
        "pages/a.js": `Page({ onLoad({ colour }) { this.colour = colour; }, draw() { const c = wx.createCanvasContext("a"); c.setFillStyle(this.colour);
          c.fillRect(0, 0, 300, 150); c.draw(false, () => wx.canvasToTempFilePath({ canvasId: "a" })); } })`,
        "pages/a.wxml": '<canvas canvas-id="a" />',
      },
      async ({ project, host, root }) => {
        const other = await openMiniProgram(host, { root });
        const pages = [
          await project.openPage("pages/a?colour=red"),
          await other.openPage("pages/a?colour=blue"),
        ];
        for (const page of pages) page.instance.draw();
        const pictures = await Promise.all(
          pages.map(async (page) => decode((await page.export())[0]?.tempFilePath as string)),
        );
        assert.deepEqual(
          pictures.map((picture) => picture.at(5, 5).slice(0, 3)),
          [
            [255, 0, 0],
            [0, 0, 255],
          ],
        );
      },
    ));
});

describe("an object that another framework has for a component", () => {
  it("means the component whose id it has, in wx and in its warnings", () => {
    const code = `
      const copied = (instance) => Object.hasOwn(instance, "__wxExparserNodeId__") && { __wxExparserNodeId__: instance.__wxExparserNodeId__ };
      async function draw(mine = copied(this)) {
        const context = wx.createCanvasContext("c", mine);
        context.drawImage("none.png", 0, 0);
        await new Promise((drawn) => context.draw(false, drawn));
        const query = wx.createSelectorQuery().in(mine);
        const { width } = await new Promise((answer) => query.select("canvas").boundingClientRect(answer).exec());
        await wx.canvasToTempFilePath({ canvasId: "c" }, mine);
        return width;
      }`;
    return withPage(
      {
        json: { usingComponents: { short: "./short", built: "./built" } },
        wxml: '<short id="a" /><built id="b" />',
        "pages/short.js": `${code} Component({ methods: { draw } })`,
        "pages/short.wxml": '<canvas canvas-id="c" style="width: 20px" />',
        "pages/built.js": `${code} Component().methods({ draw }).register()`,
        "pages/built.wxml": '<canvas canvas-id="c" style="width: 30px" />',
        "pages/later.js": "Page({})",
      },
      async (page, { project }) => {
        const later = await project.openPage("pages/later");
        assert.deepEqual(
          [await page.select("#a").draw(), await page.select("#b").draw()],
          [20, 30],
        );
        const pictures = await page.export();
        assert.deepEqual(
          pictures.map(({ width }) => width),
          [20, 30],
        );
        assert.deepEqual([page.warnings.length, later.warnings.length], [2, 0]);
        const unknown = { __wxExparserNodeId__: "none" };
        await assert.rejects(page.select("#a").draw(unknown), /property 'width' of .* null/);
      },
      { host: { onError() {} } },
    );
  });
});

describe("canvases that follow the data", () => {
  it("are mounted, resized and unmounted, and keep their pixels at the same size", () =>
    withPage(
      {
        wxml: `<canvas wx:for="{{ list }}" wx:key="*this" canvas-id="{{ item }}" id="{{ item }}" style="width: {{ width }}px; height: 10px" />
          <canvas wx:if="{{ node }}" id="node" type="{{ node }}" canvas-id="node" />`,
        js: `Page({ data: { list: ["a", "b"], width: 10, node: "" },
          draw() { for (const id of this.data.list) { const c = wx.createCanvasContext(id); c.setFillStyle("red"); c.fillRect(0, 0, 9, 9); c.draw(); } } })`,
      },
      async (page, { host }) => {
        const red = async (id: string) => {
          const { data } = await host.canvasToBuffer({ canvasId: id });
          const picture = await decode(data);
          return [picture.width, picture.at(1, 1)[0]];
        };
        page.instance.draw();
        page.instance.setData({ other: 1 });
        assert.deepEqual(
          [await red("a"), await red("b")],
          [
            [10, 255],
            [10, 255],
          ],
        );
        page.instance.setData({ list: ["b", "c"] });
        assert.deepEqual(await red("b"), [10, 255]);
        assert.deepEqual(await red("c"), [10, 0]);
        assert.equal((await failureOf(() => red("a"))).code, "NOT_FOUND");
        page.instance.setData({ width: 20 });
        assert.deepEqual(await red("b"), [20, 0]);
        page.instance.setData({ node: "2d" });
        const node = page.select("#node");
        assert.equal(node.width, 300);
        page.instance.setData({ node: "webgl" });
        assert.equal(page.select("#node"), null);
      },
    ));

  it("make the call fail that shows one without a size", () =>
    withPage(
      {
        wxml: '<view><canvas wx:if="{{ shown }}" canvas-id="a" style="height: 100%" /></view>',
        js: "Page({ data: { shown: false } })",
      },
      (page) => {
        assert.throws(
          () => page.instance.setData({ shown: true }),
          /only a layout could tell its height/,
        );
      },
    ));
});

describe("selector queries of a project", () => {
  it("find nodes and components besides canvases, with the sizes of styles", () =>
    withPage(
      {
        wxml: `<view id="v" class="box x" data-n="{{ 1 }}" mark:m="2" style="left: 3px"><image id="i" mode="widthFix" /></view>
          <my-c id="c" label="l" /><canvas canvas-id="k" id="k" style="width: 7px; height: 8px" />`,
        wxss: ".box { position: absolute; top: 5px; width: 20px; height: 10px; padding: 1px }",
        json: { usingComponents: { "my-c": "./c" } },
        "pages/c.js": "Component({ properties: { label: String } })",
        "pages/c.wxml": '<view class="in" />',
      },
      async (page) => {
        const { instance } = page;
        const ask = (build: (query: ReturnType<typeof instance.createSelectorQuery>) => void) =>
          new Promise<unknown>((resolve) => {
            const query = instance.createSelectorQuery();
            build(query);
            query.exec((answers) => resolve(copyOut(answers)));
          });
        const all = { id: true, dataset: true, mark: true, rect: true, size: true };
        assert.deepEqual(await ask((query) => query.select("#v").fields(all)), [
          {
            id: "v",
            dataset: { n: 1 },
            mark: { m: "2" },
            left: 3,
            top: 5,
            right: 25,
            bottom: 17,
            width: 22,
            height: 12,
          },
        ]);
        assert.deepEqual(
          await ask((query) =>
            query.select("#i").fields({ properties: ["mode", "none"], size: true }),
          ),
          [{ mode: "widthFix", width: 320, height: 240 }],
        );
        assert.deepEqual(
          await ask((query) => query.select("#c").fields({ properties: ["label"] })),
          [{ label: "l" }],
        );
        assert.deepEqual(
          await ask((query) =>
            query.select("#k").fields({ properties: ["canvasId", "class"], size: true }),
          ),
          [{ canvasId: "k", class: "", width: 7, height: 8 }],
        );
        assert.deepEqual(
          await ask((query) => query.selectAll(".box, #none").boundingClientRect()),
          [
            [
              {
                id: "v",
                dataset: { n: 1 },
                left: 3,
                top: 5,
                right: 25,
                bottom: 17,
                width: 22,
                height: 12,
              },
            ],
          ],
        );
        const inner = await ask((query) =>
          query.in(page.select("#c")).select(".in").fields({ size: true }),
        );
        assert.deepEqual(inner, [{ width: 375, height: 0 }]);
        assert.deepEqual(await ask((query) => query.select(".in").fields({ id: true })), [null]);
        assert.deepEqual(await ask((query) => query.selectViewport().fields({ size: true })), [
          { width: 375, height: 603 },
        ]);
      },
    ));

  it("answer for the shown page, and null without one", () =>
    withProject(
      {
        "pages/a.js":
          "globalThis.ask = (done) => wx.createSelectorQuery().select('#k').fields({ id: true }).exec((r) => done(r[0])); Page({})",
        "pages/a.wxml": '<view id="k" />',
      },
      async ({ project }) => {
        const page = await project.openPage("pages/a");
        const { ask } = page.instance.constructor.constructor("return globalThis")();
        same(await new Promise(ask), { id: "k" });
        page.close();
        assert.equal(await new Promise(ask), null);
      },
    ));
});

describe("the api of a project", () => {
  const server = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(request.url === "/text" ? "no json" : JSON.stringify({ url: request.url }));
  });
  let origin: string;
  before((done) => {
    server.listen(0, "127.0.0.1", () => {
      origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      done();
    });
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it("answers by callbacks and promises, at once where WeChat does, also in groups", () =>
    withPage(
      {
        js: `Page({ async onLoad() {
          const log = this.log = [];
          log.push(await wx.login(), (await wx.cloud.getTempFileURL({ fileList: ["a"] })).fileList, wx.getAccountInfoSync().appId, wx.constant);
          wx.fails({ fail: (e) => log.push(e.errMsg), complete: () => log.push("complete") });
          wx.request({ url: "x", success: ({ data }) => log.push(data) }).abort();
          log.push(wx.getMenuButtonBoundingClientRect().top);
          log.push(wx.cloud.init({}), Array.isArray(wx.list), wx.list instanceof Array, typeof wx.notThere);
        } })`,
      },
      async (page) => {
        await page.waitFor("idle");
        same(page.instance.log, [
          { code: "c", errMsg: "login:ok" },
          [{ fileID: "a" }],
          "wx1",
          5,
          9,
          "initialized",
          true,
          true,
          "undefined",
          "fails:fail no",
          "complete",
          "x",
        ]);
      },
      {
        api: {
          login: () => ({ code: "c" }),
          cloud: {
            init: () => "initialized",
            getTempFileURL: async ({ fileList }: { fileList: string[] }) => ({
              fileList: fileList.map((fileID) => ({ fileID })),
            }),
          },
          getAccountInfoSync: () => ({ appId: "wx1" }),
          constant: 5,
          getMenuButtonBoundingClientRect: () => ({ top: 9 }),
          list: [1],
          fails() {
            throw new Error("no");
          },
          request: ({ url }: { url: string }) => ({ data: url }),
          nothing: () => undefined,
        },
      },
    ));

  it("may answer with undefined", () =>
    withPage(
      { js: "Page({ async onLoad() { this.result = await wx.nothing(); } })" },
      async (page) => {
        await page.waitFor("idle");
        same(page.instance.result, { errMsg: "nothing:ok" });
      },
      { api: { nothing: () => undefined } },
    ));

  it("has a request function under the host's policy", () =>
    withPage(
      {
        js: `Page({ get(options) { return new Promise((resolve) => { this.task = wx.request({ ...options, complete: resolve }); this.task.abort(); }); } })`,
      },
      async (page) => {
        const get = async (options: object) =>
          copyOut(await page.instance.get(options)) as Record<string, unknown>;
        const answer = await get({ url: `${origin}/a`, data: { q: "x y", n: 1 } });
        assert.deepEqual(answer.data, { url: "/a?q=x%20y&n=1" });
        assert.deepEqual(
          [answer.statusCode, answer.header],
          [200, { "content-type": "application/json" }],
        );
        assert.deepEqual((await get({ url: `${origin}/a?b`, data: { c: 1 } })).data, {
          url: "/a?b&c=1",
        });
        assert.deepEqual((await get({ url: `${origin}/a`, data: {} })).data, { url: "/a" });
        assert.equal((await get({ url: `${origin}/text` })).data, "no json");
        assert.equal((await get({ url: `${origin}/text`, dataType: "text" })).data, "no json");
        const bytes = (
          await page.instance.get({ url: `${origin}/text`, responseType: "arraybuffer" })
        ).data;
        assert.equal(Buffer.from(bytes).toString(), "no json");
        assert.match(
          (await get({ url: 1 })).errMsg as string,
          /^request:fail url: expected a string/,
        );
        assert.match(
          (await get({ url: origin, method: "POST" })).errMsg as string,
          /method: expected "GET", got POST/,
        );
        await page.instance.get(undefined);
      },
      { host: { images: { remote: true, privateOrigins: (url) => url.origin === origin } } },
    ));

  it("has further names for its files", () =>
    withPage(
      { js: "Page({ onLoad() { this.seen = [extra, typeof window, wx.version.version]; } })" },
      (page) => same(page.instance.seen, [1, "object", "3.8.0"]),
      { globals: { extra: 1, window: {} } },
    ));
});
