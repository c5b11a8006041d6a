// What a test runner tells from inside a test; each runner has a file that finds it out.
import type { Ending } from "../records.ts";

/** The test that is running. */
export interface RunningTest {
  /** The same object in every attempt at this test, and of no other test. */
  test: object;
  /** Changes with each attempt. */
  attempt: number;
  /** Its name with those of the suites that it is in. */
  title: string;
  /** The path of its file. */
  file: string | undefined;
}

export interface Runner {
  /** undefined outside of tests, and where the runner does not tell. */
  running(): RunningTest | undefined;
  /** What the runner was told about snapshots: its own word. */
  update(): string | undefined;
  /**
   * Has the callback called when the running test ends; what it throws fails the test. False where
   * the runner knows no such thing.
   */
  afterTest(callback: () => Promise<void>): boolean;
}

/** Told by a runner when one of its test files, or its process, has ended. */
export type ReportEnding = (ending: Ending, file: string | undefined) => void;

/** Of several tests, the worst: what makes a run useless for prune comes first. */
const WORST: readonly Ending[] = ["failed", "retried", "filtered", "skipped", "whole"];

export function worst(endings: readonly Ending[]): Ending {
  return WORST.find((ending) => endings.includes(ending)) ?? "whole";
}
