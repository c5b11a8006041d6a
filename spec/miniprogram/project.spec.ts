// A mini-program's project: the files that it reads, and its errors.
import assert from "node:assert/strict";
import { truncate, utimes } from "node:fs/promises";
import { join } from "node:path";
import { createHost } from "../../lib/index.ts";
import { isFile, readText } from "../../lib/miniprogram/files/source.ts";
import { openMiniProgram } from "../../lib/miniprogram/index.ts";
import { failureOf, withHost } from "../support/hosts.ts";
import { type Files, withFolder, withPage, withProject, write } from "../support/projects.ts";

const canvas = '<canvas canvas-id="c" style="width: 10px; height: 20px" />';

describe("openMiniProgram", () => {
  it("reads the pages of app.json and its subpackages, and runs app.js", () =>
    withProject(
      {
        "app.json": {
          pages: ["pages/a"],
          subpackages: [{ root: "packages/b/", pages: ["pages/b"] }],
        },
        "app.js": `App({ globalData: { n: 1 }, onLaunch(o) { this.scene = o.scene; }, async onShow() {} });`,
        "pages/a.js": "Page({ onLoad() { this.n = getApp().globalData.n; } })",
        "packages/b/pages/b.js": "Page({ onLoad(query) { this.query = query; } })",
      },
      async ({ project }) => {
        assert.deepEqual(project.pages, ["pages/a", "packages/b/pages/b"]);
        assert.equal(project.app.scene, 1001);
        const a = await project.openPage("/pages/a");
        assert.deepEqual([a.path, a.instance.n, a.instance.route], ["pages/a", 1, "pages/a"]);
        const b = await project.openPage("packages/b/pages/b?x=1&y=a%20b&z#hash", {
          query: { more: "2" },
        });
        assert.deepEqual({ ...b.instance.query }, { x: "1", y: "a%20b", z: "", more: "2" });
      },
    ));

  it("accepts the older name of subpackages, and a project without pages", () =>
    withFolder({ "app.json": { subPackages: [{ root: "b", pages: ["c"] }, {}] } }, (root) =>
      withHost({}, async (host) => {
        const project = await openMiniProgram(host, { root });
        assert.deepEqual(project.pages, ["b/c"]);
        await write(root, { "app.json": {} });
        const empty = await openMiniProgram(host, { root });
        const failure = await failureOf(() => empty.openPage("pages/a"));
        assert.match(failure.message, /one of the pages of app.json \(app.json has none\)/);
      }),
    ));

  it("finds the package that project.config.json names, with npm packages above it", () =>
    withFolder(
      {
        "project.config.json": { miniprogramRoot: "miniprogram/" },
        "miniprogram/app.json": { pages: ["pages/a/a"] },
        "miniprogram/app.ts": "App<{ n: number }>({ n: 1 as number });",
        "miniprogram/pages/a/a.ts": `
          import { name } from "helper";
          Page({ onLoad(): void { (this as any).helper = name; } });`,
        "miniprogram/pages/a/a.json": { usingComponents: { "ui-button": "ui/button/index" } },
        "miniprogram/pages/a/a.wxml": '<ui-button id="b" />',
        "node_modules/helper/index.js": "exports.name = 'helper';",
        "node_modules/ui/package.json": { miniprogram: "lib" },
        "node_modules/ui/lib/button/index.js": "Component({ data: { is: 'button' } });",
        "node_modules/ui/lib/button/index.json": { component: true },
        "node_modules/ui/lib/button/index.wxml": `${canvas}<import src="../t.wxml" /><template is="t" />`,
        "node_modules/ui/lib/t.wxml": '<template name="t"><view class="t" /></template>',
      },
      (root) =>
        withHost({}, async (host) => {
          const project = await openMiniProgram(host, { root });
          const page = await project.openPage("pages/a/a");
          assert.equal(project.app.n, 1);
          assert.equal(page.instance.helper, "helper");
          assert.equal(page.select("#b").data.is, "button");
          assert.equal(page.select("#b >>> canvas").width, 10);
        }),
    ));

  it("resolves aliases, global components, generics, placeholders and circular components", () =>
    withProject(
      {
        "app.json": {
          pages: ["pages/a"],
          usingComponents: { "app-wide": "/components/wide" },
          resolveAlias: { "~/*": "/*", "@ui/*": "components/*", "@ui/deep/*": "components/deep/*" },
        },
        "pages/a.js": "Page({})",
        "pages/a.json": {
          usingComponents: { list: "@ui/list", item: "~/components/item", deep: "@ui/deep/x" },
          componentPlaceholder: { list: "view" },
        },
        "pages/a.wxml":
          '<list id="list" generic:row="item" /><deep id="deep" /><app-wide id="wide" />',
        "components/list.js": "Component({})",
        "components/list.json": {
          componentGenerics: { row: { default: "./item" }, other: true, another: true },
          usingComponents: { list: "./list", plugged: "plugin://p/x" },
        },
        "components/list.wxml": '<row id="row" />',
        "components/item.js": "Component({ data: { is: 'item' } })",
        "components/wide.js": "Component({ data: { is: 'wide' } })",
        "components/deep/x.js": "require('@ui/item.js'); Component({ data: { is: 'deep' } })",
      },
      async ({ project }) => {
        const page = await project.openPage("pages/a");
        const kinds = ["#list >>> #row", "#deep", "#wide"].map((one) => page.select(one).data.is);
        assert.deepEqual(kinds, ["item", "deep", "wide"]);
      },
    ));

  it("takes properties with the names of the framework's own members", () =>
    withProject(
      {
        "pages/a.js": "Page({})",
        "pages/a.json": { usingComponents: { button: "./button" } },
        "pages/a.wxml": '<button id="b" dataset="{{ [1] }}" childNodes="x" data-n="2" />',
        "pages/button.js": `Component({ properties: { dataset: null, childNodes: String, parentNode: Object } })`,
      },
      async ({ project }) => {
        const page = await project.openPage("pages/a");
        const { data } = page.select("#b");
        assert.deepEqual([data.dataset[0], data.childNodes, data.parentNode], [1, "x", null]);
      },
    ));

  it("gives the query to the properties of a page made by Component", () =>
    withProject(
      {
        "pages/a.js": `Component({ properties: { id: String, n: Number }, observers: { n(n) { this.seen = n; } },
          methods: { onLoad(query) { this.loaded = [this.data.id, query.n, query.other]; } } })`,
      },
      async ({ project }) => {
        const page = await project.openPage("pages/a?id=x%20y&other=1", { query: { n: "7" } });
        assert.deepEqual(page.data, { id: "x%20y", n: 7 });
        assert.deepEqual([...page.instance.loaded], ["x%20y", "7", "1"]);
        assert.equal(page.instance.seen, 7);
      },
    ));

  it("expects compiled styles for canvases, names the line in a .json, and the .wxml of a WXS error", async () => {
    const failureWith = (files: Files) =>
      withProject({ "pages/a.js": "Page({})", ...files }, async ({ project }) => {
        const { code, message } = await failureOf(() => project.openPage("pages/a"));
        assert.equal(code, "SOURCE");
        return message;
      });
    assert.match(
      await failureWith({ "pages/a.wxml": '<canvas canvas-id="c" />', "pages/a.less": "" }),
      /pages\/a\.less: expected the compiled file .*pages\/a\.wxss, for the sizes of its canvases \(pass sizes: .*"#c"/,
    );
    assert.match(await failureWith({ "pages/a.json": '{\n"a": x }' }), /pages\/a\.json(:2)?: /);
    assert.match(await failureWith({ "pages/a.json": "" }), /pages\/a\.json: Unexpected end/);
    assert.match(
      await failureWith({
        "pages/a.wxml": '<wxs module="m">module.exports = undefined.x;</wxs>{{ m }}',
      }),
      /pages\/a\.wxml: Cannot read/,
    );
    assert.match(
      await failureWith({
        "pages/a.wxml": '<canvas canvas-id="c" style="width: 50%; height: 20px" />',
        "pages/a.scss": "",
      }),
      /pages\/a\.scss: expected the compiled file/,
    );
    await withProject(
      {
        "pages/a.js": "Page({})",
        "pages/a.wxml": `<view>${canvas}<canvas canvas-id="d" wx:if="{{ shown }}" /></view>`,
        "pages/a.scss": "",
      },
      async ({ project }) => {
        await project.openPage("pages/a");
        const sizes = { "#d": { width: 30, height: 20 } };
        const page = await project.openPage("pages/a", { sizes });
        page.instance.setData({ shown: true });
        assert.deepEqual([page.select("#c").width, page.select("#d").width], [10, 30]);
      },
    );
  });

  it("has a code and a place for what onUnload throws", () =>
    withProject({ "pages/a.js": "Page({\nonUnload() { nothing; } })" }, async ({ project }) => {
      const page = await project.openPage("pages/a");
      const { code, message } = await failureOf(() => page.close());
      assert.equal(code, "SOURCE");
      assert.match(message, /close:fail .*pages\/a\.js:2: nothing is not defined/);
    }));

  it("notices changed files", () =>
    withProject(
      {
        "pages/a.js": "Page({ n: 1 })",
        "pages/a.wxml": '<view class="one" />',
        "pages/a.wxss": "",
      },
      async ({ project, host, root }) => {
        assert.equal((await project.openPage("pages/a")).instance.n, 1);
        const same = await openMiniProgram(host, { root });
        assert.equal((await same.openPage("pages/a")).instance.n, 1);
        await write(root, {
          "pages/a.js": "Page({ n: 2 })",
          "pages/a.wxml": '<canvas id="c" type="2d" class="one" />',
          "pages/a.wxss": ".one { width: 7px; height: 8px }",
        });
        const later = new Date(Date.now() + 5000);
        await utimes(join(root, "pages/a.wxss"), later, later);
        const again = await openMiniProgram(host, { root });
        const page = await again.openPage("pages/a");
        assert.deepEqual([page.instance.n, page.select("#c").width], [2, 300]);
        again.dispose();
      },
    ));

  it("answers app.js before any page opens, and pages by their folder", () =>
    withProject(
      {
        "app.js": `App({ onLaunch() { wx.showToast({ title: "launched" });
          wx.getImageInfo({ src: "/images/p.svg", success: ({ width }) => { this.width = width; } }); } })`,
        "images/p.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="1" />',
        "pages/a.js": `Page({ onLoad() { wx.getImageInfo({ src: "../images/p.svg", success: ({ path }) => { this.path = path; } });
          this.canIUse = wx.canIUse("getImageInfo"); wx.request(); } })`,
      },
      async ({ project }) => {
        const page = await project.openPage("pages/a");
        await page.waitFor("idle");
        assert.deepEqual(
          [project.app.width, page.instance.path, page.instance.canIUse],
          [4, "images/p.svg", true],
        );
        assert.match(String(page.warnings), /^$|request/);
      },
      { host: { onError() {} } },
    ));

  it("compiles inputs and images without an end tag", () =>
    withPage(
      { wxml: '<view>\n<input value="1"><image src="a.png"></view><canvas type="2d" id="c" />' },
      (page) => assert.equal(page.select("#c").width, 300),
    ));

  it("compiles WXML with unknown entities, and leaves out what is inside of slots and includes", () =>
    withPage(
      {
        json: { usingComponents: { "my-card": "./card" } },
        wxml: `&nbsp;&unknown;<my-card id="card" /><include src="./part.wxml"> <!-- a comment --> <text /></include>`,
        "pages/card.js": "Component({})",
        "pages/card.wxml": '<view><slot><canvas id="default" type="2d" />default</slot></view>',
        "pages/part.wxml": '<canvas id="part" type="2d" />',
      },
      (page) => {
        const found = ["#part", "#card >>> view", "#card >>> #default"].map((one) =>
          page.select(one),
        );
        assert.deepEqual(found.map(Boolean), [true, false, false]);
      },
    ));

  it("lets code define components step by step, and behaviors with traits", () =>
    withPage(
      {
        json: { usingComponents: { built: "./built" } },
        wxml: '<built id="built" n="{{2}}" />',
        "pages/built.js": `
          const trait = Behavior.trait();
          const behavior = Behavior().data(() => ({ from: "behavior" })).register();
          Component().behavior(behavior).property("n", Number)
            .methods({ double() { return this.data.n * 2; } }).register();`,
      },
      (page) => {
        const built = page.select("#built");
        assert.deepEqual([built.double(), built.data.from], [4, "behavior"]);
      },
    ));

  it("supports wxs files, includes, and templates that use themselves", () =>
    withPage(
      {
        wxml: `
          <wxs module="m" src="./m.wxs" /><wxs module="n">module.exports = getRegExp("a", "g").test("a") && getDate(0).getTime();</wxs>
          <include src="./part.wxml" /><import src="tree.wxml" />
          <template is="tree" data="{{ depth: 0 }}" />
          <canvas id="c" type="2d" style="width: {{ m.twice(5) + n }}px; height: 1px" />`,
        "pages/m.wxs": "var h = require('../h.wxs'); module.exports = { twice: h.twice };",
        "h.wxs":
          "var again = require('./other.wxs'); var other = require('/other.wxs'); module.exports = { twice: function (x) { return x * other.two } };",
        "other.wxs": "module.exports = { two: 2 };",
        "pages/part.wxml": '<view class="part" />',
        "pages/tree.wxml": `<import src="tree.wxml" /><template name="tree"><view class="node">
          <template wx:if="{{ depth < 2 }}" is="tree" data="{{ depth: depth + 1 }}" /></view></template>`,
      },
      async (page) => {
        assert.deepEqual(await sizes(page, ["#c", ".part"]), [
          [10, 1],
          [375, 0],
        ]);
        const nodes = await ask(page, ".node .node .node");
        assert.equal(nodes.length, 1);
      },
    ));
});

/** The answer of a query of the page. */
function ask(page: { instance: object }, selector: string, fields: object = { size: true }) {
  // biome-ignore lint/suspicious/noExplicitAny: the answer of a query
  return new Promise<any[]>((resolve) =>
    // biome-ignore lint/suspicious/noExplicitAny: the page's own function
    (page.instance as any).createSelectorQuery().selectAll(selector).fields(fields, resolve).exec(),
  );
}

async function sizes(page: { instance: object }, selectors: string[]) {
  const answers = await Promise.all(selectors.map((selector) => ask(page, selector)));
  return answers.map(([one]) => [one.width, one.height]);
}

describe("a project with a mistake", () => {
  const cases: [what: string, files: Files, expected: RegExp, code?: string][] = [
    ["no pages/a.js", { "app.json": { pages: ["pages/a"] } }, /there is no file .*pages\/a\.js/],
    [
      "a page that app.json has not",
      { "pages/b.js": "Page({})" },
      /"pages\/a": it is not one of the pages/,
    ],
    [
      "no call of Page",
      { "pages/a.js": "1" },
      /pages\/a\.js: expected a call of Page or Component/,
    ],
    [
      "no JavaScript",
      { "pages/a.js": "\n\nPage({ const })" },
      /pages\/a\.js:3: Unexpected token 'const'/,
    ],
    [
      "a module that is none",
      { "pages/a.js": "import x from 'y'; }" },
      /pages\/a\.js:1:20: Unexpected token$/,
    ],
    [
      "a script that throws",
      { "pages/a.js": "\n\nnothing()" },
      /pages\/a\.js:3: nothing is not defined/,
    ],
    ["a throw of nothing", { "pages/a.js": "throw null" }, /openPage:fail null/],
    ["a throw of no error", { "pages/a.js": "throw 'text'" }, /"text"/],
    [
      "onLoad that throws",
      { "pages/a.js": "Page({\n onLoad() {\n this.x.y } })" },
      /pages\/a\.js:3: Cannot read/,
    ],
    [
      "a lifetime that throws",
      {
        "pages/a.js": "Page({})",
        "pages/a.json": { usingComponents: { c: "c" } },
        "pages/a.wxml": "<c />",
        "pages/c.js": "Component({ attached() {\n throw new Error('oops'); } })",
      },
      /pages\/c\.js:2: oops/,
    ],
    [
      "JSON that is none",
      { "pages/a.js": "Page({})", "pages/a.json": "{ a: 1 }" },
      /pages\/a\.json(:1)?: /,
    ],
    [
      "JSON that is no object",
      { "pages/a.js": "Page({})", "pages/a.json": "1" },
      /a\.json: expected an object/,
    ],
    [
      "a component that is not there",
      {
        "pages/a.js": "Page({})",
        "pages/a.json": { usingComponents: { "my-c": "./none" } },
      },
      /pages\/a\.json: usingComponents: there is no component "\.\/none" for <my-c>/,
    ],
    [
      "WXML that does not compile",
      { "pages/a.js": "Page({})", "pages/a.wxml": "<view>\n  {{ a + }}" },
      /pages\/a\.wxml:2:\d+: unexpected/,
    ],
    [
      "a tag without its end",
      { "pages/a.js": "Page({})", "pages/a.wxml": "<view>\n  <text>\n</view>" },
      /pages\/a\.wxml:2:4: missing end tag/,
    ],
    [
      "an end without its tag",
      { "pages/a.js": "Page({})", "pages/a.wxml": "<view>\n</view></text>" },
      /pages\/a\.wxml:2:8: invalid end tag/,
    ],
    [
      "an import that is not there",
      { "pages/a.js": "Page({})", "pages/a.wxml": '<import src="./none.wxml" />' },
      /a\.wxml: there is no file ".*none\.wxml"/,
    ],
    [
      "imports in a circle",
      {
        "pages/a.js": "Page({})",
        "pages/a.wxml": '<include src="./b.wxml" />',
        "pages/b.wxml": '<include src="./a.wxml" />',
      },
      /pages\/a\.wxml: it imports itself: .*a\.wxml → .*b\.wxml → .*a\.wxml/,
    ],
    [
      "WXS that is no JavaScript",
      { "pages/a.js": "Page({})", "pages/a.wxml": '<wxs module="m">var = 1;</wxs>' },
      /a\.wxml: its WXS does not compile/,
    ],
    [
      "WXSS that does not parse",
      { "pages/a.js": "Page({})", "pages/a.wxss": ".a {\n  width 3px;\n}" },
      /a\.wxss:2:\d+: Colon is expected/,
    ],
    [
      "WXSS that does not end",
      { "pages/a.js": "Page({})", "pages/a.wxss": ".a {\n width: 3px;" },
      /a\.wxss:2: expected "}" before the end/,
    ],
    [
      "an @import that is not there",
      { "pages/a.js": "Page({})", "pages/a.wxss": '@import "none.wxss";' },
      /a\.wxss: @import: there is no file/,
    ],
    [
      "@imports in a circle",
      {
        "pages/a.js": "Page({})",
        "pages/a.wxss": '@import "b.wxss";',
        "pages/b.wxss": '@import "/pages/a";',
      },
      /a\.wxss: it imports itself/,
    ],
    [
      "a require that leads nowhere",
      { "pages/a.js": "\nrequire('./none')" },
      /there is no module "\.\/none", as .*pages\/a\.js:2 asks for$/,
    ],
  ];
  for (const [what, files, expected, code = "SOURCE"] of cases) {
    it(`reports ${what} as one error, and can be disposed`, () =>
      withProject(files, async ({ project, host }) => {
        const failure = await failureOf(() => project.openPage("pages/a"));
        assert.match(failure.message, expected);
        assert.match(failure.errMsg, /^(openPage|run|require):fail /);
        assert.equal(failure.code, code);
        project.dispose();
        await host.dispose();
      }));
  }

  it("names the wrong option", () =>
    withFolder(
      { "app.json": { pages: [] }, "bad/app.json": {}, "bad/app.js": "\nnothing()" },
      (root) =>
        withHost({}, async (host) => {
          const open = (options: unknown, on: unknown = host) =>
            failureOf(() => openMiniProgram(on as never, options as never));
          assert.match((await open({})).message, /^openMiniProgram:fail root: expected a path/);
          assert.match((await open(undefined)).message, /root: expected a path/);
          assert.match((await open({ root }, {})).message, /host: expected a host of createHost/);
          const misspelt = { root, size: { "#a": { width: 1, height: 1 } } };
          assert.match((await open(misspelt)).message, /"size": not one of the options \(root, /);
          assert.match(
            (await open({ root: join(root, "none") })).message,
            /there is no app.json in .*none \(root is the folder/,
          );
          assert.match(
            (await open({ root: join(root, "bad") })).message,
            /app\.js:2: nothing is not/,
          );
          const project = await openMiniProgram(host, { root });
          assert.match(
            (await failureOf(() => project.openPage(1 as never))).message,
            /path: expected/,
          );
          const { errMsg } = await failureOf(() => project.openPage("a", { query: 7 } as never));
          assert.equal(errMsg, "openPage:fail query: expected an object, got 7");
          project.dispose();
          assert.equal((await failureOf(() => project.openPage("a"))).code, "DISPOSED");
          await host.dispose();
          assert.equal((await open({ root })).code, "DISPOSED");
        }),
    ));

  it("reports the first error of a page that can be neither opened nor closed", () =>
    withProject(
      {
        "pages/a.js": `Page({ onLoad() { throw new Error("first"); }, onUnload() { throw new Error("second"); } })`,
      },
      async ({ project }) => {
        assert.match((await failureOf(() => project.openPage("pages/a"))).message, /first/);
      },
    ));

  it("refuses sizes with an invalid selector before the page lives", () =>
    withPage(
      { wxml: canvas, js: "Page({ onLoad() { getApp().loaded = true; } })" },
      () => assert.fail("it opens"),
      { sizes: { "": { width: 1, height: 1 } } },
    ).then(assert.fail, (error) => assert.match(error.message, /selector: expected #id/)));

  it("reads no file that is too large, and only files", () =>
    withFolder({ "large.js": "" }, async (root) => {
      const path = join(root, "large.js");
      await truncate(path, 33 * 1024 * 1024);
      assert.match(
        (await failureOf(() => readText(path))).message,
        /it has more than 33554432 bytes/,
      );
      assert.equal((await failureOf(() => readText(root))).code, "EISDIR");
      assert.equal((await failureOf(() => readText(join(root, "none")))).code, "ENOENT");
      assert.equal(isFile("a\0b"), false);
    }));

  it("ends with its host", async () => {
    const host = createHost();
    await withFolder(
      {
        "app.json": { pages: ["a"] },
        "a.js": `Page({ onLoad() { this.timer = setInterval(() => {}, 10); },
          onUnload() { this.unloaded = true; throw new Error("oops"); } })`,
      },
      async (root) => {
        const project = await openMiniProgram(host, { root });
        const page = await project.openPage("a");
        await host.dispose();
        assert.equal(page.instance.unloaded, true);
        assert.equal((await failureOf(() => project.openPage("a"))).code, "DISPOSED");
        assert.equal((await failureOf(() => page.waitFor("idle"))).code, "DISPOSED");
      },
    );
  });
});
