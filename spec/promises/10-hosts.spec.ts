// Promise 10: nothing of a disposed host remains, in memory or on disk.
import assert from "node:assert/strict";
import { answerOf, inFolder, LONG, times } from "../support/promises.ts";

const HOSTS = times(2_000, 150);

interface Answer {
  alive: number;
  entries: string[];
  listeners: [before: number, after: number];
  handles: [before: number, after: number];
}

const script = (tempDir: string) => `
  import { readdirSync } from "node:fs";
  const tempDir = ${JSON.stringify(tempDir)};
  const listeners = () => process.eventNames().reduce((n, name) => n + process.listenerCount(name), 0);
  const handles = () => process.getActiveResourcesInfo().length;
  async function use(i) {
    const host = wxCanvas.createHost({ tempDir, pixelRatio: 1 + (i % 3) });
    const component = {};
    const canvas = host.createCanvas("a", 20, 20);
    host.mountCanvas({ canvasId: "b", width: 10, height: 10, component });
    const context = host.wx.createCanvasContext("b", component);
    context.fillRect(0, 0, 5, 5);
    await new Promise((resolve) => context.draw(false, resolve));
    await host.canvasToTempFilePath({ canvasId: "a" });
    await host.wx.canvasToTempFilePath({ canvasId: "b" }, component);
    const waiting = i % 2 ? host.canvasToBuffer({ canvasId: "a" }) : undefined;
    await host.dispose();
    await waiting;
    return [host, canvas, context, component].map((value) => new WeakRef(value));
  }
  // The first host loads the modules, such as tmp with its listener.
  await use(0);
  const before = [listeners(), handles()];
  const references = [];
  for (let i = 0; i < ${HOSTS}; i++) references.push(...(await use(i)));
  for (let i = 0; i < 5; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    globalThis.gc();
  }
  const alive = references.filter((reference) => reference.deref()).length;
  console.log(JSON.stringify({
    alive, entries: readdirSync(tempDir),
    listeners: [before[0], listeners()], handles: [before[1], handles()],
  }));`;

describe("promise 10: hosts", function () {
  this.timeout(LONG);
  it(`leave nothing after ${HOSTS} were made, used and disposed`, () =>
    inFolder(async (tempDir) => {
      const answer = await answerOf<Answer>(script(tempDir), { flags: ["--expose-gc"] });
      assert.deepEqual(answer.entries, []);
      assert.equal(answer.listeners[0], answer.listeners[1]);
      assert.ok(answer.handles[1] <= answer.handles[0], String(answer.handles));
      // The last one may still be on the stack.
      assert.ok(answer.alive <= 4, `${answer.alive} of ${HOSTS * 4} objects are alive`);
    }));
});
