// The frame: mini-program files run unchanged, and their pages and components live.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Host } from "../../lib/index.ts";
import { createFrame, type Frame, type FrameOptions } from "../../lib/miniprogram/index.ts";
import { copyOut } from "../../lib/miniprogram/realm/realm.ts";
import { start } from "../support/children.ts";
import { failureOf, withHost } from "../support/hosts.ts";
import { assertPixel, decode } from "../support/pictures.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "spec-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Copies data that the mini-program's realm has made into this realm. */
function same(actual: unknown, expected: unknown): void {
  assert.deepEqual(copyOut(actual), expected);
}

/** A package with these files, and a frame for it. */
async function withFrame(
  files: Record<string, string>,
  test: (frame: Frame, host: Host) => Promise<unknown> | unknown,
  options: FrameOptions = {},
): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await withHost({ root }, async (host) => {
    const frame = createFrame(host, { root, ...options });
    try {
      await test(frame, host);
    } finally {
      frame.dispose();
    }
  });
}

describe("files of a mini-program", () => {
  it("require each other by relative and package paths, and each runs once", () =>
    withFrame(
      {
        "pages/a/a.js": `
          exports.values = [require("./b"), require("./b.js"), require("../../utils/index"),
            require("/utils/index.js"), require("/utils"), require("../../data.json"),
            require("b"), require(${JSON.stringify(join(root, "utils", "index.js"))})];`,
        "pages/a/b.js": "module.exports = { name: 'b' };",
        "utils/index.js": "module.exports = { name: 'utils' };",
        "data.json": '{ "name": "data" }',
      },
      (frame) => {
        const { values } = frame.run("pages/a/a").exports;
        same(
          values.map(({ name }: { name: string }) => name),
          ["b", "b", "utils", "utils", "utils", "data", "b", "utils"],
        );
        assert.equal(values[0], values[1]);
        assert.equal(values[7], values[2]);
        assert.equal(frame.run("/pages/a/a.js").exports, frame.run("pages/a/a").exports);
      },
    ));

  it("require npm packages, built by the tools or installed by npm", () =>
    withFrame(
      {
        "pages/a.js": `exports.names =
          [require("built"), require("@scope/plain"), require("plain/lib/part"), require("mini")];`,
        "miniprogram_npm/built/index.js": "module.exports = 'built';",
        "node_modules/built/index.js": "module.exports = 'not this one';",
        "node_modules/@scope/plain/package.json": '{ "main": "lib/main" }',
        "node_modules/@scope/plain/lib/main.js": "module.exports = 'scoped';",
        "node_modules/plain/lib/part.js": "module.exports = 'part';",
        "node_modules/mini/package.json": '{ "main": "no.js", "miniprogram": "dist" }',
        "node_modules/mini/dist/index.js": "module.exports = 'mini';",
      },
      (frame) => {
        same(frame.run("pages/a").exports.names, ["built", "scoped", "part", "mini"]);
        assert.equal(frame.run("@scope/plain").exports, "scoped");
      },
    ));

  it("may require each other in circles", () =>
    withFrame(
      {
        "a.js": "exports.early = 1; exports.b = require('./b'); exports.late = 2;",
        "b.js": "exports.seen = Object.keys(require('./a'));",
      },
      (frame) => same(frame.run("a").exports.b.seen, ["early"]),
    ));

  it("see wx but no browser, in their own realm", () =>
    withFrame(
      {
        "a.js": `
          exports.types = [typeof wx.canIUse, typeof Page, typeof Component, typeof Behavior,
            typeof App, typeof getApp, typeof getCurrentPages, typeof console.log,
            typeof setTimeout, typeof extra];
          exports.absent = [typeof window, typeof document, typeof fetch, typeof navigator,
            typeof XMLHttpRequest, typeof process, typeof Buffer, typeof localStorage];
          exports.list = [];
          Array.prototype.mine = 1;
          exports.self = this === exports;`,
      },
      (frame, host) => {
        const { types, absent, list, self } = frame.run("a").exports;
        same(new Set(types), new Set(["function", "number"]));
        same(new Set(absent), new Set(["undefined"]));
        assert.equal(list.mine, 1);
        assert.ok(Array.isArray(list) && self);
        assert.equal("mine" in Object(Array.prototype), false);
        assert.ok(host.wx);
      },
      { globals: { extra: 1 } },
    ));

  it("have timers that are numbers and end with the frame", () =>
    withFrame(
      {
        "a.js": `
          exports.count = 0;
          exports.received = [];
          exports.loop = () => { exports.count++; exports.id = setTimeout(exports.loop, 1); };
          setInterval(() => exports.count++, 1);
          setTimeout((...args) => exports.received.push(...args), 1, "a", "b");
          clearTimeout(setTimeout(() => exports.received.push("cleared"), 1));
          clearInterval();
          exports.loop();`,
      },
      async (frame) => {
        const { exports } = frame.run("a");
        assert.equal(typeof exports.id, "number");
        while (exports.count <= 3 || exports.received.length === 0) {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        same(exports.received, ["a", "b"]);
        frame.dispose();
        const { count } = exports;
        exports.loop();
        frame[Symbol.dispose]?.();
        await new Promise((resolve) => setTimeout(resolve, 10));
        assert.equal(exports.count, count + 1);
      },
    ));

  it("name themselves in stacks", () =>
    withFrame({ "pages/a.js": "\n\nthrow new Error('oops');" }, (frame) => {
      assert.throws(
        () => frame.run("pages/a"),
        (error: Error) => (error.stack ?? "").includes(`${join(root, "pages/a.js")}:3`),
      );
    }));

  it("may be modules with import and export", () =>
    withFrame(
      {
        "a.js": `import b, { c } from "./b";
          import * as all from "./b.js";
          export const values = [b, c, all.c];
          export default class A {}
          export const spread = { ...all }.c ?? 0;`,
        "b.js": "export default 1;\nexport const c = 2;\nexport * from './c';",
        "c.js": "exports.d = 3;",
      },
      (frame) => {
        const exports = frame.run("a").exports;
        same(exports.values, [1, 2, 2]);
        assert.equal(typeof exports.default, "function");
        assert.equal(frame.run("b").exports.d, 3);
      },
    ));

  it("fail clearly when they do not exist or cannot be read", () =>
    withFrame(
      { "a.js": "require('./none');", "b.js": "const = 1;", "c.js": "import x from './none'" },
      async (frame) => {
        assert.match(
          (await failureOf(() => frame.run("none"))).errMsg,
          /^run:fail there is no file "none" below/,
        );
        assert.match(
          (await failureOf(() => frame.run("/none"))).errMsg,
          /^run:fail there is no file "\/none" below/,
        );
        assert.match(
          (await failureOf(() => frame.run("a"))).errMsg,
          /^require:fail there is no module ".\/none"/,
        );
        assert.match(
          (await failureOf(() => frame.run("c"))).errMsg,
          /^require:fail there is no module ".\/none"/,
        );
        assert.throws(() => frame.run("b"), SyntaxError);
      },
    ));

  it("name the transformer when modules need it and it is not installed", () =>
    withFrame({ "a.js": "export const a = 1;" }, async (frame) => {
      const { cache, resolve } = createRequire(import.meta.url);
      const path = resolve("sucrase");
      const kept = cache[path];
      cache[path] = {
        loaded: true,
        get exports() {
          const error = new Error("Cannot find module 'sucrase'");
          throw Object.assign(error, { code: "MODULE_NOT_FOUND" });
        },
      } as unknown as NodeJS.Module;
      try {
        const failure = await failureOf(() => frame.run("a"));
        assert.equal(failure.code, "SOURCE");
        assert.match(
          failure.message,
          /^run:fail .*a\.js: files with import and export need the package sucrase \(npm install/,
        );
        assert.match(String(failure.cause), /Cannot find module/);
      } finally {
        if (kept) cache[path] = kept;
        else delete cache[path];
      }
      assert.equal(frame.run("a").exports.a, 1);
    }));

  it("may define something after they ran, which belongs to no file", () =>
    withFrame({ "a.js": "exports.define = () => Component({});" }, (frame) => {
      const { exports } = frame.run("a");
      exports.define();
      same(frame.run("a").components, []);
    }));

  it("load the transformer only when they need it", async () => {
    const { ended } = start(`
      const { createFrame } = await import(${JSON.stringify(
        new URL("../../lib/miniprogram/index.ts", import.meta.url).href,
      )});
      const { writeFileSync } = await import("node:fs");
      const { createRequire } = await import("node:module");
      const loaded = () =>
        Object.keys(createRequire(import.meta.url).cache).some((path) => /sucrase/.test(path));
      const frame = createFrame(wxCanvas, { root: ${JSON.stringify(root)} });
      writeFileSync(${JSON.stringify(join(root, "a.js"))}, "exports.a = 1");
      writeFileSync(${JSON.stringify(join(root, "b.js"))}, "export const b = 1");
      console.log(frame.run("a").exports.a, loaded(), frame.run("b").exports.b, loaded());
    `);
    const { stdout, stderr } = await ended;
    assert.equal(stdout.trim(), "1 false 1 true", stderr);
  });
});

describe("what a frame cannot use", () => {
  type Use = (frame: Frame, host: Host) => unknown;
  const uses: [what: string, use: Use, message: string][] = [
    [
      "no host",
      () => createFrame({} as never),
      "createFrame:fail host: expected a host, got an object",
    ],
    [
      "a misspelt option",
      (_, host) => createFrame(host, { rot: "x" } as never),
      'createFrame:fail "rot": not one of the options (root, globals, onError)',
    ],
    [
      "a root that is no path",
      (_, host) => createFrame(host, { root: 7 } as never),
      "createFrame:fail root: expected a string, got 7",
    ],
    [
      "a path",
      (frame) => frame.run(7 as never),
      "run:fail path: expected a path below the root, got 7",
    ],
    [
      "a component",
      (frame) => frame.mountComponent(null as never),
      "mountComponent:fail component: expected a definition or a path, got null",
    ],
    [
      "canvases of a component",
      (frame) => frame.mountComponent({}, { canvases: 7 } as never),
      "mountComponent:fail canvases: expected a list, or a function, got 7",
    ],
    [
      "a page",
      (frame) => frame.openPage(7 as never),
      "openPage:fail page: expected a definition or a path, got 7",
    ],
    [
      "options of a page",
      (frame) => frame.openPage({}, 7 as never),
      "openPage:fail options: expected an object, got 7",
    ],
  ];
  for (const [what, use, message] of uses) {
    it(`is named: ${what}`, () =>
      withFrame({}, async (frame, host) => {
        assert.throws(() => use(frame, host), { code: "INVALID", message });
      }));
  }
});

describe("App and pages", () => {
  const files = {
    "app.js": `App({ globalData: { user: "u" }, onLaunch() { this.launched = true; } });`,
    "page.js": `
      Page({
        data: { list: [1], deep: { a: 1 } },
        onLoad(query) { this.order = ["load", query.id, getApp().globalData.user]; },
        onShow() { this.order.push("show"); },
        onReady() { this.order.push("ready"); },
        onUnload() { this.order.push("unload"); },
        change() { this.setData({ "list[1]": 2, "deep.b.c": 3 }, () => this.order.push("told")); },
        draw() {
          const context = wx.createCanvasContext("poster", this);
          context.setFillStyle("red");
          context.fillRect(0, 0, 10, 10);
          return new Promise((resolve, reject) => context.draw(false, () =>
            wx.canvasToTempFilePath({ canvasId: "poster", success: resolve, fail: reject }, this)));
        },
      });`,
  };

  it("live as on a phone", () =>
    withFrame(files, async (frame) => {
      frame.run("app");
      same([frame.app.globalData.user, frame.app.launched], ["u", true]);
      const { instance, close } = frame.openPage("page", { query: { id: "7" }, route: "page" });
      same(instance.order, ["load", "7", "u", "show", "ready"]);
      instance.change();
      same(instance.data, { list: [1, 2], deep: { a: 1, b: { c: 3 } } });
      assert.equal(instance.order.at(-1), "ready");
      await new Promise((resolve) => setTimeout(resolve, 5));
      assert.equal(instance.order.at(-1), "told");
      const other = frame.openPage("page");
      same(other.instance.data, { list: [1], deep: { a: 1 } });
      close();
      close();
      assert.equal(instance.order.at(-1), "unload");
    }));

  it("know the open pages, and have an app without App", () =>
    withFrame(
      { "a.js": "exports.pages = () => getCurrentPages(); exports.app = getApp();" },
      (frame) => {
        const { pages, app } = frame.run("a").exports;
        same(app, { globalData: {} });
        const first = frame.openPage({ data: {} });
        const second = frame.openPage({});
        same(pages(), [first.instance, second.instance]);
        second.close();
        same(pages(), [first.instance]);
      },
    ));

  it("create the lists on a path of data", () =>
    withFrame({}, (frame) => {
      const { instance } = frame.openPage({ data: {} });
      instance.setData(undefined as never);
      instance.setData({ "list[0].a": 2 });
      same(instance.data, { list: [{ a: 2 }] });
    }));

  it("have canvases that follow their data", () =>
    withFrame({}, async (frame, host) => {
      const { instance } = frame.openPage(
        { data: { width: 10 } },
        { canvases: ({ width }) => [{ canvasId: "a", width: width as number, height: 5 }] },
      );
      const width = async () =>
        (await decode((await host.canvasToBuffer({ canvasId: "a" })).data)).width;
      assert.equal(await width(), 10);
      instance.setData({ width: 20 });
      assert.equal(await width(), 20);
    }));

  it("are the page's scope as a component argument", () =>
    withFrame(files, async (frame) => {
      const { instance } = frame.openPage("page", {
        canvases: [{ canvasId: "poster", width: 10, height: 10 }],
      });
      const { tempFilePath } = await instance.draw();
      assertPixel((await decode(tempFilePath)).at(5, 5), [255, 0, 0, 255]);
    }));
});

describe("components", () => {
  it("are created with defaults, then get their properties, then are attached", () =>
    withFrame({}, (frame) => {
      const order: unknown[] = [];
      const { instance } = frame.mountComponent(
        {
          properties: {
            text: String,
            count: Number,
            flag: Boolean,
            list: Array,
            object: Object,
            any: null,
            either: { type: String, optionalTypes: [Number] },
            named: "Number",
            spelled: { type: "Function", value: Math.max },
            palette: {
              type: Object,
              observer(value: unknown, before: unknown) {
                order.push(["palette", value, before]);
              },
            },
            title: { type: String, value: "t", observer: "retitled" },
          },
          data: { own: 1 },
          observers: {
            "count, own": (count: number, own: number) => order.push(["observed", count, own]),
          },
          lifetimes: {
            created(this: { data: object }) {
              order.push(["created", { ...this.data }]);
            },
            attached() {
              order.push("attached");
            },
          },
          ready() {
            order.push("ready");
          },
          attached() {
            assert.fail("lifetimes come first");
          },
          methods: {
            retitled(value: string) {
              order.push(["title", value]);
            },
          },
        },
        { properties: { palette: { a: 1 }, count: "5", title: 7, unknown: 1 } },
      );
      const defaults = {
        text: "",
        count: 0,
        flag: false,
        list: [],
        object: null,
        either: "",
        any: null,
        named: 0,
        spelled: Math.max,
      };
      same(order, [
        ["created", { own: 1, ...defaults, palette: null, title: "t" }],
        ["observed", 5, 1],
        ["palette", { a: 1 }, null],
        ["title", "7"],
        "attached",
        "ready",
      ]);
      assert.equal(instance.properties, instance.data);
      assert.equal("unknown" in instance.data, false);
    }));

  it("observe paths", () =>
    withFrame({}, (frame) => {
      const received: unknown[] = [];
      const { instance } = frame.mountComponent({
        data: { a: { b: [0, 1] }, c: 0, d: 0 },
        observers: {
          "a.b[1]": (value: unknown) => received.push(["part", value]),
          "a.**": (value: unknown) => received.push(["deep", value]),
          a: (value: unknown) => received.push(["whole", value]),
          "c, d": (...values: unknown[]) => received.push(["both", ...values]),
          "**": () => received.push("all"),
        },
      });
      const set = (data: Record<string, unknown>) => {
        received.length = 0;
        instance.setData(data);
        return received;
      };
      same(set({ "a.b[1]": 2 }), [["part", 2], ["deep", { b: [0, 2] }], "all"]);
      same(set({ a: { b: [3, 4] } }), [
        ["part", 4],
        ["deep", { b: [3, 4] }],
        ["whole", { b: [3, 4] }],
        "all",
      ]);
      same(set({ c: 1, d: 2 }), [["both", 1, 2], "all"]);
      same(set({ "__proto__.polluted": 1 }), ["all"]);
      assert.equal(({} as Record<string, unknown>).polluted, undefined);
    }));

  it("convert values to the types of their properties", () =>
    withFrame({}, (frame) => {
      const { instance, setProperties } = frame.mountComponent({
        properties: { flag: Boolean, count: Number, text: String },
      });
      setProperties({ flag: 1, count: "", text: null });
      same(instance.data, { flag: true, count: 0, text: "" });
      setProperties({ flag: "", count: "2", text: 3 });
      same(instance.data, { flag: false, count: 2, text: "3" });
    }));

  it("observe a property only when it changes, and ignore observers that are no functions", () =>
    withFrame({}, (frame) => {
      const received: unknown[] = [];
      const { setProperties } = frame.mountComponent({
        properties: {
          a: { type: Number, value: 1, observer: (...values: unknown[]) => received.push(values) },
        },
        observers: { a: "none" },
      });
      setProperties({ a: 1 });
      setProperties({ a: 2 });
      same(received, [[2, 1, ["a"]]]);
    }));

  it("group their updates, and have no owner when mounted alone", () =>
    withFrame({}, (frame) => {
      const { instance } = frame.mountComponent({ data: { a: 1 } });
      instance.groupSetData(function (this: typeof instance) {
        this.setData({ a: 2 });
      });
      assert.equal(instance.data.a, 2);
      assert.equal(instance.selectOwnerComponent(), null);
      assert.equal(instance.selectComponent("#none"), null);
      same(instance.selectAllComponents(".none"), []);
    }));

  it("pass what a callback of setData throws to onError", () => {
    const errors: unknown[] = [];
    return withFrame(
      {},
      async (frame) => {
        const { instance } = frame.mountComponent({ data: {} });
        instance.setData({ a: 1 }, () => {
          throw new Error("oops");
        });
        await new Promise((resolve) => setTimeout(resolve, 5));
        assert.match(String(errors), /oops/);
      },
      { onError: (error) => errors.push(error) },
    );
  });

  it("mix in behaviors before their own members", () =>
    withFrame(
      {
        "b.js": `module.exports = Behavior({
          properties: { size: { type: Number, value: 1 } },
          data: { from: "behavior", kept: true },
          attached() { this.order = ["behavior"]; },
          methods: { who() { return "behavior"; }, only() { return "only"; } } });`,
        "c.js": `const behavior = require("./b");
          Component({ behaviors: [behavior, "wx://form-field"], data: { from: "component" },
            attached() { this.order.push("component"); },
            methods: { who() { return "component"; }, has() { return this.hasBehavior(behavior); } } });`,
      },
      (frame) => {
        const { instance } = frame.mountComponent("c");
        same(instance.data, { from: "component", kept: true, size: 1 });
        same(instance.order, ["behavior", "component"]);
        same([instance.who(), instance.only(), instance.has()], ["component", "only", true]);
      },
    ));

  it("accept behaviors as plain definitions, too", () =>
    withFrame({}, (frame) => {
      const { instance } = frame.mountComponent({
        behaviors: [{ data: { plain: 1 } }, null],
        methods: { none: 1 },
      });
      same(instance.data, { plain: 1 });
      same(frame.mountComponent({ behaviors: "none" }).instance.data, {});
      same(frame.openPage({ data: {}, options: { multipleSlots: true } }).instance.data, {});
    }));

  it("may be defined step by step", () =>
    withFrame(
      { "a.js": "exports.built = Component().data(() => ({ a: 1 })).register();" },
      (frame) => {
        assert.ok(frame.run("a").exports.built);
      },
    ));

  it("are found by their owner, and send it events", () =>
    withFrame({}, async (frame) => {
      const page = frame.openPage({});
      const events: unknown[] = [];
      const child = frame.mountComponent(
        {
          attached(this: { triggerEvent: (name: string, detail: unknown) => void }) {
            this.triggerEvent("early", { n: 0 });
          },
          methods: { hello: () => "hello" },
        },
        {
          id: "child",
          className: "a b",
          owner: page.instance,
          on: { told: ({ type, detail, target }) => events.push([type, detail, target.id]) },
        },
      );
      const exporting = frame.mountComponent(
        { export: () => ({ exported: true }) },
        { className: "b", owner: child.instance },
      );
      const { instance } = page;
      assert.equal(instance.selectComponent("#child"), child.instance);
      same(instance.selectAllComponents(".b"), [child.instance]);
      assert.equal(instance.selectComponent("#none"), null);
      same(child.instance.selectComponent(".b"), { exported: true });
      assert.equal(exporting.instance.selectOwnerComponent(), child.instance);

      same(await child.waitFor("early"), { n: 0 });
      const next = child.waitFor("told");
      child.instance.triggerEvent("told", 1);
      child.instance.triggerEvent("told", 2);
      same([await next, await child.waitFor("told")], [1, 2]);
      same(events, [
        ["told", 1, "child"],
        ["told", 2, "child"],
      ]);
      child.detach();
      assert.equal(instance.selectComponent("#child"), null);
    }));

  it("have canvases of their own, which follow their data", () =>
    withFrame(
      {
        "painter.js": `Component({
          properties: { palette: { type: Object, observer(palette) {
            this.setData({ width: palette.width, height: palette.height });
            this.paint(palette.colour);
          } } },
          data: { width: 1, height: 1 },
          methods: { paint(colour) {
            this.createSelectorQuery().select("#old").fields({ size: true }, (size) => {
              const context = wx.createCanvasContext("k", this);
              context.fillStyle = colour;
              context.fillRect(0, 0, size.width, size.height);
              context.draw(false, () => wx.canvasToTempFilePath({
                canvasId: "k",
                success: ({ tempFilePath }) => this.triggerEvent("imgOK", { path: tempFilePath }),
                fail: (error) => this.triggerEvent("imgErr", { error }),
              }, this));
            }).exec();
          } } });`,
      },
      async (frame) => {
        const mount = (width: number, height: number, colour: string) =>
          frame.mountComponent("painter", {
            properties: { palette: { width, height, colour } },
            canvases: (data) => [
              {
                canvasId: "k",
                id: "old",
                width: data.width as number,
                height: data.height as number,
              },
            ],
          });
        const painters = [mount(30, 20, "#f00"), mount(10, 40, "#00f")];
        const pictures = await Promise.all(
          painters.map(async ({ waitFor }) => decode((await waitFor("imgOK")).path)),
        );
        same(
          pictures.map(({ width, height }) => [width, height]),
          [
            [30, 20],
            [10, 40],
          ],
        );
        assertPixel(pictures[0]?.at(29, 19) ?? [0, 0, 0, 0], [255, 0, 0, 255]);
        assertPixel(pictures[1]?.at(9, 39) ?? [0, 0, 0, 0], [0, 0, 255, 255]);
      },
    ));

  it("cannot be mounted when their file does not define them", () =>
    withFrame({ "a.js": "exports.a = 1;" }, async (frame) => {
      const failure = await failureOf(() => frame.mountComponent("a"));
      assert.match(failure.errMsg, /^mountComponent:fail "a": it defines none of the components/);
      const page = await failureOf(() => frame.openPage("a"));
      assert.match(page.errMsg, /^openPage:fail "a": it defines none of the pages/);
      same(frame.run("a").pages, []);
    }));
});
