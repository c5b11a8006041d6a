// The library's own timers: tests replace those of Node while it works.
import assert from "node:assert/strict";
import { syncBuiltinESMExports } from "node:module";
import { mock } from "node:test";
import { createHost } from "../lib/index.ts";
import { queueMicrotask, setTimeout, sleep } from "../lib/timers.ts";

describe("timers of the library", () => {
  before(() => {
    mock.timers.enable();
    syncBuiltinESMExports();
  });
  after(() => {
    mock.timers.reset();
    syncBuiltinESMExports();
  });

  it("run while a test has replaced those of Node", async () => {
    await new Promise<void>((resolve) => setTimeout(resolve, 1));
    await sleep(1);
    await new Promise<void>(queueMicrotask);
  });

  it("let an export end meanwhile", async () => {
    const host = createHost();
    host.createCanvas("a", 300, 300).getContext("2d").fillRect(0, 0, 9, 9);
    const { tempFilePath } = await host.canvasToTempFilePath({ canvasId: "a" });
    assert.ok(tempFilePath.endsWith(".png"));
    await host.dispose();
  });
});
