// The runner jest, by the state of jest-circus and of expect on each test file's global object.
import type { Ending } from "../records.ts";
import { type AfterTest, callAll, type ReportEnding, type Runner, worst } from "./runner.ts";

/** The used part of a test of jest-circus. */
interface CircusTest {
  type: "test";
  mode?: string | null;
  concurrent?: boolean;
  status?: string | null;
  errors: readonly unknown[];
  invocations: number;
}

interface CircusState {
  currentlyRunningTest: CircusTest | null;
  hasStarted?: boolean;
  testNamePattern?: RegExp | null;
  rootDescribeBlock: CircusBlock;
}

interface CircusBlock {
  type: "describeBlock";
  children: readonly (CircusTest | CircusBlock)[];
  hooks?: object[];
}

type AddHook = (hook: () => Promise<void> | void) => void;
type Globals = Partial<Record<"afterEach" | "afterAll", AddHook>>;

interface ExpectState {
  currentTestName?: string;
  /** The test that calls, where several run at once; since jest 29.6 its name, later itself. */
  currentConcurrentTestName?: () => string | undefined;
  currentTestIdentity?: () => CircusTest | undefined;
  testPath?: string;
  snapshotState?: { _updateSnapshot?: string };
}

/**
 * The runner, or undefined if the tests are not jest's. It registers hooks, so call it while tests
 * are collected.
 */
export function jestRunner(global: object, report: ReportEnding): Runner | undefined {
  const key = Object.getOwnPropertySymbols(global).find(
    ({ description }) => description === "JEST_STATE_SYMBOL",
  );
  if (!key) return undefined;
  const state = () => (global as Record<symbol, CircusState>)[key] as CircusState;
  const expectState = () =>
    (global as { [EXPECT]?: { state: ExpectState } })[EXPECT]?.state ?? ({} as ExpectState);
  // With `injectGlobals: false`, the global functions are missing: circus's own list, then.
  const adder =
    (type: keyof Globals): AddHook =>
    (fn) => {
      const { rootDescribeBlock: parent } = state();
      parent.hooks?.push({ type, fn, parent, asyncError: new Error(type), seenDone: false });
    };
  const { afterEach = adder("afterEach"), afterAll = adder("afterAll") } = global as Globals;
  const callbacks: AfterTest[] = [];
  // A test or hook that runs may load this. jest accepts no more hooks then, and fails the file.
  const hasHooks = !state().hasStarted;
  if (hasHooks) {
    afterEach(() => callAll(callbacks.splice(0)));
    afterAll(() => {
      const { testNamePattern, rootDescribeBlock } = state();
      const endings = testsIn(rootDescribeBlock).map((test) => endingOf(test, testNamePattern));
      report(worst(endings), expectState().testPath);
    });
  }

  /** The test that calls; undefined where jest does not say which of several that is. */
  function callingTest(): CircusTest | undefined {
    const { currentTestIdentity, currentConcurrentTestName } = expectState();
    const test = currentTestIdentity?.();
    if (test) return test;
    const { currentlyRunningTest } = state();
    const isOne = !currentlyRunningTest?.concurrent && currentConcurrentTestName?.() === undefined;
    return isOne ? (currentlyRunningTest ?? undefined) : undefined;
  }

  return {
    running() {
      const { currentTestName, currentConcurrentTestName, testPath: file } = expectState();
      const title = currentConcurrentTestName?.() ?? currentTestName;
      const test = callingTest();
      return test && title !== undefined
        ? { test, attempt: test.invocations, title, file }
        : undefined;
    },
    update: () => expectState().snapshotState?._updateSnapshot,
    afterTest(callback) {
      const test = callingTest();
      // jest calls no afterEach for a concurrent test.
      if (!hasHooks || !test || test.concurrent) return false;
      callbacks.push(callback);
      return true;
    },
  };
}

const EXPECT = Symbol.for("$$jest-matchers-object");

function testsIn(block: CircusBlock): CircusTest[] {
  return block.children.flatMap((child) => (child.type === "test" ? [child] : testsIn(child)));
}

function endingOf(test: CircusTest, pattern: RegExp | null | undefined): Ending {
  if (test.errors.length > 0) return "failed";
  if (test.invocations > 1) return "retried";
  if (test.status === "done") return "whole";
  return pattern ? "filtered" : "skipped";
}
