// How an asynchronous function answers: success or fail, then complete, or a promise; each once.
import { isNativeError, isPromise } from "node:util/types";
import { CanvasError, toCanvasError } from "./errors.ts";
import { queueMicrotask, setImmediate } from "./timers.ts";
import { createTurns } from "./turns.ts";

/** WeChat's three callbacks, as every asynchronous function of `wx` takes them. */
export interface Callbacks<Result> {
  /** Called with the result. */
  success?: ((result: Result) => void) | undefined;
  /** Called with the failure, an `Error` that carries `errMsg` and `code`. */
  fail?: ((error: CanvasError) => void) | undefined;
  /** Called last, with the same object that `success` or `fail` was given. */
  complete?: ((outcome: Result | CanvasError) => void) | undefined;
}

type SomeCallback<Result> =
  | { success: (result: Result) => void }
  | { fail: (error: CanvasError) => void }
  | { complete: (outcome: Result | CanvasError) => void };

/**
 * An asynchronous function of `wx`, typed by how it answers: a promise when none of the three
 * callbacks is given, nothing when one is, and either when they may be undefined.
 */
export interface WxAsyncFunction<Options extends object, Result, More extends unknown[] = []> {
  (
    options: Options & { success?: never; fail?: never; complete?: never },
    ...more: More
  ): Promise<Result>;
  (options: Options & Callbacks<Result> & SomeCallback<Result>, ...more: More): undefined;
  (options: Options & Callbacks<Result>, ...more: More): Promise<Result> | undefined;
}

/** Takes the failures that nothing else handles: a host's `onError`. */
export type Report = (error: unknown) => void;

const CALLBACKS = ["success", "fail", "complete"] as const;

/**
 * Does the work and reports its outcome as the options ask: asynchronously through the callbacks
 * given, or else by a promise. The first, synchronous part of the work runs before this returns.
 */
export function settle<Result extends object>(
  api: string,
  options: unknown,
  work: () => Promise<Result>,
  report?: Report,
): Promise<Result & { errMsg: string }> | undefined {
  const { success, fail, complete } = readCallbacks(options);
  const outcome = withApiName(api, async () => ({ ...(await work()), errMsg: `${api}:ok` }));
  if (!success && !fail && !complete) return outcome;
  outcome.then(
    (result) => {
      callSafely(success, result, report);
      callSafely(complete, result, report);
    },
    (error) => {
      if (!fail && !complete) reportUnhandled(error, report);
      callSafely(fail, error, report);
      callSafely(complete, error, report);
    },
  );
  return undefined;
}

/**
 * Does the work and reports its outcome before this returns. Only getSystemInfo answers so, and
 * code counts on it. Without callbacks it returns a promise like any other.
 */
export function settleNow<Result extends object>(
  api: string,
  options: unknown,
  work: () => Result,
  report?: Report,
): Promise<Result & { errMsg: string }> | undefined {
  const { success, fail, complete } = readCallbacks(options);
  const outcome = { ...work(), errMsg: `${api}:ok` };
  if (!success && !fail && !complete) return Promise.resolve(outcome);
  callSafely(success, outcome, report);
  callSafely(complete, outcome, report);
  return undefined;
}

/** How many answers come in one turn of the event loop. */
const ANSWERS_A_TURN = 16;

/**
 * Resolves when the next answer may come. Code that calls again in its callback, such as after each
 * failure, would otherwise keep the event loop from turning: on phones each answer comes from
 * another thread.
 */
export const answerTurn: () => Promise<void> = createTurns(ANSWERS_A_TURN);

/** Does the work; a failure gets the name of the function and the place that called it. */
export async function withApiName<Result>(
  api: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const caller: { stack?: string } = {};
  captureStackTrace(caller, withApiName);
  try {
    return await work();
  } catch (error) {
    throw toCanvasError(error).named(api, caller);
  }
}

/** Calls a callback; what it throws, or its promise rejects with, is only reported. */
export function callSafely<Value>(
  callback: ((value: Value) => unknown) | undefined,
  value: Value,
  report?: Report,
): void {
  runSafely(() => {
    const answer = callback?.(value);
    if (isPromise(answer)) answer.catch((error) => reportCallbackError(error, report));
  }, report);
}

/** Runs a caller's own function; what it throws is only reported. */
export function runSafely(run: () => void, report?: Report): void {
  try {
    run();
  } catch (error) {
    reportCallbackError(error, report);
  }
}

/** Reports a failure that nothing handles: to onError, by default as a process warning. */
export function reportUnhandled(error: Error, report?: Report): void {
  if (error instanceof CanvasError && error.isExpected) return;
  if (report) rethrowAsync(() => report(error));
  else {
    // Pass its parts: Node does not take an error of another realm, such as jsdom's.
    const { name, message, code } = error as CanvasError;
    process.emitWarning(message, { type: name, code });
  }
}

/**
 * Reports what a caller's own function threw: to onError, or else as an uncaught error of the
 * process.
 */
export function reportCallbackError(error: unknown, report?: Report): void {
  rethrowAsync(() => {
    if (!report) throw error;
    report(error);
  });
}

function rethrowAsync(run: () => void): void {
  try {
    run();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

type Callback = (value: unknown) => unknown;

/** The callbacks among the options: those that are functions and can be read. */
function readCallbacks(options: unknown): Partial<Record<(typeof CALLBACKS)[number], Callback>> {
  const callbacks: Partial<Record<(typeof CALLBACKS)[number], Callback>> = {};
  for (const name of CALLBACKS) {
    try {
      const value = (options as Record<string, unknown> | null | undefined)?.[name];
      if (typeof value !== "function") continue;
      callbacks[name] = (result) => Reflect.apply(value, options, [result]);
    } catch {
      // The parser of the options throws for it.
    }
  }
  return callbacks;
}

// As they were when the library was loaded: client code replaces them.
const { then: nativeThen } = Promise.prototype;
const { captureStackTrace } = Error;

/**
 * A promise whose unhandled rejection never ends the process, but goes to `report`. Mini-program
 * code fires and forgets: `wx.canvasToTempFilePath(…)`, `.then(…)` without a catch.
 */
export class ForgivingPromise<T> extends Promise<T> {
  #report: Report | undefined;
  #isHandled = false;

  static of<T>(promise: Promise<T>, report?: Report): ForgivingPromise<T> {
    return new ForgivingPromise<T>((resolve) => resolve(promise)).#watch(report);
  }

  // biome-ignore lint/suspicious/noThenProperty: a promise is a thenable; this one notes handlers
  override then<A = T, B = never>(
    onResult?: ((value: T) => A | PromiseLike<A>) | null,
    onFailure?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): ForgivingPromise<A | B> {
    this.#isHandled = true;
    const next = nativeThen.call(this, onResult as never, onFailure);
    return (next as ForgivingPromise<A | B>).#watch(this.#report);
  }

  #watch(report: Report | undefined): this {
    this.#report = report;
    nativeThen.call(this, undefined, (error) => {
      // Wait for one turn of the loop, as long as Node itself waits for a handler.
      setImmediate(() => {
        if (this.#isHandled) return;
        if (isNativeError(error) && Object.hasOwn(error, "errMsg")) reportUnhandled(error, report);
        else reportCallbackError(error, report);
      });
    });
    return this;
  }
}

/** Answers calls of asynchronous functions of `wx`: `answer` of a host's context says how. */
export type Answering = <Result extends object>(
  api: string,
  options: unknown,
  work: () => Promise<Result>,
) => Promise<Result & { errMsg: string }> | undefined;

/** Makes the function that answers calls; failures that nothing handles are reported. */
export function answering(
  track: <Result>(work: () => Promise<Result>) => Promise<Result>,
  report: Report | undefined,
): Answering {
  return (api, options, work) => {
    const promise = settle(api, options, () => track(work), report);
    return promise && ForgivingPromise.of(promise, report);
  };
}
