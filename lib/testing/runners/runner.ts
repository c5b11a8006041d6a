// The interface to a test runner; each runner has a file that implements it.
import type { Ending } from "../records.ts";

/** The test that is running. */
export interface RunningTest {
  /** An object that identifies the test, the same in every attempt. */
  test: object;
  /** A number that changes with each attempt. */
  attempt: number;
  /** The test's name after those of its suites. */
  title: string;
  /** The path of the test's file. */
  file: string | undefined;
}

export interface Runner {
  /**
   * The running test; undefined outside of tests, where the runner does not name it, and where
   * several run at once.
   */
  running(): RunningTest | undefined;
  /** The runner's own setting for snapshot updates, in its own words. */
  update(): string | undefined;
  /**
   * Calls the callback when the running test ends; what it throws fails the test. Returns false
   * where there is no test, or the runner has no such hook.
   */
  afterTest(callback: AfterTest): boolean;
}

export type AfterTest = () => Promise<void>;

/** Calls all of them, the last one first, and then throws what the first failing one threw. */
export async function callAll(callbacks: readonly AfterTest[]): Promise<void> {
  let failure: { error: unknown } | undefined;
  for (const callback of callbacks.toReversed()) {
    await callback().catch((error) => {
      failure ??= { error };
    });
  }
  if (failure) throw failure.error;
}

/** Called by a runner when one of its test files, or its process, has ended. */
export type ReportEnding = (ending: Ending, file: string | undefined) => void;

/** From the worst to the best ending: a file has the worst of its tests' endings, for prune. */
const WORST: readonly Ending[] = ["failed", "retried", "filtered", "skipped", "whole"];

export function worst(endings: readonly Ending[]): Ending {
  return WORST.find((ending) => endings.includes(ending)) ?? "whole";
}

/** Whether the value can be a runner's context of a test. That of vitest is a function. */
export function isContext(value: unknown): value is object {
  if (typeof value === "function") return "task" in value;
  return typeof value === "object" && value !== null;
}
