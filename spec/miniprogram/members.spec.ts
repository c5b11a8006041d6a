// What pages and components have beside the framework's members: tab bar, animations, plug-ins.
import assert from "node:assert/strict";
import { createFrame } from "../../lib/miniprogram/index.ts";
import { failureOf, withHost } from "../support/hosts.ts";
import { withPage, withProject } from "../support/projects.ts";

const TAB_BAR = {
  "app.json": {
    pages: ["pages/a", "pages/b"],
    tabBar: { custom: true, list: [{ pagePath: "/pages/a" }, null] },
  },
  "custom-tab-bar/index.js": `Component({
    data: { selected: 0 },
    lifetimes: {
      attached() { this.seen = ["attached"]; }, ready() { this.seen.push("ready"); },
      detached() { this.seen.push("detached"); },
    },
  })`,
  "custom-tab-bar/index.wxml": "<view>{{ selected }}</view>",
};

describe("getTabBar", () => {
  it("is the component of custom-tab-bar in its pages and their components", () =>
    withProject(
      {
        ...TAB_BAR,
        "pages/a.json": { usingComponents: { part: "../part" } },
        "pages/a.wxml": '<part id="part" />',
        "pages/a.js": `Page({
          onShow() { this.getTabBar().setData({ selected: 1 }); this.getTabBar((bar) => { this.bar = bar; }); },
        })`,
        "part.js": "Component({ lifetimes: { attached() { this.early = this.getTabBar(); } } })",
        "part.wxml": "<view />",
        "pages/b.js": "Page({})",
      },
      async ({ project }) => {
        const a = await project.openPage("pages/a");
        const bar = a.instance.getTabBar();
        assert.deepEqual({ ...bar.data }, { selected: 1 });
        assert.equal(a.instance.bar, bar);
        assert.equal(a.select("#part").early, bar);
        assert.deepEqual([...bar.seen], ["attached", "ready"]);
        const b = await project.openPage("pages/b");
        assert.equal(b.instance.getTabBar(), null);
        a.close();
        assert.deepEqual([...bar.seen], ["attached", "ready", "detached"]);
        assert.equal(a.instance.getTabBar(), null);
      },
    ));

  it("fails clearly when the component is missing", () =>
    withProject(
      { "app.json": TAB_BAR["app.json"], "pages/a.js": "Page({})" },
      async ({ project }) => {
        const { code, message } = await failureOf(() => project.openPage("pages/a"));
        assert.equal(code, "SOURCE");
        assert.match(message, /there is no file .*custom-tab-bar\/index\.js/);
      },
    ));

  it("is null in a frame", () =>
    withHost({}, (host) => {
      using frame = createFrame(host);
      assert.equal(frame.openPage({}).instance.getTabBar(), null);
    }));
});

describe("animations of a page", () => {
  it("take their time, and call back", () =>
    withPage(
      {
        wxml: "<view />",
        js: `Page({
          onReady() {
            const seen = (this.seen = []);
            this.animate("#a", [{ opacity: 0 }, { opacity: 1 }], 20, () => {
              seen.push("animated");
              this.clearAnimation("#a", { opacity: true }, () => seen.push("cleared"));
              this.clearAnimation("#a", () => seen.push("all cleared"));
            });
            this.animate("#a", [], 20, { scrollSource: "#b" });
            this.setUpdatePerformanceListener({}, () => {});
            this.setInitialRenderingCache(null);
          },
        })`,
      },
      async (page) => {
        await page.waitFor("idle");
        assert.deepEqual([...page.instance.seen], ["animated", "cleared", "all cleared"]);
      },
    ));
});

describe("requirePlugin", () => {
  it("gives an empty object, the same for each name, or what globals say", async () => {
    const js = `const one = requirePlugin("one");
      Page({ seen: [Object.keys(one).length, one === requirePlugin("one"), one.text] })`;
    await withPage({ wxml: "<view />", js }, (page) =>
      assert.deepEqual([...page.instance.seen], [0, true, undefined]),
    );
    const plugin = { text: "hi" };
    const globals = { requirePlugin: () => plugin };
    await withPage(
      { wxml: "<view />", js },
      (page) => assert.deepEqual([...page.instance.seen], [1, true, "hi"]),
      { globals },
    );
  });
});
