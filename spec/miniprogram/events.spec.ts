import assert from "node:assert/strict";
import { createEvents } from "../../lib/miniprogram/page/events.ts";

describe("events of components", () => {
  it("are kept until they are asked for, in their order", async () => {
    const events = createEvents();
    events.came("a", 1);
    events.came("b", 2);
    events.came("a", undefined);
    assert.deepEqual(await events.waitFor("a"), 1);
    assert.deepEqual(events.take("a"), [undefined]);
    assert.deepEqual(events.take("a"), undefined);
    assert.deepEqual(events.take("b"), [2]);
  });

  it("go to those that wait, the first first, and are not kept", async () => {
    const events = createEvents();
    const waiting = [events.waitFor("a"), events.waitFor("a")];
    events.came("a", 1);
    events.came("a", 2);
    events.came("a", 3);
    assert.deepEqual(await Promise.all(waiting), [1, 2]);
    assert.deepEqual(events.take("a"), [3]);
  });

  it("that nothing waits for are bounded, by name and in all", () => {
    const events = createEvents();
    for (let i = 0; i < 250; i++) events.came("often", i);
    assert.deepEqual(events.take("often"), [150]);
    for (let i = 0; i < 1000; i++) events.came(`name ${i}`, i);
    assert.equal(events.take("often"), undefined);
    assert.deepEqual(events.take("name 0"), [0]);
    events.came("one more", 1);
    assert.deepEqual(events.take("name 1"), [1]);
  });
});
