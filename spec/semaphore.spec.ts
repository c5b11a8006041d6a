// The semaphore: a number of tasks at once, in order, whether they succeed or fail.
import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import { createSemaphore } from "../lib/semaphore.ts";

describe("slots", () => {
  it("run as many tasks as there are slots, the others in order", async () => {
    const inTurn = createSemaphore(2);
    const order: number[] = [];
    let [active, most] = [0, 0];
    const tasks = [0, 1, 2, 3, 4, 5].map((i) =>
      inTurn(async () => {
        order.push(i);
        most = Math.max(most, ++active);
        await setTimeout(2);
        active--;
        if (i % 2) throw new Error(String(i));
        return i;
      }),
    );
    const outcomes = await Promise.allSettled(tasks);
    assert.deepEqual(order, [0, 1, 2, 3, 4, 5]);
    assert.equal(most, 2);
    const fates = outcomes.map(({ status }) => status === "fulfilled");
    assert.deepEqual(fates, [true, false, true, false, true, false]);
    assert.equal(await inTurn(async () => "later"), "later");
  });

  it("are not taken by a task whose signal aborts before its turn", async () => {
    const inTurn = createSemaphore(1);
    const running = inTurn(() => setTimeout(20, "first"));
    const [leaving, ran] = [new AbortController(), [] as string[]];
    const task = (name: string) => async () => void ran.push(name);
    const left = inTurn(task("left"), leaving.signal);
    const stays = inTurn(task("stays"), new AbortController().signal);
    leaving.abort(new Error("enough"));
    await assert.rejects(left, /enough/);
    await assert.rejects(inTurn(task("late"), leaving.signal), /enough/);
    assert.equal(await running, "first");
    await stays;
    assert.deepEqual(ran, ["stays"]);
    assert.equal(await inTurn(async () => "free", leaving.signal).catch(() => "left"), "left");
    assert.equal(await inTurn(async () => "free"), "free");
  });
});
