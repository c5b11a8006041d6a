// What surrounds the pages of a project: the launch, bars, events, animations, what is in sight.
import assert from "node:assert/strict";
import { copyOut } from "../../lib/miniprogram/realm/realm.ts";
import { withPage } from "../support/projects.ts";

/** Copies data of the other realm into this one. */
function same(actual: unknown, expected: unknown): void {
  assert.deepEqual(copyOut(actual), expected);
}

describe("what surrounds a page", () => {
  it("has the facts of the launch and of the app, and canIUse agrees with wx", () =>
    withPage(
      {
        "project.config.json": { appid: "wx1234" },
        js: `Page({ onLoad() {
          this.enter = [wx.getLaunchOptionsSync(), wx.getEnterOptionsSync()].map(({ scene, query }) => [scene, query]);
          this.account = wx.getAccountInfoSync().miniProgram;
          this.can = ["getUpdateManager", "request", "login", "getExtConfigSync"].map((name) => wx.canIUse(name)); } })`,
      },
      ({ instance }) => {
        same(instance.enter, [
          [1001, {}],
          [1001, {}],
        ]);
        same(instance.account, { appId: "wx1234", envVersion: "release", version: "" });
        same(instance.can, [true, true, true, false]);
      },
      { api: { login: () => ({ code: "c" }) } },
    ));

  it("changes bars that are not rendered, and listens for events that do not happen", () =>
    withPage(
      {
        js: `Page({ async onLoad() {
          wx.getUpdateManager().onUpdateReady(() => { this.updated = true; });
          wx.onAppShow(() => { this.shown = true; });
          wx.offAppShow();
          const title = await wx.setNavigationBarTitle({ title: "Poster" });
          const { networkType } = await wx.getNetworkType();
          this.answers = [title.errMsg, networkType, this.updated, this.shown]; } })`,
      },
      ({ instance }) =>
        same(instance.answers, ["setNavigationBarTitle:ok", "wifi", undefined, undefined]),
    ));
});

describe("a phone without a user", () => {
  // What WeChat's own project templates do, those of 2018 and those of today.
  it("opens projects made of WeChat's templates", () =>
    withPage(
      {
        "app.js": `App({ globalData: {}, onLaunch() {
          wx.login({ success: (res) => { this.globalData.code = res.code; } });
          wx.getSetting({ success: (res) => {
            if (res.authSetting["scope.userInfo"]) wx.getUserInfo({ success: (res) => { this.globalData.user = res.userInfo; } });
          } }); } })`,
        js: `Page({ async onReady() {
          wx.reportEvent("opened", {});
          await wx.vibrateShort({ type: "light" });
          this.profile = (await wx.getUserProfile({ desc: "card" })).userInfo.nickName; } })`,
      },
      async (page, { project }) => {
        await page.waitFor("idle");
        const { code, user } = project.app.globalData;
        same([code, user.nickName, user.avatarUrl], ["", "微信用户", ""]);
        assert.equal(page.instance.profile, "微信用户");
      },
    ));
});

describe("an animation", () => {
  it("records its steps, which have the changes of the steps before", () =>
    withPage(
      {
        js: `Page({ onLoad() {
          const animation = wx.createAnimation({ duration: 100, timingFunction: "ease" });
          animation.rotate(45).opacity(0.5).step().rotate(90).width(10).left("5%").step({ delay: 50 });
          this.setData({ all: animation.export(), rest: animation.export(), plain: wx.createAnimation().step().export() }); } })`,
      },
      ({ data }) => {
        const transition = { duration: 100, timingFunction: "ease", delay: 0 };
        const opacity = { type: "style", args: ["opacity", 0.5] };
        const transformOrigin = "50% 50% 0";
        assert.deepEqual(data, {
          all: {
            actions: [
              {
                animates: [{ type: "rotate", args: [45] }, opacity],
                option: { transformOrigin, transition },
              },
              {
                animates: [
                  { type: "rotate", args: [90] },
                  opacity,
                  { type: "style", args: ["width", "10px"] },
                  { type: "style", args: ["left", "5%"] },
                ],
                option: { transformOrigin, transition: { ...transition, delay: 50 } },
              },
            ],
          },
          rest: { actions: [] },
          plain: {
            actions: [
              {
                animates: [],
                option: {
                  transformOrigin,
                  transition: { duration: 400, timingFunction: "linear", delay: 0 },
                },
              },
            ],
          },
        });
      },
    ));
});

describe("an intersection observer", () => {
  it("sees all elements at once, until it is disconnected", () =>
    withPage(
      {
        json: { usingComponents: { lazy: "./lazy" } },
        wxml: '<view class="row" data-n="1" style="width: 10px; height: 5px" /><view class="row" data-n="2" /><lazy id="lazy" />',
        js: `Page({ seen: [], onLoad() {
          const see = ({ dataset, intersectionRatio, boundingClientRect }) => this.seen.push([dataset.n, intersectionRatio, boundingClientRect.width]);
          wx.createIntersectionObserver(this, { observeAll: true }).relativeToViewport().observe(".row", see);
          this.createIntersectionObserver().relativeTo(".none").observe(".row", see);
          wx.createIntersectionObserver().relativeToViewport({ bottom: 10 }).observe(".none", see);
          const gone = wx.createIntersectionObserver(this);
          gone.relativeToViewport().observe(".row", see);
          gone.disconnect(); } })`,
        "pages/lazy.js": `Component({ attached() { this.createIntersectionObserver().relativeToViewport()
          .observe(".c", () => { wx.createCanvasContext("c", this).draw(false, () => wx.canvasToTempFilePath({ canvasId: "c" }, this)); }); } })`,
        "pages/lazy.wxml": '<canvas class="c" canvas-id="c" />',
      },
      async (page) => {
        assert.equal((await page.export()).length, 1);
        same(page.instance.seen, [
          ["1", 1, 10],
          ["2", 1, 375],
          ["1", 1, 10],
        ]);
      },
    ));
});

describe("the channel to the page that opened a page", () => {
  it("passes what the caller emits", () =>
    withPage(
      {
        js: `Page({ log: [], onLoad() {
          const channel = this.getOpenerEventChannel();
          const log = (value) => this.log.push(value);
          const other = (value) => this.log.push("other " + value);
          channel.on("data", log);
          channel.once("data", other);
          channel.on("gone", log);
          channel.off("gone", log);
          channel.off("never", log);
          channel.on("away", log);
          channel.off("away"); } })`,
      },
      ({ instance }) => {
        const channel = instance.getOpenerEventChannel();
        for (const name of ["data", "data", "gone", "away"]) channel.emit(name, name);
        same(instance.log, ["data", "other data", "data"]);
      },
    ));
});
