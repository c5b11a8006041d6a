// The device functions of wx, and wx.canIUse.
import assert from "node:assert/strict";
import { failureOf, withHost } from "../support/hosts.ts";

describe("device facts", () => {
  it("describe a phone of 375 × 667, with the host's ratio", () =>
    withHost({ pixelRatio: 3 }, ({ wx }) => {
      const info = wx.getSystemInfoSync();
      assert.deepEqual(
        [info.pixelRatio, info.screenWidth, info.screenHeight, info.windowWidth, info.windowHeight],
        [3, 375, 667, 375, 603],
      );
      assert.deepEqual(info.safeArea, {
        left: 0,
        right: 375,
        top: 20,
        bottom: 667,
        width: 375,
        height: 647,
      });
      assert.equal(wx.getWindowInfo().pixelRatio, 3);
      assert.equal(wx.getDeviceInfo().platform, "ios");
      const host = { appId: "", env: "WeChat" };
      assert.deepEqual([info.host, wx.getAppBaseInfo().host], [host, host]);
      assert.match(wx.getAppBaseInfo().SDKVersion, /^\d+\.\d+\.\d+$/);
      const parts = { ...wx.getWindowInfo(), ...wx.getDeviceInfo(), ...wx.getAppBaseInfo() };
      for (const [name, value] of Object.entries(parts)) {
        assert.deepEqual(value, info[name as keyof typeof info], name);
      }
    }));

  it("can all be set; those that depend on the screen follow it", () =>
    withHost(
      { device: { screenWidth: 430, screenHeight: 932, platform: "android", theme: "dark" } },
      ({ wx }) => {
        assert.deepEqual(
          [wx.getWindowInfo().windowWidth, wx.getWindowInfo().windowHeight],
          [430, 868],
        );
        assert.equal(wx.getSystemInfoSync().platform, "android");
        assert.equal(wx.getAppBaseInfo().theme, "dark");
      },
    ));

  it("are returned as copies", () =>
    withHost({}, ({ wx }) => {
      wx.getSystemInfoSync().safeArea.top = 99;
      wx.getSystemInfoSync().pixelRatio = 99;
      assert.equal(wx.getSystemInfoSync().safeArea.top, 20);
      assert.equal(wx.getWindowInfo().pixelRatio, 1);
    }));

  for (const [device, message] of [
    [5, /device: expected an object, got 5$/],
    [{ pixelRatio: 2 }, /device: "pixelRatio" is the host's own setting$/],
    [{ screenwidth: 2 }, /device: "screenwidth" is not one of the settings$/],
    [{ constructor: 2 }, /device: "constructor" is not one of the settings$/],
    [{ screenWidth: "375" }, /device\.screenWidth: expected a finite number, got "375"$/],
    [{ windowWidth: Number.NaN }, /device\.windowWidth: expected a finite number, got NaN$/],
    [{ model: 5 }, /device\.model: expected a value like "iPhone 8", got 5$/],
    [{ safeArea: null }, /device\.safeArea: expected a value like \{.*\}, got null$/],
  ] as const) {
    it(`refuse ${JSON.stringify(device)}`, async () => {
      const failure = await failureOf(() => withHost({ device: device as object }, () => {}));
      assert.equal(failure.code, "INVALID");
      assert.match(failure.errMsg, message);
    });
  }
});

describe("getSystemInfo", () => {
  it("calls back before it returns, success then complete, with the same object", () =>
    withHost({}, ({ wx }) => {
      const received: [string, unknown][] = [];
      const returned = wx.getSystemInfo({
        success: (result) => received.push(["success", result]),
        complete: (result) => received.push(["complete", result]),
      });
      assert.equal(returned, undefined);
      assert.deepEqual(
        received.map(([name]) => name),
        ["success", "complete"],
      );
      assert.equal(received[0]?.[1], received[1]?.[1]);
      assert.match(JSON.stringify(received[0]), /"errMsg":"getSystemInfo:ok"/);
    }));

  it("returns a promise without callbacks; getSystemInfoAsync always answers later", () =>
    withHost({}, async ({ wx }) => {
      assert.equal((await wx.getSystemInfo()).windowWidth, 375);
      let called = false;
      const later = new Promise((resolve) => {
        wx.getSystemInfoAsync({
          success(result) {
            called = true;
            resolve(result.errMsg);
          },
        });
      });
      assert.equal(called, false);
      assert.equal(await later, "getSystemInfoAsync:ok");
    }));

  it("passes what a callback throws to onError, and calls the next one", () => {
    const errors: unknown[] = [];
    return withHost({ onError: (error) => errors.push(error) }, ({ wx }) => {
      const oops = new Error("oops");
      let completed = false;
      wx.getSystemInfo({
        success() {
          throw oops;
        },
        complete() {
          completed = true;
        },
      });
      assert.deepEqual([errors, completed], [[oops], true]);
    });
  });
});

describe("canIUse", () => {
  for (const [schema, answer] of [
    ["showToast", true],
    ["showToast.object.mask", true],
    ["showToast.object.icon.success", true],
    ["showToast.object.nothing", false],
    ["getImageInfo.success.type", true],
    ["getImageInfo.success.colour", false],
    ["getSystemInfoSync.return.safeArea", true],
    ["getSystemInfo.success.theme", true],
    ["getSystemInfoSync.return.nothing", false],
    ["getWindowInfo.return.pixelRatio", true],
    ["getSystemSetting.return.wifiEnabled", true],
    ["getAppAuthorizeSetting.return.wifiEnabled", false],
    ["showToast.callback", true],
    ["showToast.callback.success", false],
    ["showToast.object", true],
    ["hideToast.object", false],
    ["hideToast.return", false],
    ["CanvasContext", true],
    ["CanvasContext.draw", true],
    ["CanvasContext.nothing", false],
    ["canvas.nothing", false],
    ["canvas", true],
    ["canvas.type", true],
    ["canvas.type.2d", true],
    ["canvas.type.webgl", false],
    ["button.open-type.contact", false],
    ["request", false],
    ["constructor", false],
    ["toString", false],
    ["", false],
    [undefined, false],
    ["env.USER_DATA_PATH", true],
    ["nextTick", true],
    ["SelectorQuery.select", true],
    ["NodesRef.fields", true],
    ["FileSystemManager.readFileSync", true],
    ["FileSystemManager.unzip", false],
    ["OffscreenCanvas.getContext", true],
    ["OffscreenCanvas", true],
  ] as const) {
    it(`returns ${answer} for ${schema}`, () =>
      withHost({}, ({ wx }) => assert.equal(wx.canIUse(schema as string), answer)));
  }

  it("reads wx as it is now", () =>
    withHost({}, ({ wx }) => {
      (wx as unknown as Record<string, unknown>).vibrateShort = () => {};
      assert.equal(wx.canIUse("vibrateShort"), true);
    }));
});

describe("settings and permissions", () => {
  it("are those of the device", () =>
    withHost({ device: { wifiEnabled: true, cameraAuthorized: true } }, ({ wx }) => {
      assert.deepEqual(wx.getSystemSetting(), {
        bluetoothEnabled: false,
        locationEnabled: false,
        wifiEnabled: true,
        deviceOrientation: "portrait",
      });
      const { albumAuthorized, cameraAuthorized, ...others } = wx.getAppAuthorizeSetting();
      assert.deepEqual([albumAuthorized, cameraAuthorized], ["authorized", "authorized"]);
      assert.deepEqual([...new Set(Object.values(others))].sort(), ["denied", false]);
    }));
});

describe("the menu button", () => {
  it("is in the navigation bar, also of a page without one", () =>
    withHost({ device: { screenWidth: 390, statusBarHeight: 40, screenTop: 0 } }, ({ wx }) => {
      assert.deepEqual(wx.getMenuButtonBoundingClientRect(), {
        width: 87,
        height: 32,
        top: 46,
        right: 380,
        bottom: 78,
        left: 293,
      });
    }));
});

describe("a change of the theme", () => {
  it("never happens; code can listen for it", () =>
    withHost({}, ({ wx }) => {
      const unexpected = () => assert.fail("changed");
      assert.equal(wx.onThemeChange(unexpected), undefined);
      assert.equal(wx.offThemeChange(unexpected), undefined);
    }));
});

describe("nextTick", () => {
  it("calls back after the code that runs now", () =>
    withHost({}, async ({ wx }) => {
      const order: string[] = [];
      wx.nextTick(() => order.push("tick"));
      order.push("now");
      await new Promise(setImmediate);
      assert.deepEqual(order, ["now", "tick"]);
    }));

  it("passes what the callback throws to onError", async () => {
    const errors: unknown[] = [];
    await withHost({ onError: (error) => errors.push(error) }, async ({ wx }) => {
      wx.nextTick(() => {
        throw new Error("oops");
      });
      await new Promise(setImmediate);
      assert.match(String(errors), /oops/);
    });
  });

  it("refuses anything but a function", () =>
    withHost({}, async ({ wx }) => {
      const failure = await failureOf(() => wx.nextTick(5 as never));
      assert.match(failure.errMsg, /^nextTick:fail callback: expected a function, got 5$/);
    }));
});
