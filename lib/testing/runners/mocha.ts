// The runner mocha, by hooks of its root suite.
import type { Ending } from "../records.ts";
import { type AfterTest, callAll, type ReportEnding, type Runner, worst } from "./runner.ts";

type Body = (this: unknown, done?: (error?: unknown) => void) => unknown;

/** The used part of a test of mocha. */
interface Test {
  fn?: Body;
  file?: string;
  state?: string;
  pending: boolean;
  currentRetry(): number;
  /** The attempt before this one. */
  retriedTest(): Test | undefined;
  titlePath(): string[];
  parent: Suite;
}

interface Suite {
  tests: Test[];
  suites: Suite[];
  parent?: Suite;
}

interface HookContext {
  currentTest: Test;
  test: { parent: RootSuite };
}

type HookBody = (this: HookContext) => void;
type Hook = (hook: HookBody) => void;
type Globals = Partial<Record<"before" | "beforeEach" | "after" | "specify", Hook>>;

/** The lists of hooks are internal to mocha; there is no other way to find an existing hook. */
interface RootSuite extends Suite {
  _beforeEach?: { fn: HookBody }[];
  _afterAll?: { fn: HookBody }[];
}

/** The runner, or undefined if the tests are not mocha's. */
export function mochaRunner(global: object, report: ReportEnding): Runner | undefined {
  const { beforeEach, after, specify } = global as Globals;
  if (!beforeEach || !after || !specify) return undefined;
  let current: Test | undefined;
  let callbacks: AfterTest[] = [];

  async function finish(): Promise<void> {
    current = undefined;
    await callAll(callbacks.splice(0));
  }

  function begin(this: HookContext): void {
    current = this.currentTest;
    callbacks = [];
    if (current.fn) current.fn = followed(current.fn, finish);
  }

  function end(this: HookContext): void {
    const files = new Map<string | undefined, Ending[]>();
    for (const test of testsIn(this.test.parent)) {
      files.set(test.file, [...(files.get(test.file) ?? []), endingOf(test)]);
    }
    for (const [file, endings] of files) report(worst(endings), file);
  }

  function register(): void {
    const { before, beforeEach, after } = global as Required<Globals>;
    before(function () {
      const { _beforeEach = [], _afterAll = [] } = this.test.parent;
      keepFirst(_beforeEach, begin);
      keepFirst(_afterAll, end);
    });
    beforeEach(begin);
    after(end);
  }

  register();
  onNewFile(global, register);
  return {
    running() {
      if (!current) return undefined;
      let test = current;
      for (let before = test.retriedTest(); before; before = test.retriedTest()) test = before;
      const title = current.titlePath().join(" ");
      return { test, attempt: current.currentRetry(), title, file: current.file };
    },
    update: () => undefined,
    afterTest(callback) {
      if (!current) return false;
      callbacks.push(callback);
      return true;
    },
  };
}

/** Removes repeated hooks: where all files share a root suite, each of them has added one. */
function keepFirst(hooks: { fn: HookBody }[], body: HookBody): void {
  const first = hooks.findIndex(({ fn }) => fn === body);
  for (let at = hooks.length - 1; at > first; at--) {
    if (hooks[at]?.fn === body) hooks.splice(at, 1);
  }
}

/**
 * Calls back when mocha sets its global functions for a new file; `it` is the last one that it
 * sets. In parallel and watch mode they then belong to another root suite, while this library stays
 * loaded.
 */
function onNewFile(global: object, callback: () => void): void {
  let { it } = global as { it?: unknown };
  Object.defineProperty(global, "it", {
    configurable: true,
    enumerable: true,
    get: () => it,
    set(value: unknown) {
      it = value;
      callback();
    },
  });
}

const wrapped = new WeakSet<object>();

/**
 * The body of a test, followed by `finish`. A hook after the test would not do: when a hook fails,
 * mocha skips all following tests.
 */
function followed(body: Body, finish: () => Promise<void>): Body {
  if (wrapped.has(body)) return body;
  const result: Body =
    body.length > 0
      ? function (done) {
          body.call(this, (error?: unknown) => {
            finish().then(
              () => done?.(error),
              (failure) => done?.(error ?? failure),
            );
          });
        }
      : async function () {
          try {
            await body.call(this);
          } catch (error) {
            await finish().catch(() => {});
            throw error;
          }
          await finish();
        };
  wrapped.add(result);
  return result;
}

function testsIn(suite: Suite): Test[] {
  return [...suite.tests, ...suite.suites.flatMap(testsIn)];
}

function endingOf(test: Test): Ending {
  if (test.state === "failed") return "failed";
  if (test.currentRetry() > 0) return "retried";
  if (test.state === "passed") return "whole";
  return test.pending ? "skipped" : "filtered";
}
