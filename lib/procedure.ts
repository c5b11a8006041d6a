// Procedures: code that is written once, and run either asynchronously or synchronously.
import { nextTurn } from "./timers.ts";

/** Something to wait for, in both forms. */
export interface Step<Answer = unknown> {
  later(): Promise<Answer>;
  now(): Answer;
}

/**
 * Yields steps that are made one after another, and gets the answer of each; yields nothing where
 * other work may run before it goes on.
 */
export type Procedure<Result> = Generator<Step | undefined, Result, unknown>;

/** Runs the procedure asynchronously. */
export async function run<Result>(procedure: Procedure<Result>): Promise<Result> {
  let step = procedure.next();
  while (!step.done) {
    step = await (step.value?.later() ?? nextTurn()).then(
      (answer) => procedure.next(answer),
      (error) => procedure.throw(error),
    );
  }
  return step.value;
}

/** Runs the procedure synchronously. */
export function runSync<Result>(procedure: Procedure<Result>): Result {
  let step = procedure.next();
  while (!step.done) {
    let answer: unknown;
    try {
      answer = step.value?.now();
    } catch (error) {
      step = procedure.throw(error);
      continue;
    }
    step = procedure.next(answer);
  }
  return step.value;
}
