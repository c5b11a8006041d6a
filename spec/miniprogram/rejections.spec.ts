// Promises of a page's code that nothing handles: they are reported, and the process goes on.
import assert from "node:assert/strict";
import { setTimeout as wait } from "node:timers/promises";
import { withPage } from "../support/projects.ts";

const EVENTS = ["unhandledRejection", "uncaughtException"] as const;

/** Runs the test without the listeners of the test runner; resolves to the process's errors. */
async function withoutRunner(test: () => Promise<void>): Promise<unknown[]> {
  const errors: unknown[] = [];
  const note = (error: unknown) => void errors.push(error);
  const others = EVENTS.map(
    (event) =>
      [
        event,
        process.listeners(event as "exit").filter(({ name }) => name !== "onRejection"),
      ] as const,
  );
  for (const [event, listeners] of others) {
    for (const one of listeners) process.off(event, one as () => void);
  }
  process.on("uncaughtException", note);
  try {
    await test();
    await wait(5);
  } finally {
    process.off("uncaughtException", note);
    for (const [event, listeners] of others) {
      for (const one of listeners) process.on(event, one as () => void);
    }
  }
  return errors;
}

const js = `Page({ onLoad() { Promise.reject(new TypeError("not found")); class Mine extends Promise {} Mine.reject("mine"); },
  async onReady() { throw new RangeError("late"); } })`;

describe("a promise that the code of a page rejects and does not handle", () => {
  it("goes to onError", async () => {
    const reported: string[] = [];
    const errors = await withoutRunner(() =>
      withPage({ js }, () => wait(5), { onError: (error) => void reported.push(String(error)) }),
    );
    assert.deepEqual(reported.sort(), ["RangeError: late", "TypeError: not found", "mine"]);
    assert.deepEqual(errors, []);
  });

  it("goes to onError when other code has removed the listeners of the process", async () => {
    const reported: string[] = [];
    const open = () =>
      withPage({ js }, () => wait(5), { onError: (error) => void reported.push(String(error)) });
    await withoutRunner(open);
    for (const one of process.listeners("unhandledRejection")) {
      if (one.name === "onRejection") process.off("unhandledRejection", one);
    }
    assert.deepEqual(await withoutRunner(open), []);
    assert.equal(reported.length, 6);
  });

  it("is a warning of the process without onError, with its file and line", async () => {
    const warnings: string[] = [];
    const note = ({ message }: Error) => void warnings.push(message);
    process.on("warning", note);
    try {
      const errors = await withoutRunner(() => withPage({ js }, () => wait(5)));
      assert.deepEqual(errors, []);
      await wait(5);
    } finally {
      process.off("warning", note);
    }
    assert.match(warnings.join("\n"), /Promise:fail .*pages\/a\.js:1: not found/);
    assert.match(warnings.join("\n"), /pages\/a\.js:2: late/);
  });

  it("is ignored once the project has been disposed", async () => {
    const reported: unknown[] = [];
    await withoutRunner(() =>
      withPage(
        { js: "Page({ later() { Promise.reject(1); } })" },
        async (page, { project }) => {
          project.dispose();
          page.instance.later();
        },
        { onError: (error) => void reported.push(error) },
      ),
    );
    assert.deepEqual(reported, []);
  });

  it("leaves the promises of others to Node, or to the listeners that there are", async () => {
    const seen: unknown[] = [];
    const note = (reason: unknown) => void seen.push(reason);
    const errors = await withoutRunner(() =>
      withPage({}, async () => {
        Promise.reject(new Error("alone"));
        await wait(5);
        process.on("unhandledRejection", note);
        Promise.reject(new Error("seen"));
        await wait(5);
        process.off("unhandledRejection", note);
      }),
    );
    assert.deepEqual([errors.map(String), seen.map(String)], [["Error: alone"], ["Error: seen"]]);
  });
});

describe("queueMicrotask", () => {
  it("reports what its function throws, and stops with the project", async () => {
    const reported: string[] = [];
    await withPage(
      {
        js: `Page({ onLoad() { queueMicrotask(() => { throw new Error("soon"); }); },
          later() { queueMicrotask(() => { this.ran = true; }); } })`,
      },
      async (page, { project }) => {
        await wait(1);
        page.instance.later();
        project.dispose();
        await wait(1);
        assert.equal(page.instance.ran, undefined);
      },
      { onError: (error) => void reported.push(String(error)) },
    );
    assert.deepEqual(reported, ["Error: soon"]);
  });
});
