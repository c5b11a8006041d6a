// The library's own signals, which follow others and end waits.
import assert from "node:assert/strict";
import { CanvasError } from "../lib/errors.ts";
import { assertNotAborted, listen, untilAborted, withSignal } from "../lib/signal.ts";
import { failureOf } from "./support/hosts.ts";

describe("signals", () => {
  it("end a wait that never ends, each call with its own failure", async () => {
    const controller = new AbortController();
    const waits = [1, 2].map(() =>
      failureOf(() => untilAborted(controller.signal, new Promise(() => {}))),
    );
    controller.abort(new CanvasError("DISPOSED", "over", { cause: 5 }));
    const [first, second] = await Promise.all(waits);
    assert.notEqual(first, second);
    assert.deepEqual([first?.code, first?.reason, first?.cause], ["DISPOSED", "over", 5]);
    const late = await failureOf(() => untilAborted(controller.signal, new Promise(() => {})));
    assert.equal(late.code, "DISPOSED");
  });

  it("do not change the result of a wait, and are no longer listened to", async () => {
    const { signal } = new AbortController();
    assert.equal(await untilAborted(signal, Promise.resolve(1)), 1);
    await assert.rejects(untilAborted(signal, Promise.reject(new Error("mine"))), /mine/);
  });

  it("follow the caller's, the library's and the clock, whichever is first", async () => {
    const [given, other] = [new AbortController(), new AbortController()];
    const failure = () => new CanvasError("SOURCE", "too late");
    const wait = (milliseconds: number) =>
      failureOf(() =>
        withSignal(
          {
            given: given.signal,
            signals: [other.signal],
            timeout: { milliseconds, failure },
          },
          (signal) => untilAborted(signal, new Promise(() => {})),
        ),
      );
    assert.equal((await wait(5)).reason, "too late");
    const library = wait(60_000);
    other.abort(new CanvasError("DISPOSED", "over"));
    assert.equal((await library).code, "DISPOSED");
    const reason = new Error("the caller's");
    const caller = failureOf(() =>
      withSignal({ given: given.signal }, (signal) => untilAborted(signal, new Promise(() => {}))),
    );
    given.abort(reason);
    const { code, cause } = await caller;
    assert.deepEqual([code, cause], ["ABORTED", reason]);
    assert.equal(
      (await failureOf(() => withSignal({ given: given.signal }, async () => {}))).code,
      "ABORTED",
    );
  });

  it("fail with ABORTED also when their reason is a failure of this library", async () => {
    const given = AbortSignal.abort(new CanvasError("INVALID", "mine"));
    assert.equal((await failureOf(() => withSignal({ given }, async () => {}))).code, "ABORTED");
  });

  it("are checked, since some abort without an event", async () => {
    const given = { aborted: false, addEventListener() {}, removeEventListener() {} };
    const failure = await failureOf(() =>
      withSignal({ given: given as never }, async (signal) => {
        assertNotAborted(signal);
        given.aborted = true;
        assertNotAborted(signal);
      }),
    );
    assert.equal(failure.code, "ABORTED");
    assertNotAborted(null);
    assertNotAborted(undefined);
  });

  it("have one listener for any number of waits", () => {
    const { signal } = new AbortController();
    let received = 0;
    const stops = [1, 2, 3].map(() => listen(signal, () => received++));
    stops[0]?.();
    signal.dispatchEvent(new Event("abort"));
    assert.equal(received, 2);
    for (const stop of stops) stop();
    signal.dispatchEvent(new Event("abort"));
    assert.equal(received, 2);
  });
});
