// The realm that is prepared for the next mini-program.
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { Script } from "node:vm";
import { prepareNext, takeRealm } from "../../lib/miniprogram/framework/prepared.ts";
import { withPage } from "../support/projects.ts";

/** How many scripts run in contexts meanwhile. */
async function scriptsRunBy(work: () => unknown): Promise<number> {
  const { runInContext } = Script.prototype;
  let count = 0;
  Script.prototype.runInContext = function (...args) {
    count++;
    return runInContext.apply(this, args);
  };
  try {
    await work();
  } finally {
    Script.prototype.runInContext = runInContext;
  }
  return count;
}

describe("the prepared realm", () => {
  beforeEach(async () => {
    await setImmediate();
    takeRealm();
  });

  it("is taken once; without one, a new realm is made", async () => {
    assert.equal(await scriptsRunBy(prepareNext), 0);
    prepareNext();
    assert.equal(await scriptsRunBy(setImmediate), 3);
    prepareNext();
    assert.equal(await scriptsRunBy(setImmediate), 0);
    const realms = new Set();
    assert.equal(await scriptsRunBy(() => realms.add(takeRealm().realm)), 0);
    assert.equal(await scriptsRunBy(() => realms.add(takeRealm().realm)), 3);
    assert.equal(realms.size, 2);
  });

  it("is prepared when a project ends", async () => {
    await withPage({ wxml: "<view />", js: "Page({})" }, () => {});
    await setImmediate();
    assert.equal(await scriptsRunBy(takeRealm), 0);
  });

  it("runs what the framework of its mini-program defers", async () => {
    prepareNext();
    await setImmediate();
    const js = "Page({ go() { this.setData({ n: 1 }, () => { this.done = true; }); } })";
    await withPage({ wxml: "{{ n }}", js }, async (page) => {
      page.instance.go();
      assert.equal(await page.waitFor(() => page.instance.done), true);
    });
  });
});
