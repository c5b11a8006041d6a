// The runner for node:test and plain scripts: one process for each file, whose exit code shows its
// ending.
import { executionAsyncResource } from "node:async_hooks";
import { filtersOf } from "../run-process.ts";
import type { AfterTest, ReportEnding, Runner } from "./runner.ts";

/** The used part of the process. */
export interface Process {
  argv: string[];
  execArgv: string[];
  /** Which of Node's own modules are loaded. */
  moduleLoadList?: string[];
  env: Record<string, string | undefined>;
  once(event: "exit", listener: (code: number) => void): unknown;
  /** Used instead of an import, which would load Node's test runner into every process. */
  getBuiltinModule(id: "node:test"): {
    after(callback: (test: { after?(callback: AfterTest): void }) => Promise<void> | void): void;
  };
}

export function processRunner(process: Process, report: ReportEnding): Runner {
  const { argv, execArgv } = process;
  process.once("exit", (code) => {
    if (code !== 0) report("failed", undefined);
    else
      report(
        filtersOf([...argv.slice(0, 1), ...execArgv]).length > 0 ? "filtered" : "whole",
        undefined,
      );
  });
  // Scripts that a test starts have the variable, too, but no tests.
  const isTest = () =>
    process.moduleLoadList?.includes("NativeModule internal/test_runner/harness") ??
    process.env.NODE_TEST_CONTEXT !== undefined;
  const updates = `${execArgv.join(" ")} ${process.env.NODE_OPTIONS ?? ""}`;
  return {
    running: () => undefined,
    update: () => (updates.includes("--test-update-snapshots") ? "all" : undefined),
    afterTest(callback) {
      // Outside of a test, `after` would start Node's test runner.
      if (!isTest()) return false;
      const { after } = process.getBuiltinModule("node:test");
      // What a hook registers is called when the hook ends, with the context of its test. That of a
      // suite has no `after`.
      after(isInHook() ? (test) => test.after?.(callback) : callback);
      return true;
    },
  };
}

/** Whether a hook of node:test calls, such as `beforeEach`. */
function isInHook(): boolean {
  return executionAsyncResource().constructor?.name === "TestHook";
}
