// One global wx for many hosts: each request draws on its own host.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { runInThisContext } from "node:vm";
import { createHost, wx as defaultWx, installWx, type Wx } from "../lib/index.ts";
import { failureOf, withHost } from "./support/hosts.ts";
import { decode } from "./support/pictures.ts";

const globals = globalThis as { wx?: Wx };

describe("host.run", () => {
  before(() => void installWx());
  after(() => {
    delete globals.wx;
  });

  /** Drawing code as clients write it: the global, functions taken off it, timers, callbacks. */
  const poster = () =>
    runInThisContext(`(() => {
      const { createCanvasContext, canvasToTempFilePath } = wx;
      return (colour, pauses) => new Promise((resolve, reject) => {
        const context = createCanvasContext("poster");
        wx.setStorageSync("colour", colour);
        setTimeout(() => {
          context.setFillStyle(wx.getStorageSync("colour"));
          context.fillRect(0, 0, 10, 10);
          context.draw(false, () => setTimeout(() => Promise.resolve().then(() => {
            wx.nextTick(() => canvasToTempFilePath({
              canvasId: "poster",
              success({ tempFilePath }) {
                wx.getFileSystemManager().readFile({
                  filePath: tempFilePath,
                  success: ({ data }) => resolve({ data, colour: wx.getStorageSync("colour") }),
                  fail: reject,
                });
              },
              fail: reject,
            }));
          }), pauses[1]));
        }, pauses[0]);
      });
    })()`) as (colour: string, pauses: number[]) => Promise<{ data: ArrayBuffer; colour: string }>;

  it("gives each of 200 interleaved requests its own host", async () => {
    const draw = poster();
    const colours = Array.from({ length: 200 }, (_, i) => [i, 255 - i, (i * 7) % 256] as const);
    const pause = (i: number) => (i * 37) % 20;
    await Promise.all(
      colours.map(async (colour, i) => {
        await sleep(pause(i + 3));
        await withHost({}, async (host) => {
          host.mountCanvas({ canvasId: "poster", width: 10, height: 10 });
          const css = `rgb(${colour.join()})`;
          const answer = await host.run(() => draw(css, [pause(i), pause(i + 7)]));
          assert.equal(answer.colour, css);
          const picture = await decode(Buffer.from(answer.data));
          assert.deepEqual(picture.at(5, 5), [...colour, 255]);
        });
      }),
    );
  });

  it("returns the callback's result, and passes on what it throws", () =>
    withHost({}, async (host) => {
      assert.equal(
        host.run(() => 5),
        5,
      );
      assert.throws(() => host.run(() => assert.fail("mine")), /mine/);
      const failure = await failureOf(() => host.run(5 as never));
      assert.equal(failure.errMsg, "run:fail callback: expected a function, got 5");
      await host.dispose();
      assert.equal((await failureOf(() => host.run(() => 5))).code, "DISPOSED");
    }));

  it("ends with the callback, and nests", () =>
    withHost({ pixelRatio: 2 }, (one) =>
      withHost({ pixelRatio: 3 }, (other) => {
        const ratio = () => globals.wx?.getSystemInfoSync().pixelRatio;
        assert.equal(ratio(), 1);
        one.run(() => {
          assert.equal(ratio(), 2);
          other.run(() => assert.equal(ratio(), 3));
          assert.equal(ratio(), 2);
        });
        assert.equal(ratio(), 1);
      }),
    ));
});

describe("installWx", () => {
  afterEach(() => {
    delete globals.wx;
  });

  it("returns the same wx each time, with all members of a wx", async () => {
    const wx = installWx();
    assert.equal(installWx(), wx);
    assert.equal(globals.wx, wx);
    assert.deepEqual(Object.keys(wx).sort(), Object.keys(defaultWx).sort());
    assert.equal("canvasToTempFilePath" in wx && !("nothing" in wx), true);
    assert.equal((wx as { nothing?: unknown }).nothing, undefined);
    assert.equal(wx.createCanvasContext, wx.createCanvasContext);
    assert.deepEqual(wx.env, defaultWx.env);
    assert.equal(typeof wx.toString, "function");
    assert.equal({ ...wx }.canIUse("canvasToTempFilePath"), true);
  });

  it("has the additions of a host's wx, and keeps what code sets on it", () => {
    const wx = installWx() as Wx & { request?: () => unknown; mine?: number };
    const host = createHost();
    Object.assign(host.wx, { request: () => "the host's" });
    assert.equal(wx.request, undefined);
    assert.equal(
      host.run(() => wx.request?.()),
      "the host's",
    );
    wx.mine = 5;
    assert.equal(
      host.run(() => wx.mine),
      5,
    );
    assert.ok(Object.keys(wx).includes("mine"));
    delete wx.mine;
    assert.equal("mine" in wx, false);
  });
});
