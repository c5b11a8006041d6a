// How calls answer: each callback once, in order, or a promise; nothing thrown is lost.
import assert from "node:assert/strict";
import { CanvasError, type CanvasToTempFilePathOptions } from "../lib/index.ts";
import { start } from "./support/children.ts";
import { failureOf, withHost } from "./support/hosts.ts";

const NOT_FOUND = "canvasToTempFilePath: fail canvas is empty";

interface Told {
  order: string[];
  values: unknown[];
}

/** Options whose callbacks note what they are told; resolves a turn after `last` was called. */
function listening(last: string, ...given: ("success" | "fail" | "complete")[]) {
  const told: Told = { order: [], values: [] };
  let done = () => {};
  const heard = new Promise<Told>((resolve) => {
    done = () => setImmediate(resolve, told);
  });
  const callbacks = given.map((name) => [
    name,
    (value: unknown) => {
      told.order.push(name);
      told.values.push(value);
      if (name === last) done();
    },
  ]);
  return { told, heard, callbacks: Object.fromEntries(callbacks) as CanvasToTempFilePathOptions };
}

describe("how calls answer", () => {
  for (const verb of ["host", "wx"] as const) {
    describe(`${verb}.canvasToTempFilePath`, () => {
      const callOf = (host: Parameters<Parameters<typeof withHost>[1]>[0]) =>
        verb === "host" ? host.canvasToTempFilePath : host.wx.canvasToTempFilePath;

      it("success, then complete, with the same object, after the call returned", () =>
        withHost({}, async (host) => {
          host.createCanvas("a", 5, 5);
          const { told, heard, callbacks } = listening("complete", "success", "fail", "complete");
          assert.equal(callOf(host)({ canvasId: "a", ...callbacks }), undefined);
          assert.deepEqual(told.order, []);
          const { order, values } = await heard;
          assert.deepEqual(order, ["success", "complete"]);
          assert.equal(values[0], values[1]);
          const result = values[0] as Record<string, unknown>;
          assert.deepEqual(Object.keys(result), ["tempFilePath", "errMsg"]);
          assert.equal(result.errMsg, "canvasToTempFilePath:ok");
        }));

      it("fail, then complete, with the same object, after the call returned", () =>
        withHost({}, async (host) => {
          const { told, heard, callbacks } = listening("complete", "success", "fail", "complete");
          assert.equal(callOf(host)({ canvasId: "a", ...callbacks }), undefined);
          assert.deepEqual(told.order, []);
          const { order, values } = await heard;
          assert.deepEqual(order, ["fail", "complete"]);
          assert.equal(values[0], values[1]);
          const failure = values[0] as CanvasError;
          assert.ok(failure instanceof CanvasError);
          assert.deepEqual([failure.errMsg, failure.code], [NOT_FOUND, "NOT_FOUND"]);
          assert.equal(JSON.parse(JSON.stringify(failure)).errMsg, NOT_FOUND);
        }));

      for (const name of ["success", "fail", "complete"] as const) {
        it(`only ${name}: no promise`, () =>
          withHost({ onError: () => {} }, async (host) => {
            host.createCanvas("a", 5, 5);
            const { callbacks, told } = listening("", name);
            assert.equal(callOf(host)({ canvasId: "a", ...callbacks }), undefined);
            await host.dispose();
            await new Promise(setImmediate);
            assert.deepEqual(told.order, name === "fail" ? [] : [name]);
          }));
      }

      it("a promise when none is given, and when what is given is no function", () =>
        withHost({}, async (host) => {
          host.createCanvas("a", 5, 5);
          for (const more of [
            {},
            { success: undefined },
            { success: 5, fail: null, complete: "f" },
          ]) {
            const answer = callOf(host)({ canvasId: "a", ...more } as CanvasToTempFilePathOptions);
            assert.ok(answer instanceof Promise);
            assert.equal((await answer).errMsg, "canvasToTempFilePath:ok");
          }
        }));

      it("a rejection is an Error with errMsg, code and the caller's stack", () =>
        withHost({}, async (host) => {
          for (const options of [
            undefined,
            null,
            {},
            { canvasId: "" },
            { canvasId: "b", canvas: null },
          ]) {
            const failure = await failureOf(() => callOf(host)(options as object));
            assert.deepEqual([failure.errMsg, failure.code], [NOT_FOUND, "NOT_FOUND"]);
            assert.match(failure.message, /^canvasToTempFilePath: fail canvas is empty \(/);
            assert.match(failure.stack ?? "", /settle\.spec\.ts/);
          }
        }));

      it("works unbound", () =>
        withHost({}, async (host) => {
          host.createCanvas("a", 5, 5);
          const call = callOf(host);
          assert.ok((await call({ canvasId: "a" })).tempFilePath);
        }));

      it("a callback that cannot be read counts as not given; the call fails", () =>
        withHost({}, async (host) => {
          const { heard, callbacks } = listening("fail", "fail");
          const options = Object.defineProperty(callbacks, "x", {
            get() {
              throw new Error("hostile");
            },
          });
          Object.defineProperty(options, "success", {
            get() {
              throw new Error("hostile");
            },
          });
          callOf(host)(options);
          const { values } = await heard;
          assert.match((values[0] as CanvasError).errMsg, /^canvasToTempFilePath:fail x: expected/);
        }));

      for (const thrower of ["success", "complete"] as const) {
        it(`what ${thrower} throws goes to onError and to no other callback`, async () => {
          const errors: unknown[] = [];
          const thrown = new Error(thrower);
          await withHost({ onError: (error) => errors.push(error) }, async (host) => {
            host.createCanvas("a", 5, 5);
            const { told, callbacks } = listening("", "success", "fail", "complete");
            const inner: (value: never) => void = callbacks[thrower] ?? assert.fail();
            callbacks[thrower] = (value: unknown) => {
              inner(value as never);
              throw thrown;
            };
            callOf(host)({ canvasId: "a", ...callbacks });
            await host.dispose();
            await new Promise(setImmediate);
            assert.deepEqual(told.order, ["success", "complete"]);
          });
          assert.deepEqual(errors, [thrown]);
        });
      }

      it("what an async callback rejects with goes to onError", async () => {
        const errors: unknown[] = [];
        const thrown = new Error("later");
        await withHost({ onError: (error) => errors.push(error) }, async (host) => {
          host.mountCanvas({ canvasId: "a", width: 5, height: 5 });
          await new Promise<void>((resolve) => {
            callOf(host)({
              canvasId: "a",
              success: (async () => {
                throw thrown;
              }) as () => void,
              complete: () => resolve(),
            });
          });
          await new Promise<void>((resolve) => {
            host.wx.createCanvasContext("a").draw(false, (async () => {
              resolve();
              throw thrown;
            }) as () => void);
          });
          await new Promise(setImmediate);
        });
        assert.deepEqual(errors, [thrown, thrown]);
      });

      it("a failure that nobody hears goes to onError", async () => {
        const errors: unknown[] = [];
        await withHost({ onError: (error) => errors.push(error) }, async (host) => {
          const { callbacks, told } = listening("", "success");
          callOf(host)(callbacks);
          await new Promise(setImmediate);
          assert.deepEqual(told.order, []);
        });
        assert.equal((errors[0] as CanvasError).errMsg, NOT_FOUND);
        assert.equal(errors.length, 1);
      });
    });
  }

  describe("promises of wx that nobody awaits", () => {
    it("report once to onError, whichever way they are dropped", async () => {
      const errors: unknown[] = [];
      await withHost({ onError: (error) => errors.push(error) }, async ({ wx }) => {
        wx.canvasToTempFilePath();
        wx.canvasToTempFilePath().then(() => {});
        wx.canvasToTempFilePath().finally(() => {});
        wx.canvasToTempFilePath()
          .then(() => {})
          .then(() => {});
        await new Promise((resolve) => setTimeout(resolve, 20));
      });
      assert.deepEqual(
        errors.map((error) => (error as CanvasError).errMsg),
        [NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND],
      );
    });

    it("tell onError what the caller's own code in them throws", async () => {
      const errors: unknown[] = [];
      const thrown = new Error("mine");
      await withHost({ onError: (error) => errors.push(error) }, async (host) => {
        host.createCanvas("a", 5, 5);
        host.wx.canvasToTempFilePath({ canvasId: "a" }).then(() => {
          throw thrown;
        });
        await host.wx.canvasToTempFilePath({ canvasId: "a" });
        await new Promise((resolve) => setTimeout(resolve, 20));
      });
      assert.deepEqual(errors, [thrown]);
    });

    it("do not report what is caught or awaited", async () => {
      const errors: unknown[] = [];
      await withHost({ onError: (error) => errors.push(error) }, async ({ wx }) => {
        const caught: unknown[] = [];
        wx.canvasToTempFilePath().catch((error) => caught.push(error));
        wx.canvasToTempFilePath().then(undefined, (error) => caught.push(error));
        wx.canvasToTempFilePath()
          .then(() => {})
          .catch((error) => caught.push(error));
        await assert.rejects(wx.canvasToTempFilePath());
        await assert.rejects(Promise.all([wx.canvasToTempFilePath()]));
        await new Promise((resolve) => setTimeout(resolve, 20));
        assert.equal(caught.length, 3);
      });
      assert.deepEqual(errors, []);
    });
  });

  describe("without an onError", function () {
    this.timeout(20_000);

    it("what a callback throws is an uncaught error of the process", async () => {
      const { code, stderr } = await start(`
        wxCanvas.createCanvas("a", 5, 5);
        wxCanvas.canvasToTempFilePath({ canvasId: "a", success() { throw new Error("mine"); } });
      `).ended;
      assert.equal(code, 1);
      assert.match(stderr, /Error: mine/);
    });

    it("what the caller's own code throws in a promise of wx is one, too", async () => {
      const { code, stderr } = await start(`
        wxCanvas.createCanvas("a", 5, 5);
        wxCanvas.wx.canvasToTempFilePath({ canvasId: "a" }).then(() => { throw new Error("mine"); });
      `).ended;
      assert.equal(code, 1);
      assert.match(stderr, /Error: mine/);
    });

    it("an unheard failure of wx warns and the process lives", async () => {
      const { code, stdout, stderr } = await start(`
        wxCanvas.wx.canvasToTempFilePath();
        wxCanvas.wx.canvasToTempFilePath().then(() => {});
        wxCanvas.canvasToTempFilePath({ success() {} });
        setTimeout(() => console.log("alive"), 50);
      `).ended;
      assert.deepEqual([code, stdout], [0, "alive\n"]);
      assert.equal(stderr.split("fail canvas is empty").length - 1, 3, stderr);
    });

    it("a dropped rejection of the module's own function behaves as in Node", async () => {
      const { code, stderr } = await start("wxCanvas.canvasToTempFilePath();").ended;
      assert.equal(code, 1);
      assert.match(stderr, /fail canvas is empty/);
    });
  });
});
