// The realm of a project: changes of built-in prototypes stay in it, values cross both ways.
import assert from "node:assert/strict";
import { functionOf } from "../../lib/miniprogram/realm/compile.ts";
import { copyOut, createRealm } from "../../lib/miniprogram/realm/realm.ts";
import { failureOf } from "../support/hosts.ts";
import { withPage, withProject } from "../support/projects.ts";

describe("the realm of a project", () => {
  it("keeps changes of prototypes from other projects and from the library", () =>
    withProject(
      {
        "app.js":
          "String.prototype.toPx = function () { return Number(this) * wx.ratio; }; Array.prototype.last = 1; Object.prototype.polluted = 1;",
        "pages/a.js": `
          Page({ onLoad() { this.__proto__.helper = 1; this.px = "2".toPx(); this.size = wx.getSystemInfoSync(); } });`,
      },
      async ({ project, host, root }) => {
        const { openMiniProgram } = await import("../../lib/miniprogram/index.ts");
        const other = await openMiniProgram(host, { root, api: { ratio: 3 } });
        const [a, b] = [await project.openPage("pages/a"), await other.openPage("pages/a")];
        assert.deepEqual([a.instance.px, b.instance.px], [Number.NaN, 6]);
        assert.equal("toPx" in String.prototype, false);
        assert.equal("last" in Array.prototype, false);
        assert.equal("polluted" in Object.prototype, false);
        assert.equal("helper" in {}, false);
        assert.equal(a.instance.size.polluted, 1);
        other.dispose();
      },
      { api: { ratio: Number.NaN } },
    ));

  it("gives results that pass instanceof and constructor tests", () =>
    withPage(
      {
        wxml: '<canvas canvas-id="c" id="node" type="2d" /><canvas canvas-id="l" />',
        js: `Page({ async onLoad() {
          const info = wx.getSystemInfoSync();
          const promise = wx.getSystemInfoAsync();
          const fs = wx.getFileSystemManager();
          const path = wx.env.USER_DATA_PATH + "/a";
          fs.writeFileSync(path, new Uint8Array([1, 2]).buffer);
          const bytes = fs.readFileSync(path);
          const { data } = await wx.canvasGetImageData({ canvasId: "l", x: 0, y: 0, width: 1, height: 1 });
          await wx.canvasPutImageData({ canvasId: "l", x: 0, y: 0, width: 1, height: 1, data: new Uint8ClampedArray([255, 0, 0, 255]) });
          wx.setStorageSync("date", new Date(5));
          wx.setStorageSync("list", [1, { a: 1 }]);
          const error = await wx.getImageInfo({ src: "/none.png" }).catch((e) => e);
          class Mine extends Error {}
          this.checks = [
            info instanceof Object, info.constructor === Object, info.safeArea.constructor === Object,
            promise instanceof Promise, typeof promise.then, bytes instanceof ArrayBuffer, bytes.byteLength,
            data instanceof Uint8ClampedArray, data.constructor === Uint8ClampedArray,
            wx.getStorageSync("date") instanceof Date, wx.getStorageSync("date").getTime(),
            wx.getStorageSync("list").constructor === Array, Array.isArray(wx.getStorageSync("list")),
            error instanceof Error, error instanceof Mine, new Mine() instanceof Mine, new Mine() instanceof Error, error instanceof TypeError,
            wx.startBluetooth instanceof Function, [] instanceof Array, null instanceof Object,
            new Uint8Array(2) instanceof Uint8Array, wx.arrayBufferToBase64(new Uint8Array([65]).buffer),
          ];
        }, onReady() { this.sloppy = (function () { return wx.createSelectorQuery().in(this); })(); } })`,
      },
      async (page) => {
        await page.waitFor("idle");
        assert.deepEqual(copyOut(page.instance.checks), [
          ...[true, true, true, true, "function", true, 2, true, true, true, 5, true, true],
          ...[true, false, true, true, false, false, true, false, true, "QQ=="],
        ]);
        assert.ok(page.instance.sloppy);
      },
    ));

  it("gives code the same object when it has functions, and tasks that are promises", () =>
    withPage(
      {
        js: `Page({ onLoad() {
          const task = wx.downloadFile({ url: "https://example.com/" });
          task.catch(() => {});
          const query = wx.createSelectorQuery();
          this.checks = [wx.getFileSystemManager === wx.getFileSystemManager, typeof task.abort, typeof task.then,
            query.select("#a").boundingClientRect() === query, query.selectViewport().fields({ size: true }) === query];
          const options = { get success() { throw new Error("unreadable"); } };
          wx.getStorage(options);
        } })`,
      },
      (page) =>
        assert.deepEqual(copyOut(page.instance.checks), [true, "function", "function", true, true]),
      { onError() {}, host: { onError() {} } },
    ));

  it("runs no callbacks after its end", () =>
    withPage(
      {
        js: `Page({ start() { this.log = []; wx.getSystemInfoAsync({ success: () => this.log.push("success") });
          wx.getSystemInfoAsync().then(() => this.log.push("resolved"));
          wx.getImageInfo({ src: "/none" }).catch(() => this.log.push("rejected")); this.setData({}, () => this.log.push("told")); setTimeout(() => this.log.push("timer")); } })`,
      },
      async (page, { project }) => {
        page.instance.start();
        project.dispose();
        await new Promise((resolve) => setTimeout(resolve, 30));
        assert.deepEqual(copyOut(page.instance.log), []);
        assert.equal((await failureOf(() => project.openPage("pages/a"))).code, "DISPOSED");
      },
    ));

  it("lets code declare the names that it lacks, and its own built-ins; globals replace those", () =>
    withPage(
      {
        js: `const Image = "image"; let fetch = 1; class Map {} var process = 2; function JSON() {}
          Page({ onLoad() { this.names = [Image, fetch, Map.name, process, JSON.name, typeof window, typeof Buffer, Math.floor(1.5), Date.now()]; } })`,
      },
      (page) =>
        assert.deepEqual(copyOut(page.instance.names), [
          ...["image", 1, "Map", 2, "JSON", "undefined", "undefined", 1, 7],
        ]),
      { globals: { Date: { now: () => 7 } } },
    ));

  it("loads parts of a subpackage by require with a callback, and by require.async", () =>
    withPage(
      {
        "part.js": "exports.n = 1;",
        js: `Page({ onLoad() { this.log = []; require("../part", (part) => this.log.push(part.n)); require("../none", () => {}, (e) => this.log.push(e.code));
          require.async("../part").then((part) => this.log.push(part.n)); } })`,
      },
      async (page) => {
        await page.waitFor("idle");
        assert.deepEqual(copyOut(page.instance.log), [1, "SOURCE", 1]);
      },
    ));
});

describe("values between realms", () => {
  const realm = createRealm();
  const evaluate = (text: string) =>
    realm.run(functionOf(`return ${text}`, "a.js", { names: [] }))();

  it("are copied in both directions, circles included", () => {
    const circle: Record<string, unknown> = { list: [1, { deep: new Date(3) }], nothing: null };
    circle.self = circle;
    const own = realm.own(circle) as typeof circle;
    assert.notEqual(own, circle);
    assert.equal(own.self, own);
    assert.equal(Object.getPrototypeOf(own), evaluate("Object.prototype"));
    const back = copyOut(own) as typeof circle;
    assert.equal(back.self, back);
    assert.deepEqual(Object.getPrototypeOf(back.list), Array.prototype);
    assert.equal(realm.own(evaluate("globalThis.made = [1]")), realm.global.made);
  });

  it("keep their identity when they have a class", () => {
    class Thing {}
    const thing = new Thing();
    assert.equal(realm.own(thing), thing);
    assert.equal(copyOut(thing), thing);
    const nothing = () => {};
    assert.equal(realm.own(nothing), realm.own(nothing));
    const array = evaluate("new Uint8Array(1)");
    assert.equal(realm.own(array), array);
    assert.deepEqual(
      Object.keys(realm.own(Object.create(null, { a: { value: 1, enumerable: true } })) as object),
      ["a"],
    );
    const buffer = realm.own(Buffer.from("a")) as Uint8Array;
    assert.equal(buffer.constructor, evaluate("Uint8Array"));
  });
});
