// The wx of the module: its functions are there before their rooms are loaded.
import assert from "node:assert/strict";
import { createLateWx } from "../lib/late-wx.ts";
import type { Wx } from "../lib/wx.ts";
import { withHost } from "./support/hosts.ts";

describe("a late wx", () => {
  it("has the members of a host's wx, as plain properties that code can replace", () =>
    withHost({}, async ({ wx }) => {
      const late = createLateWx(() => wx);
      assert.deepEqual(Object.keys(late).sort(), Object.keys(wx).sort());
      assert.deepEqual(late.env, wx.env);
      for (const [name, { value, ...flags }] of Object.entries(
        Object.getOwnPropertyDescriptors(late),
      )) {
        assert.equal(typeof value, typeof wx[name as keyof Wx], name);
        assert.deepEqual(flags, { configurable: true, enumerable: true, writable: true });
      }
    }));

  it("makes the other wx at the first call, and hands over arguments and answers", () =>
    withHost({}, async (host) => {
      let made = 0;
      const { createCanvasContext, arrayBufferToBase64 } = createLateWx(() => {
        made++;
        return host.wx;
      });
      assert.equal(made, 0);
      assert.equal(arrayBufferToBase64(new Uint8Array([1, 2, 3]).buffer), "AQID");
      assert.equal(made, 1);
      assert.equal(typeof createCanvasContext("poster").draw, "function");
    }));

  it("knows what code adds to it or takes from it", () =>
    withHost({}, async ({ wx }) => {
      const late = createLateWx(() => wx) as Wx & Record<string, unknown>;
      assert.equal(late.canIUse("getUpdateManager"), false);
      late.getUpdateManager = () => ({});
      assert.equal(late.canIUse("getUpdateManager"), true);
      assert.equal(late.canIUse("showToast.object.mask"), true);
      Reflect.deleteProperty(late, "showToast");
      assert.equal(late.canIUse("showToast"), false);
    }));
});
