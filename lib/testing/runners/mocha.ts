// mocha, by hooks of its root suite.
import type { Ending } from "../records.ts";
import { type ReportEnding, type Runner, worst } from "./runner.ts";

type Body = (this: unknown, done?: (error?: unknown) => void) => unknown;

/** What is used of a test of mocha. */
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

type Hook = (hook: (this: { currentTest: Test; test: { parent: Suite } }) => void) => void;
type Globals = Partial<Record<"beforeEach" | "after" | "specify", Hook>>;

/** Undefined where the tests are not mocha's. */
export function mochaRunner(global: object, report: ReportEnding): Runner | undefined {
  const { beforeEach, after, specify } = global as Globals;
  if (!beforeEach || !after || !specify) return undefined;
  let current: Test | undefined;
  let callbacks: (() => Promise<void>)[] = [];

  async function finish(): Promise<void> {
    current = undefined;
    const all = callbacks;
    callbacks = [];
    let failure: { error: unknown } | undefined;
    for (const callback of all) {
      await callback().catch((error) => {
        failure ??= { error };
      });
    }
    if (failure) throw failure.error;
  }

  beforeEach(function () {
    current = this.currentTest;
    callbacks = [];
    if (current.fn) current.fn = followed(current.fn, finish);
  });
  after(function () {
    const files = new Map<string | undefined, Ending[]>();
    for (const test of testsIn(this.test.parent)) {
      files.set(test.file, [...(files.get(test.file) ?? []), endingOf(test)]);
    }
    for (const [file, endings] of files) report(worst(endings), file);
  });
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

const wrapped = new WeakSet<object>();

/**
 * The body of a test with something behind it. A hook after the test would not do: one that fails
 * makes mocha leave out all the tests behind it.
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
