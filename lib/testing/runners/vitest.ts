// The runner vitest, by its worker's state and its interface on the global object.
import type { Ending } from "../records.ts";
import {
  type AfterTest,
  type ReportEnding,
  type Runner,
  type RunningTest,
  worst,
} from "./runner.ts";

/** The used part of a task: a test, a suite or a file. */
interface Task {
  type: string;
  name: string;
  mode: string;
  concurrent?: boolean;
  context?: { onTestFinished(callback: AfterTest): void };
  suite?: Task;
  tasks?: Task[];
  file: Task & { filepath: string };
  result?: { state?: string; retryCount?: number; repeatCount?: number };
}

interface Globals {
  __vitest_worker__: {
    current?: Task;
    config: { testNamePattern?: RegExp; snapshotOptions?: { updateSnapshot?: string } };
  };
  __vitest_index__?: {
    /** Its hooks: none while the file's tests are collected. */
    TestRunner?: { getSuiteHooks(suite: Task): { afterAll: (() => void)[] } | undefined };
  };
}

/** The runner, or undefined if the tests are not vitest's. */
export function vitestRunner(global: object, report: ReportEnding): Runner | undefined {
  if (!("__vitest_worker__" in global)) return undefined;
  // Read each time: without isolation, one copy of the library serves several files.
  const worker = () => (global as Globals).__vitest_worker__;
  const watched = new WeakSet<Task>();

  /** Called for each picture; the first of a file registers a callback for the file's end. */
  function watch({ file }: Task): void {
    const { TestRunner } = (global as Globals).__vitest_index__ ?? {};
    const hooks = TestRunner?.getSuiteHooks(file);
    if (watched.has(file) || !hooks) return;
    watched.add(file);
    hooks.afterAll.push(() => {
      const isFiltered = worker().config.testNamePattern !== undefined;
      report(worst(testsIn(file).map((test) => endingOf(test, isFiltered))), file.filepath);
    });
  }

  /** The running test. Of tests that run at once, vitest only knows which began or ended last. */
  function currentTest(): Task | undefined {
    const { current } = worker();
    if (current) watch(current);
    return current?.type === "test" && !current.concurrent ? current : undefined;
  }

  return {
    running() {
      const test = currentTest();
      return test && runningTask(test);
    },
    update: () => worker().config.snapshotOptions?.updateSnapshot,
    afterTest(callback) {
      const { context } = currentTest() ?? {};
      context?.onTestFinished(callback);
      return context !== undefined;
    },
  };
}

/** The running test of a task, which vitest passes to matchers and tests. */
export function runningTask(task: object): RunningTest {
  const { file, result } = task as Task;
  const names: string[] = [];
  for (let at: Task | undefined = task as Task; at; at = at.suite) names.unshift(at.name);
  const attempt = (result?.retryCount ?? 0) + (result?.repeatCount ?? 0) * 1000;
  return { test: task, attempt, title: names.join(" > "), file: file.filepath };
}

function testsIn(task: Task): Task[] {
  return task.tasks ? task.tasks.flatMap(testsIn) : [task];
}

function endingOf({ mode, result }: Task, isFiltered: boolean): Ending {
  if (mode === "skip" || mode === "todo") return isFiltered ? "filtered" : "skipped";
  if (result?.state !== "pass") return "failed";
  return (result.retryCount ?? 0) > 0 ? "retried" : "whole";
}
