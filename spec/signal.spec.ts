// Signals of this library's own: what follows others, and ends waits.
import assert from "node:assert/strict";
import { CanvasError } from "../lib/errors.ts";
import { assertNotAborted, listen, untilAborted, withSignal } from "../lib/signal.ts";
import { failureOf } from "./support/hosts.ts";

describe("signals", () => {
  it("end a wait that never ends, each call with a failure of its own", async () => {
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

  it("let a wait end as it does, and are no longer listened to", async () => {
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

  it("that abort with a failure of this library say ABORTED all the same", async () => {
    const given = AbortSignal.abort(new CanvasError("INVALID", "mine"));
    assert.equal((await failureOf(() => withSignal({ given }, async () => {}))).code, "ABORTED");
  });

  it("are asked, since some abort without an event", async () => {
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

  it("have one listener, however many wait", () => {
    const { signal } = new AbortController();
    let heard = 0;
    const stops = [1, 2, 3].map(() => listen(signal, () => heard++));
    stops[0]?.();
    signal.dispatchEvent(new Event("abort"));
    assert.equal(heard, 2);
    for (const stop of stops) stop();
    signal.dispatchEvent(new Event("abort"));
    assert.equal(heard, 2);
  });
});
