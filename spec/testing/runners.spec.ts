// The runners, by imitations of their global objects; the real ones are in spec/testing/real.
import assert from "node:assert/strict";
import { AsyncResource } from "node:async_hooks";
import type { Ending } from "../../lib/testing/records.ts";
import { type Ava, avaRunner } from "../../lib/testing/runners/ava.ts";
import { afterTest, detectRunner, runningTest } from "../../lib/testing/runners/index.ts";
import { jestRunner } from "../../lib/testing/runners/jest.ts";
import { mochaRunner } from "../../lib/testing/runners/mocha.ts";
import { processRunner } from "../../lib/testing/runners/process.ts";
import { vitestRunner } from "../../lib/testing/runners/vitest.ts";

type Reported = [Ending, string | undefined];

function listening() {
  const reports: Reported[] = [];
  return {
    reports,
    report: (ending: Ending, file: string | undefined) => void reports.push([ending, file]),
  };
}

describe("jest, as seen from its tests", () => {
  const EXPECT = Symbol.for("$$jest-matchers-object");

  function world(tests: object[], more: object = {}) {
    const hooks: Record<string, (() => unknown) | undefined> = {};
    const state = {
      currentlyRunningTest: null as object | null,
      hasStarted: false,
      testNamePattern: null as RegExp | null,
      rootDescribeBlock: {
        children: [{ type: "describeBlock", children: tests }],
        hooks: [] as { type: string; fn: () => unknown }[],
      },
    };
    const global = {
      [Symbol("JEST_STATE_SYMBOL")]: state,
      [EXPECT]: {
        state: {
          testPath: "/a.test.js",
          currentTestName: "draws",
          snapshotState: { _updateSnapshot: "all" },
        },
      },
      afterEach(hook: () => unknown) {
        hooks.afterEach = hook;
      },
      afterAll(hook: () => unknown) {
        hooks.afterAll = hook;
      },
      ...more,
    };
    return { state, hooks, global };
  }
  const done = { type: "test", status: "done", errors: [], invocations: 1 };

  it("names the running test, and the attempt at it", async () => {
    const { state, hooks, global } = world([]);
    const runner = jestRunner(global, () => {});
    assert.ok(runner);
    assert.equal(runner.running(), undefined);
    assert.equal(
      runner.afterTest(async () => {}),
      false,
    );
    const test = { ...done };
    state.currentlyRunningTest = test;
    assert.deepEqual(runner.running(), { test, attempt: 1, title: "draws", file: "/a.test.js" });
    assert.equal(runner.update(), "all");
    let calls = 0;
    assert.equal(
      runner.afterTest(async () => void calls++),
      true,
    );
    await hooks.afterEach?.();
    await hooks.afterEach?.();
    assert.equal(calls, 1);
  });

  it("names concurrent tests where jest tells them apart, and does not end their hosts", () => {
    const { state, global } = world([]);
    const runner = jestRunner(global, () => {});
    const expectState = global[EXPECT].state as Record<string, unknown>;
    const other = { ...done, concurrent: true };
    state.currentlyRunningTest = other;
    assert.equal(runner?.running(), undefined);
    state.currentlyRunningTest = done;
    // As of jest 29.6: the name alone.
    expectState.currentConcurrentTestName = () => "draws at once";
    assert.equal(runner?.running(), undefined);
    const test = { ...done, concurrent: true };
    expectState.currentTestIdentity = () => test;
    const running = { test, attempt: 1, title: "draws at once", file: "/a.test.js" };
    assert.deepEqual(runner?.running(), running);
    assert.equal(
      runner?.afterTest(async () => {}),
      false,
    );
    // In code whose test is not known, such as a callback of a shared pool.
    expectState.currentConcurrentTestName = () => undefined;
    expectState.currentTestIdentity = () => undefined;
    assert.equal(runner?.running()?.title, "draws");
  });

  it("reports how a file ended", () => {
    const cases: [tests: object[], pattern: RegExp | null, ending: Ending][] = [
      [[done, done], null, "whole"],
      [[done, { ...done, status: "skip" }], null, "skipped"],
      [[done, { ...done, status: "skip" }], /x/, "filtered"],
      [[{ ...done, invocations: 2 }], null, "retried"],
      [
        [
          { ...done, errors: [1] },
          { ...done, status: "skip" },
        ],
        null,
        "failed",
      ],
      [[], null, "whole"],
    ];
    for (const [tests, pattern, ending] of cases) {
      const { reports, report } = listening();
      const { state, hooks, global } = world(tests);
      state.testNamePattern = pattern;
      jestRunner(global, report);
      hooks.afterAll?.();
      assert.deepEqual(reports, [[ending, "/a.test.js"]]);
    }
  });

  it("works without hooks where jest accepts none, and without expect", () => {
    const refusing = () => {
      throw new Error("Hooks cannot be defined inside tests.");
    };
    const { state, global } = world([], { afterEach: refusing, [EXPECT]: undefined });
    state.hasStarted = true;
    const runner = jestRunner(global, () => {});
    state.currentlyRunningTest = done;
    assert.equal(
      runner?.afterTest(async () => {}),
      false,
    );
    assert.equal(runner?.running(), undefined);
    assert.equal(runner?.update(), undefined);
  });

  it("has the same hooks without jest's global functions", async () => {
    const { reports, report } = listening();
    const { state, global } = world([done], { afterEach: undefined, afterAll: undefined });
    const runner = jestRunner(global, report);
    state.currentlyRunningTest = done;
    let calls = 0;
    assert.equal(
      runner?.afterTest(async () => void calls++),
      true,
    );
    const { hooks } = state.rootDescribeBlock;
    assert.deepEqual(
      hooks.map(({ type }) => type),
      ["afterEach", "afterAll"],
    );
    for (const { fn } of hooks) await fn();
    assert.deepEqual([calls, reports], [1, [["whole", "/a.test.js"]]]);
    // A jest without such a list.
    Reflect.deleteProperty(state.rootDescribeBlock, "hooks");
    assert.ok(jestRunner(global, report));
    assert.equal(
      jestRunner({}, () => {}),
      undefined,
    );
  });
});

describe("vitest, as seen from its tests", () => {
  function world(pattern?: RegExp) {
    const file = {
      type: "suite",
      name: "a.test.ts",
      filepath: "/a.test.ts",
      tasks: [] as object[],
    };
    Object.assign(file, { file });
    const suite = { type: "suite", name: "poster", file, tasks: [] };
    const test = {
      type: "test",
      name: "draws",
      suite,
      file,
      mode: "run",
      concurrent: false,
      context: { onTestFinished: (callback: () => Promise<void>) => void finished.push(callback) },
      result: { state: "run", retryCount: 1 },
    };
    const afterAll: (() => void)[] = [];
    const finished: (() => Promise<void>)[] = [];
    const global = {
      __vitest_worker__: {
        current: undefined as object | undefined,
        config: { testNamePattern: pattern, snapshotOptions: { updateSnapshot: "new" } },
      },
      __vitest_index__: {
        TestRunner: { getSuiteHooks: (): object | undefined => ({ afterAll }) },
      },
    };
    return { file, suite, test, global, afterAll, finished };
  }

  it("names the running test, and the attempt at it", () => {
    const { test, global, finished } = world();
    const runner = vitestRunner(global, () => {});
    assert.equal(runner?.running(), undefined);
    assert.equal(
      runner?.afterTest(async () => {}),
      false,
    );
    global.__vitest_worker__.current = test;
    const expected = { test, attempt: 1, title: "poster > draws", file: "/a.test.ts" };
    assert.deepEqual(runner?.running(), expected);
    assert.deepEqual(runningTest({ task: test }), expected);
    assert.equal(runner?.update(), "new");
    assert.equal(
      runner?.afterTest(async () => {}),
      true,
    );
    assert.equal(finished.length, 1);
    // A matcher has the test, and tests have a context that is a function.
    const context = Object.assign(() => {}, test.context, { task: test });
    for (const given of [{ task: test }, context]) {
      assert.equal(
        afterTest(given, async () => {}),
        true,
      );
    }
    assert.equal(finished.length, 3);
    // The global expect gives the matcher any of the tests that run at once.
    const concurrent = { task: { ...test, concurrent: true } };
    afterTest(concurrent, async () => {});
    assert.equal(finished.length, 3);
    Object.assign(global, { __vitest_index__: undefined });
    assert.ok(runner?.running());
    const repeated = { ...test, result: { repeatCount: 1 } };
    assert.equal(runningTest({ task: repeated })?.attempt, 1000);
    assert.equal(runningTest({ task: { ...test, result: undefined } })?.attempt, 0);
  });

  it("names no test while several run, in hooks of suites, and while tests are collected", () => {
    const { file, suite, test, global, afterAll } = world();
    const runner = vitestRunner(global, () => {});
    const { TestRunner } = global.__vitest_index__;
    const { getSuiteHooks } = TestRunner;
    TestRunner.getSuiteHooks = () => undefined;
    for (const current of [file, suite, { ...test, concurrent: true }]) {
      global.__vitest_worker__.current = current;
      assert.equal(runner?.running(), undefined);
      assert.equal(
        runner?.afterTest(async () => {}),
        false,
      );
      assert.equal(afterAll.length, current === file ? 0 : 1);
      TestRunner.getSuiteHooks = getSuiteHooks;
    }
  });

  it("reports how a file ended", () => {
    const passed = { mode: "run", result: { state: "pass" } };
    const cases: [tests: object[], pattern: RegExp | undefined, ending: Ending][] = [
      [[passed, { tasks: [passed] }], undefined, "whole"],
      [[passed, { mode: "skip" }], undefined, "skipped"],
      [[passed, { mode: "todo" }], /x/, "filtered"],
      [[passed, { mode: "run", result: { state: "fail" } }], undefined, "failed"],
      [[passed, { mode: "run" }], undefined, "failed"],
      [[{ mode: "run", result: { state: "pass", retryCount: 1 } }], undefined, "retried"],
    ];
    for (const [tests, pattern, ending] of cases) {
      const { reports, report } = listening();
      const { file, test, global, afterAll } = world(pattern);
      file.tasks = tests;
      const runner = vitestRunner(global, report);
      global.__vitest_worker__.current = test;
      runner?.running();
      runner?.running();
      for (const hook of afterAll) hook();
      assert.deepEqual(reports, [[ending, "/a.test.ts"]]);
    }
  });
});

describe("mocha, as seen from its tests", () => {
  type Body = (this: unknown, done?: (error?: unknown) => void) => unknown;
  interface Imitation {
    fn?: Body | undefined;
    file: string;
    state?: string;
    pending: boolean;
    retry: number;
    before?: Imitation;
  }

  const testOf = (test: Partial<Imitation>): Imitation => ({
    file: "/a.js",
    pending: false,
    retry: 0,
    ...test,
  });
  const asTest = (test: Imitation): Imitation =>
    Object.assign(test, {
      currentRetry: () => test.retry,
      retriedTest: () => test.before,
      titlePath: () => ["poster", "draws"],
    });

  function world(tests: Imitation[] = []) {
    const hooks: Record<string, (this: object) => void> = {};
    const hook = (name: string) => (run: (this: object) => void) => {
      hooks[name] = run;
    };
    const { reports, report } = listening();
    const global = {
      before: hook("before"),
      beforeEach: hook("beforeEach"),
      after: hook("after"),
      specify: () => {},
      it: undefined as unknown,
    };
    const runner = mochaRunner(global, report);
    assert.ok(runner);
    const root = { tests: [], suites: [{ tests, suites: [] }] };
    hooks.before?.call({ test: { parent: root } });
    return {
      runner,
      reports,
      hooks,
      global,
      begin: (currentTest: Imitation) => hooks.beforeEach?.call({ currentTest }),
      end: () => hooks.after?.call({ test: { parent: root } }),
    };
  }

  it("names the running test, and the attempt at it", () => {
    const { runner, begin } = world();
    assert.equal(runner.running(), undefined);
    assert.equal(runner.update(), undefined);
    assert.equal(
      runner.afterTest(async () => {}),
      false,
    );
    const first = asTest(testOf({}));
    const second = asTest(testOf({ retry: 1, before: first }));
    begin(second);
    assert.deepEqual(runner.running(), {
      test: first,
      attempt: 1,
      title: "poster draws",
      file: "/a.js",
    });
  });

  it("runs cleanup after a test as part of it, once, whether it passes or fails", async () => {
    const { runner, begin } = world();
    const calls: string[] = [];
    async function outcome(body: Body, ...callbacks: (() => Promise<void>)[]): Promise<string> {
      const test = asTest(testOf({ fn: body }));
      begin(test);
      begin(test);
      for (const callback of callbacks) runner.afterTest(callback);
      try {
        if (body.length === 0) await test.fn?.call(null);
        else {
          await new Promise<void>((resolve, reject) => {
            test.fn?.call(null, (error) => (error ? reject(error) : resolve()));
          });
        }
        return "passed";
      } catch (error) {
        return (error as Error).message;
      }
    }
    const note = async () => void calls.push("after");
    const fail = async () => {
      throw new Error("found something");
    };
    const byDone =
      (error?: Error): Body =>
      (done) => {
        setImmediate(() => done?.(error));
      };
    assert.equal(await outcome(() => {}, note), "passed");
    assert.equal(await outcome(async () => {}, fail, note), "found something");
    assert.equal(await outcome(() => Promise.reject(new Error("own")), note), "own");
    assert.equal(await outcome(() => Promise.reject(new Error("own")), fail), "own");
    assert.equal(await outcome(byDone(), note), "passed");
    assert.equal(await outcome(byDone(), fail), "found something");
    assert.equal(await outcome(byDone(new Error("own")), note), "own");
    assert.equal(await outcome(byDone(new Error("own")), fail, fail), "own");
    assert.equal(calls.length, 5);
    begin(asTest(testOf({ fn: undefined })));
  });

  it("registers its hooks for each file, and keeps one of each in a suite", () => {
    const { hooks, global } = world();
    const [begin, end] = [hooks.beforeEach, hooks.after];
    delete hooks.beforeEach;
    const test = () => {};
    global.it = test;
    assert.equal(global.it, test);
    assert.equal(hooks.beforeEach, begin);
    const other = { fn: () => {} };
    const parent = {
      _beforeEach: [other, { fn: begin }, other, { fn: begin }, { fn: begin }],
      _afterAll: [{ fn: end }, { fn: end }],
    };
    hooks.before?.call({ test: { parent } });
    assert.deepEqual(
      parent._beforeEach.map(({ fn }) => fn),
      [other.fn, begin, other.fn],
    );
    assert.equal(parent._afterAll.length, 1);
  });

  it("reports how its files ended", () => {
    const { reports, end } = world([
      asTest(testOf({ state: "passed" })),
      asTest(testOf({ state: "passed", file: "/b.js" })),
      asTest(testOf({ pending: true, file: "/b.js" })),
      asTest(testOf({ file: "/c.js" })),
      asTest(testOf({ state: "passed", retry: 1, file: "/d.js" })),
      asTest(testOf({ state: "failed", retry: 1, file: "/e.js" })),
    ]);
    end();
    assert.deepEqual(reports, [
      ["whole", "/a.js"],
      ["skipped", "/b.js"],
      ["filtered", "/c.js"],
      ["retried", "/d.js"],
      ["failed", "/e.js"],
    ]);
  });
});

describe("ava, node:test and scripts, as seen from inside", () => {
  it("ava reports when all tests of a file have passed, if it can be loaded", async () => {
    const { reports, report } = listening();
    const hooks: (() => void)[] = [];
    const ava: Ava = { default: { after: (hook) => void hooks.push(hook) } };
    const script = "/n/ava/lib/worker/base.js";
    const runner = avaRunner(script, report, async () => ava);
    await Promise.resolve();
    hooks[0]?.();
    assert.deepEqual(reports, [["whole", undefined]]);
    assert.equal(runner?.running(), undefined);
    assert.equal(runner?.update(), undefined);
    assert.equal(
      runner?.afterTest(async () => {}),
      false,
    );
    avaRunner(script, report, async () => Promise.reject(new Error("not there")));
    assert.equal(
      avaRunner("/a.js", report, async () => ava),
      undefined,
    );
    assert.equal(
      avaRunner(undefined, report, async () => ava),
      undefined,
    );
  });

  /** The functions that node:test calls when the test ends. */
  type AtEnd = (test: { after?(callback: () => Promise<void>): void }) => Promise<void> | void;
  const afterTests: AtEnd[] = [];

  function processOf(more: object = {}) {
    let exit: ((code: number) => void) | undefined;
    const process = {
      argv: ["node", "/a.js"],
      execArgv: [] as string[],
      env: {} as Record<string, string>,
      once(_: "exit", listener: (code: number) => void) {
        exit = listener;
      },
      getBuiltinModule: () => ({
        after: (callback: AtEnd) => void afterTests.push(callback),
      }),
      ...more,
    };
    return { process, exit: (code: number) => exit?.(code) };
  }

  it("a process reports by its exit code and its flags", () => {
    const cases: [code: number, execArgv: string[], ending: Ending][] = [
      [0, [], "whole"],
      [1, [], "failed"],
      [0, ["--test-name-pattern=x"], "filtered"],
    ];
    for (const [code, execArgv, ending] of cases) {
      const { reports, report } = listening();
      const { process, exit } = processOf({ execArgv });
      processRunner(process, report);
      exit(code);
      assert.deepEqual(reports, [[ending, undefined]]);
    }
  });

  it("node:test ends its tests by `after`, and takes its flag for an update", async () => {
    const script = processRunner(processOf().process, () => {});
    assert.equal(script.running(), undefined);
    assert.equal(script.update(), undefined);
    assert.equal(
      script.afterTest(async () => {}),
      false,
    );
    const started = { env: { NODE_TEST_CONTEXT: "child-v8" }, moduleLoadList: [] };
    assert.equal(
      processRunner(processOf(started).process, () => {}).afterTest(async () => {}),
      false,
    );
    for (const more of [
      { env: { NODE_TEST_CONTEXT: "child-v8" } },
      { moduleLoadList: ["NativeModule internal/test_runner/harness"] },
    ]) {
      const runner = processRunner(processOf(more).process, () => {});
      const end = async () => {};
      assert.equal(runner.afterTest(end), true);
      assert.equal(afterTests.pop(), end);
    }
    assert.equal(afterTests.length, 0);
    const runner = processRunner(
      processOf({ env: { NODE_TEST_CONTEXT: "child-v8" } }).process,
      () => {},
    );
    // A hook of node:test is such a resource; what it registers would run when the hook ends.
    const hook = new (class TestHook extends AsyncResource {})("TestHook");
    const end = async () => {};
    hook.runInAsyncScope(() => assert.equal(runner.afterTest(end), true));
    const ends: unknown[] = [];
    const atEnd = afterTests.pop();
    atEnd?.({ after: (callback) => void ends.push(callback) });
    atEnd?.({});
    assert.deepEqual(ends, [end]);
    const flags = { execArgv: ["--test-update-snapshots"] };
    assert.equal(processRunner(processOf(flags).process, () => {}).update(), "all");
    const options = { env: { NODE_OPTIONS: "--test-update-snapshots" } };
    assert.equal(processRunner(processOf(options).process, () => {}).update(), "all");
  });

  it("contexts of tests have their own names", () => {
    const known = { test: {}, attempt: 0, title: "x", file: undefined };
    for (const context of [{ title: "x" }, { fullName: "x", name: "y" }, { name: "x" }]) {
      assert.deepEqual(runningTest(context), { ...known, test: context });
    }
    const attempt = { name: "x", attempt: 2, filePath: "/a.js" };
    assert.deepEqual(runningTest(attempt), {
      test: attempt,
      attempt: 2,
      title: "x",
      file: "/a.js",
    });
    // A context without a name does not help.
    assert.match(runningTest({})?.title ?? "", /contexts of tests have their own names/);
  });

  it("the running runner is detected", () => {
    const { process } = processOf();
    const none = () => {};
    assert.equal(detectRunner({}, process, none).running(), undefined);
    const ava = processOf({ argv: ["node", "/n/ava/lib/worker/base.js"] }).process;
    assert.equal(
      detectRunner({}, ava, none).afterTest(async () => {}),
      false,
    );
    const nodeTest = processOf({ env: { NODE_TEST_CONTEXT: "child-v8" } }).process;
    assert.ok(detectRunner({}, nodeTest, none));
  });
});
