// Promise 28: changes that clients make to built-ins change no picture, no file and no answer.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createHost, type Host } from "../../lib/index.ts";
import { start } from "../support/children.ts";
import { fontFile } from "../support/font-files.ts";
import { withHost } from "../support/hosts.ts";

/** Known changes of libraries for mini-programs, each well meant. */
const PATCHES = [
  "String.prototype.toPx = function () { return Number.parseFloat(this); };",
  "String.prototype.trim = function () { return this.replace(/(^\\s*)|(\\s*$)/g, ''); };",
  "String.prototype.replaceAll = function (a, b) { return this.replace(new RegExp(a, 'gm'), b); };",
  "String.prototype.startsWith = function (text) { return this.indexOf(text) === 0; };",
  "String.prototype.endsWith = function (text) { return this.slice(-text.length) === text; };",
  "String.prototype.includes = function (text) { return this.indexOf(text) > -1; };",
  "String.prototype.padStart = function (n, c) { return new Array(n - this.length + 1).join(c) + this; };",
  "String.prototype.split2 = String.prototype.split;",
  "Array.prototype.remove = function (value) { this.splice(this.indexOf(value), 1); };",
  "Array.prototype.last = function () { return this[this.length - 1]; };",
  "Array.prototype.includes = function (value) { return this.indexOf(value) !== -1; };",
  "Array.prototype.find = function (f) { for (var i = 0; i < this.length; i++) if (f(this[i])) return this[i]; return null; };",
  "Array.prototype.flat = function () { return Array.prototype.concat.apply([], this); };",
  "Array.prototype.toString = function () { return '[' + this.join() + ']'; };",
  "Object.defineProperty(Object.prototype, 'should', { get() { return this; }, configurable: true });",
  "for (const name of ['px', 'isEmpty', 'signal', 'errMsg', 'hint', 'destWidth']) Object.defineProperty(Object.prototype, name, { get() { return undefined; }, configurable: true });",
  "Object.prototype.clone = function () { return JSON.parse(JSON.stringify(this)); };",
  "Object.prototype.extend = function (other) { for (var key in other) this[key] = other[key]; return this; };",
  "Object.assign = function (target) { for (var i = 1; i < arguments.length; i++) for (var key in arguments[i]) target[key] = arguments[i][key]; return target; };",
  "Object.entries = function (o) { return Object.keys(o).map(function (key) { return [key, o[key]]; }); };",
  "Number.prototype.toFixed = function (n) { return String(Math.round(this * Math.pow(10, n)) / Math.pow(10, n)); };",
  "Function.prototype.before = function (f) { var self = this; return function () { f(); return self.apply(this, arguments); }; };",
  "Promise.prototype.finally = function (f) { return this.then((v) => (f(), v), (e) => { f(); throw e; }); };",
  "Date.prototype.format = function () { return 'yyyy'; };",
  "Number.isInteger = function (n) { return typeof n === 'number' && n % 1 === 0; };",
  "Array.prototype[Symbol.iterator] = function* () { for (var i = 0; i < this.length; i++) yield this[i]; };",
  "{ const then = Promise.prototype.then; Promise.prototype.then = function (a, b) { const self = this; return new Promise((done, fail) => then.call(self, (v) => { try { done(typeof a === 'function' ? a(v) : v); } catch (e) { fail(e); } }, (e) => { try { typeof b === 'function' ? done(b(e)) : fail(e); } catch (x) { fail(x); } })); }; }",
  "{ const { parse, stringify } = JSON; JSON.parse = function (text) { try { return parse(text); } catch (e) { return null; } }; JSON.stringify = function (value) { return stringify(value); }; }",
  "{ const { set } = Map.prototype, { add } = Set.prototype; Map.prototype.set = function (k, v) { set.call(this, k, v); }; Set.prototype.add = function (v) { add.call(this, v); }; }",
  "{ const { split, replace } = String.prototype; String.prototype.split = function (by) { return split.call(this, by); }; String.prototype.replace = function (a, b) { return replace.call(this, a, typeof b === 'function' ? b : String(b)); }; }",
  "{ const { toString } = Number.prototype; Number.prototype.toString = function (radix) { return radix ? toString.call(this, radix) : this.toFixed(2); }; }",
  "Object.keys = function (o) { var keys = []; for (var key in o) if (Object.prototype.hasOwnProperty.call(o, key)) keys.push(key); return keys; };",
  "Reflect.ownKeys = function (o) { return Object.getOwnPropertyNames(o).concat(Object.getOwnPropertySymbols(o)); }; Reflect.get = function (o, k) { return o[k]; }; Reflect.apply = function (f, self, list) { return f.apply(self, list); };",
  "Object.prototype.version = 1; Object.prototype.key = undefined;",
  "globalThis.URL = function (href) { this.href = String(href); this.hostname = this.host = 'trusted.example'; this.pathname = '/'; };",
  "Error.stackTraceLimit = 0; Error.captureStackTrace = undefined;",
  "Array.from = function (list, map) { var all = []; for (var i = 0; i < list.length; i++) all.push(map ? map(list[i], i) : list[i]); return all.length ? all : [...(list[Symbol.iterator] ? list : [])]; };",
];

/** Prints the results of all functions that clients call. */
const WORK = `
  const { createHash } = await import("node:crypto");
  const hash = (data) => createHash("sha256").update(new Uint8Array(data)).digest("hex").slice(0, 12);
  const results = {};
  const host = createHost({
    root, pixelRatio: 2, images: { remote: true, privateOrigins: [origin] },
    onError: (error) => (results.error = error.message),
  });
  globalThis.wx = host.wx;
  host.mountCanvas({ canvasId: "a", id: "a", className: "chart big", width: 120, height: 90 });
  const context = wx.createCanvasContext("a");
  context.font = "medium 20px 3D, 'PingFang SC', sans-serif";
  context.setFillStyle("rgba(200, 30, 30, 0.5)");
  context.setShadow(2, 3, 4, "#00f");
  context.filter = "blur(1px)";
  context.fillText("Price 价格 😀", 5, 30);
  context.setLineDash([4, 2], 1);
  context.strokeRect(10, 40, 50, 30);
  for (const source of ["reduced.png", "data:image/png;base64," + base64, origin + "/a.png", "none.png",
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9' style='fill:red'/></svg>"]) {
    context.drawImage(source, 60, 40, 30, 30);
  }
  const gradient = context.createLinearGradient(0, 0, 9, 9);
  gradient.addColorStop(0, "red");
  context.fillStyle = gradient;
  context.roundRect(90, 50, 20, 20, [2, 4]);
  context.fill();
  results.width = context.measureText("Price 价格 😀").width;
  results.draw = await new Promise((done) => context.draw(false, done)).then(({ errMsg }) => errMsg);
  for (const [name, options] of [["png", {}], ["jpg", { fileType: "JPG", quality: "0.8" }], ["part", { x: "10", width: 50, destWidth: 400 }]]) {
    const { tempFilePath } = await wx.canvasToTempFilePath({ canvasId: "a", ...options });
    results[name] = hash(wx.getFileSystemManager().readFileSync(tempFilePath));
    const info = await wx.getImageInfo({ src: tempFilePath });
    results[name + " info"] = [info.width, info.height, info.type];
  }
  for (const compression of ["fast", "small"]) {
    results[compression] = hash((await host.canvasToBuffer({ canvasId: "a", compression })).data);
  }
  results.remote = await wx.getImageInfo({ src: origin + "/a.png" }).then((info) => [info.width, info.height, info.type]);
  results.download = await wx.downloadFile({ url: origin + "/a.png" }).then(({ statusCode }) => statusCode);
  results.refused = await wx.getImageInfo({ src: "http://127.0.0.1:1/a.png" }).catch(({ errMsg }) => errMsg);
  results.font = await wx.loadFontFace({ family: "F", source: 'url("' + origin + '/font.woff2") format("woff2"), url(x)' }).then(({ status }) => status, ({ errMsg }) => errMsg);
  results.pixels = hash((await wx.canvasGetImageData({ canvasId: "a", x: 0, y: 0, width: 120, height: 90 })).data);
  results.query = await new Promise((done) => wx.createSelectorQuery().select(".chart.big").fields({ size: true, rect: true }).exec(done));
  const offscreen = wx.createOffscreenCanvas({ width: 30, height: 30 });
  const image = offscreen.createImage();
  results.image = await new Promise((done) => {
    image.onload = () => done([image.width, image.height]);
    image.onerror = ({ errMsg }) => done(errMsg);
    image.src = "reduced.png";
  });
  offscreen.getContext("2d").drawImage(image, 0, 0);
  results.offscreen = hash((await host.canvasToBuffer({ canvas: offscreen })).data);
  wx.setStorageSync("key", { a: [1, 2] });
  results.storage = wx.getStorageSync("key");
  results.system = wx.getSystemInfoSync();
  results.can = wx.canIUse("canvasToTempFilePath.object.fileType");
  results.invalid = await wx.canvasToTempFilePath({ canvasId: "a", x: "ten" }).catch(({ errMsg }) => errMsg);
  await host.dispose();
  console.log(JSON.stringify(results));
`;

describe("promise 28: foreign code in our realm", () => {
  it(`has no effect for ${PATCHES.length} patches of built-ins`, async () => {
    const root = fileURLToPath(new URL("../export/__pictures__/snapshot.spec.ts", import.meta.url));
    const png = await readFile(join(root, "reduced.png"));
    const font = await readFile(fontFile("noto-sans-sc", "latin-400-normal.woff2"));
    const server = createServer((request, response) =>
      response.end(request.url?.endsWith(".png") ? png : font),
    );
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const given = `const { createHost } = wxCanvas;
      const [root, origin, base64] = ${JSON.stringify([root, origin, png.toString("base64")])};`;
    try {
      const run = async (patches: readonly string[]) => {
        const { stdout, stderr, code } = await start(`${given}\n${patches.join("\n")}\n${WORK}`, {
          NODE_NO_WARNINGS: "1",
        }).ended;
        assert.deepEqual([code, stderr], [0, ""]);
        return JSON.parse(stdout);
      };
      const [expected, actual] = await Promise.all([run([]), run(PATCHES)]);
      assert.equal(expected.draw.startsWith("drawCanvas:fail left out"), true);
      assert.equal(expected.font, "loaded");
      assert.deepEqual(actual, expected);
    } finally {
      server.close();
    }
  }).timeout(60_000);

  it("affects only one object when it writes to the prototype of it", () =>
    withHost({}, (one) =>
      withHost({}, (other) => {
        const given = (host: Host): object[] => {
          const { node } = host.mountCanvas({ id: "n", type: "2d", width: 9, height: 9 });
          host.mountCanvas({ canvasId: "a", width: 9, height: 9 });
          const made = host.createCanvas("b", 9, 9);
          const contexts = [host.wx.createCanvasContext("a"), made.getContext("2d")];
          return [made, ...contexts, node as object, node?.getContext("2d") as object];
        };
        for (const instance of given(one)) Object.getPrototypeOf(instance).mine = "written";
        for (const instance of given(other)) assert.equal("mine" in instance, false);
        assert.equal("mine" in {}, false);
      }),
    ));

  it("does not disturb settings by properties of Object.prototype, which stay", () => {
    const own = Object.prototype as { specExtension?: unknown };
    own.specExtension = () => "here";
    try {
      assert.ok(createHost({ pixelRatio: 2 }).wx);
      assert.equal(typeof own.specExtension, "function");
    } finally {
      delete own.specExtension;
    }
  });
});
