// Detects the test runner. It does so once, on load, because hooks must be registered before tests.
import { record, runFolder, testOf } from "../run.ts";
import { type Ava, avaRunner } from "./ava.ts";
import { jestRunner } from "./jest.ts";
import { mochaRunner } from "./mocha.ts";
import { type Process, processRunner } from "./process.ts";
import type { ReportEnding, Runner, RunningTest } from "./runner.ts";
import { runningTask, vitestRunner } from "./vitest.ts";

export type { RunningTest } from "./runner.ts";
export { runningTask };

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
  if (!context) return runner.running();
  if ("task" in context) return runningTask(context.task as object);
  const { title, fullName, name, filePath, attempt = 0 } = context as Record<string, unknown>;
  const text = [title, fullName, name].find((value) => typeof value === "string");
  if (text === undefined) return runner.running();
  const known = { title: text as string, file: filePath as string | undefined };
  return { test: context, attempt: attempt as number, ...known };
}
