// Detects the test runner. It does so once, on load, because hooks must be registered before tests.
import { releaseNames } from "../names.ts";
import { record, runFolder, testOf } from "../run.ts";
import { type Ava, avaRunner } from "./ava.ts";
import { jestRunner } from "./jest.ts";
import { mochaRunner } from "./mocha.ts";
import { type Process, processRunner } from "./process.ts";
import type { AfterTest, ReportEnding, Runner, RunningTest } from "./runner.ts";
import { runningTask, vitestRunner } from "./vitest.ts";

export type { RunningTest } from "./runner.ts";

/** Test files that have asked for pictures; only their ends are recorded. */
const asked = new Set<string>();

export function noteTestFile(file: string): void {
  asked.add(file);
}

const report: ReportEnding = (ending, file) => {
  // A runner that starts a process for each file does not name the file.
  for (const one of file === undefined ? asked : [file].filter((name) => asked.has(name))) {
    const folder = runFolder();
    record(folder, { kind: "file", test: testOf(folder, one), ending });
    releaseNames(one);
  }
};

/** The runner of this process and global object. */
export function detectRunner(global: object, process: Process, reportEnding: ReportEnding): Runner {
  return (
    vitestRunner(global, reportEnding) ??
    jestRunner(global, reportEnding) ??
    mochaRunner(global, reportEnding) ??
    avaRunner(process.argv[1], reportEnding, loadAva) ??
    processRunner(process, reportEnding)
  );
}

// @ts-expect-error: ava is there when its own worker asks for it
const loadAva = (): Promise<Ava> => import("ava");

export const runner: Runner = detectRunner(globalThis, process, report);

/** The running test: by the given context, or else by the runner. */
export function runningTest(context: object | undefined): RunningTest | undefined {
  // Asked in any case: from then on, vitest reports how the file ends.
  const running = runner.running();
  if (!context) return running;
  if ("task" in context) return runningTask(context.task as object);
  const { title, fullName, name, filePath, attempt = 0 } = context as Record<string, unknown>;
  const text = [title, fullName, name].find((value) => typeof value === "string");
  if (text === undefined) return running;
  const known = { title: text as string, file: filePath as string | undefined };
  return { test: context, attempt: attempt as number, ...known };
}

/** The hooks at the end of a test, by their names in the contexts of the runners. */
const HOOKS = ["teardown", "after", "onTestFinished"] as const;

type Hooks = Partial<Record<(typeof HOOKS)[number], (callback: AfterTest) => void>>;

/** Whether the context of a test has a hook for its end. */
export function hasHook(context: object): boolean {
  return HOOKS.some((name) => typeof (context as Hooks)[name] === "function");
}

/** As `afterTest` of the runner, for the test of the given context, or else the running one. */
export function afterTest(context: object | undefined, callback: AfterTest): boolean {
  // A matcher of vitest gets the test, which has the context: maybe another test, if several run.
  const { task } = (context ?? {}) as { task?: { context?: object; concurrent?: boolean } };
  const own = task?.concurrent ? undefined : task?.context;
  const owner = [context, own].find((one) => one && hasHook(one)) as Hooks | undefined;
  const hook = HOOKS.find((name) => owner?.[name]);
  if (hook) owner?.[hook]?.(callback);
  return hook !== undefined || runner.afterTest(callback);
}
