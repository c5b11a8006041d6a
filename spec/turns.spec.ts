// Work spread over turns of the event loop: so many pieces in each, in order.
import assert from "node:assert/strict";
import { createTurns } from "../lib/turns.ts";

describe("turns", () => {
  it("have so many pieces of work each, in the order of the calls", async () => {
    const next = createTurns(3);
    const log: (number | "turn")[] = [];
    const pieces = Array.from({ length: 8 }, (_, i) => next().then(() => log.push(i)));
    setImmediate(() => {
      log.push("turn");
      setImmediate(() => log.push("turn"));
    });
    await Promise.all(pieces);
    assert.deepEqual(log, [0, 1, "turn", 2, 3, 4, "turn", 5, 6, 7]);
  });

  it("are not waited for by few pieces, however many came in the turns before", async () => {
    const next = createTurns(3);
    for (let i = 0; i < 4; i++) {
      const log: string[] = [];
      setImmediate(() => log.push("turn"));
      await next();
      await next();
      assert.deepEqual(log, []);
      await new Promise(setImmediate);
    }
  });
});
