// How calls answer: each callback once, in order, or a promise; no error is lost.
import assert from "node:assert/strict";
import { CanvasError, type CanvasToTempFilePathOptions } from "../lib/index.ts";
import { start } from "./support/children.ts";
import { failureOf, withHost } from "./support/hosts.ts";

const NOT_FOUND = "canvasToTempFilePath: fail canvas is empty";

interface Received {
  order: string[];
  values: unknown[];
}

/** Options whose callbacks note their arguments; resolves one turn after `last` was called. */
function listening(last: string, ...given: ("success" | "fail" | "complete")[]) {
  const received: Received = { order: [], values: [] };
  let done = () => {};
  const settled = new Promise<Received>((resolve) => {
    done = () => setImmediate(resolve, received);
  });
  const callbacks = given.map((name) => [
    name,
    (value: unknown) => {
      received.order.push(name);
      received.values.push(value);
      if (name === last) done();
    },
  ]);
  return {
    received,
    settled,
    callbacks: Object.fromEntries(callbacks) as CanvasToTempFilePathOptions,
  };
}

describe("how calls answer", () => {
  for (const verb of ["host", "wx"] as const) {
    describe(`${verb}.canvasToTempFilePath`, () => {
      const callOf = (host: Parameters<Parameters<typeof withHost>[1]>[0]) =>
        verb === "host" ? host.canvasToTempFilePath : host.wx.canvasToTempFilePath;

      it("calls success, then complete, with the same object, after the call returned", () =>
        withHost({}, async (host) => {
          host.createCanvas("a", 5, 5);
          const { received, settled, callbacks } = listening(
            "complete",
            "success",
            "fail",
            "complete",
          );
          assert.equal(callOf(host)({ canvasId: "a", ...callbacks }), undefined);
          assert.deepEqual(received.order, []);
          const { order, values } = await settled;
          assert.deepEqual(order, ["success", "complete"]);
          assert.equal(values[0], values[1]);
          const result = values[0] as Record<string, unknown>;
          assert.deepEqual(Object.keys(result), ["tempFilePath", "errMsg"]);
          assert.equal(result.errMsg, "canvasToTempFilePath:ok");
        }));

      it("calls fail, then complete, with the same object, after the call returned", () =>
        withHost({}, async (host) => {
          const { received, settled, callbacks } = listening(
            "complete",
            "success",
            "fail",
            "complete",
          );
          assert.equal(callOf(host)({ canvasId: "a", ...callbacks }), undefined);
          assert.deepEqual(received.order, []);
          const { order, values } = await settled;
          assert.deepEqual(order, ["fail", "complete"]);
          assert.equal(values[0], values[1]);
          const failure = values[0] as CanvasError;
          assert.ok(failure instanceof CanvasError);
          assert.deepEqual([failure.errMsg, failure.code], [NOT_FOUND, "NOT_FOUND"]);
          assert.equal(JSON.parse(JSON.stringify(failure)).errMsg, NOT_FOUND);
        }));

      for (const name of ["success", "fail", "complete"] as const) {
        it(`returns no promise with ${name} alone`, () =>
          withHost({ onError: () => {} }, async (host) => {
            host.createCanvas("a", 5, 5);
            const { callbacks, received } = listening("", name);
            assert.equal(callOf(host)({ canvasId: "a", ...callbacks }), undefined);
            await host.dispose();
            await new Promise(setImmediate);
            assert.deepEqual(received.order, name === "fail" ? [] : [name]);
          }));
      }

      it("returns a promise without callbacks, and when they are no functions", () =>
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

      it("rejects with an Error that has errMsg, code and the caller's stack", () =>
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

      it("treats an unreadable callback as omitted, and fails", () =>
        withHost({}, async (host) => {
          const { settled, callbacks } = listening("fail", "fail");
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
          const { values } = await settled;
          assert.match((values[0] as CanvasError).errMsg, /^canvasToTempFilePath:fail x: expected/);
        }));

      for (const thrower of ["success", "complete"] as const) {
        it(`passes what ${thrower} throws to onError, and to no other callback`, async () => {
          const errors: unknown[] = [];
          const thrown = new Error(thrower);
          await withHost({ onError: (error) => errors.push(error) }, async (host) => {
            host.createCanvas("a", 5, 5);
            const { received, callbacks } = listening("", "success", "fail", "complete");
            const inner: (value: never) => void = callbacks[thrower] ?? assert.fail();
            callbacks[thrower] = (value: unknown) => {
              inner(value as never);
              throw thrown;
            };
            callOf(host)({ canvasId: "a", ...callbacks });
            await host.dispose();
            await new Promise(setImmediate);
            assert.deepEqual(received.order, ["success", "complete"]);
          });
          assert.deepEqual(errors, [thrown]);
        });
      }

      it("passes the rejection of an async callback to onError", async () => {
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

      it("passes a failure without fail and complete to onError", async () => {
        const errors: unknown[] = [];
        await withHost({ onError: (error) => errors.push(error) }, async (host) => {
          const { callbacks, received } = listening("", "success");
          callOf(host)(callbacks);
          await new Promise(setImmediate);
          assert.deepEqual(received.order, []);
        });
        assert.equal((errors[0] as CanvasError).errMsg, NOT_FOUND);
        assert.equal(errors.length, 1);
      });
    });
  }

  describe("unawaited promises of wx", () => {
    /** Waits until failures are reported, which is in a turn of the loop after the timer's. */
    async function reported(): Promise<void> {
      await new Promise((resolve) => setTimeout(resolve, 20));
      await new Promise(setImmediate);
    }

    it("report once to onError, in each way of dropping them", async () => {
      const errors: unknown[] = [];
      await withHost({ onError: (error) => errors.push(error) }, async ({ wx }) => {
        wx.canvasToTempFilePath();
        wx.canvasToTempFilePath().then(() => {});
        wx.canvasToTempFilePath().finally(() => {});
        wx.canvasToTempFilePath()
          .then(() => {})
          .then(() => {});
        await reported();
      });
      assert.deepEqual(
        errors.map((error) => (error as CanvasError).errMsg),
        [NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND],
      );
    });

    it("pass what the caller's own code in them throws to onError", async () => {
      const errors: unknown[] = [];
      const thrown = new Error("mine");
      await withHost({ onError: (error) => errors.push(error) }, async (host) => {
        host.createCanvas("a", 5, 5);
        host.wx.canvasToTempFilePath({ canvasId: "a" }).then(() => {
          throw thrown;
        });
        await host.wx.canvasToTempFilePath({ canvasId: "a" });
        await reported();
      });
      assert.deepEqual(errors, [thrown]);
    });

    it("report no failure that is caught or awaited", async () => {
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
        await reported();
        assert.equal(caught.length, 3);
      });
      assert.deepEqual(errors, []);
    });
  });

  describe("without an onError", function () {
    this.timeout(20_000);

    it("throws what a callback throws as an uncaught error of the process", async () => {
      const { code, stderr } = await start(`
        wxCanvas.createCanvas("a", 5, 5);
        wxCanvas.canvasToTempFilePath({ canvasId: "a", success() { throw new Error("mine"); } });
      `).ended;
      assert.equal(code, 1);
      assert.match(stderr, /Error: mine/);
    });

    it("throws what the caller's own code throws in a promise of wx, too", async () => {
      const { code, stderr } = await start(`
        wxCanvas.createCanvas("a", 5, 5);
        wxCanvas.wx.canvasToTempFilePath({ canvasId: "a" }).then(() => { throw new Error("mine"); });
      `).ended;
      assert.equal(code, 1);
      assert.match(stderr, /Error: mine/);
    });

    it("warns of an unhandled failure of wx, and the process lives", async () => {
      const { code, stdout, stderr } = await start(`
        wxCanvas.wx.canvasToTempFilePath();
        wxCanvas.wx.canvasToTempFilePath().then(() => {});
        wxCanvas.canvasToTempFilePath({ success() {} });
        setTimeout(() => console.log("alive"), 50);
      `).ended;
      assert.deepEqual([code, stdout], [0, "alive\n"]);
      assert.equal(stderr.split("fail canvas is empty").length - 1, 3, stderr);
    });

    it("leaves a dropped rejection of the module's own functions to Node", async () => {
      const { code, stderr } = await start("wxCanvas.canvasToTempFilePath();").ended;
      assert.equal(code, 1);
      assert.match(stderr, /fail canvas is empty/);
    });
  });
});
