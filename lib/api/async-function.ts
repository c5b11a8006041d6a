// The types of asynchronous functions of wx, and how to make them.
import type { HostContext } from "../host-context.ts";
import type { WxAsyncFunction } from "../settle.ts";
import { assertOptions } from "../validate.ts";

/** What every successful result has besides its own fields. */
export interface Ok {
  /** `"<function>:ok"` */
  errMsg: string;
}

/** An asynchronous function of `wx` whose options may be left out. */
export interface WxFunction<Options extends object, Result = unknown>
  extends WxAsyncFunction<Options, Result & Ok> {
  (): Promise<Result & Ok>;
}

/**
 * Makes an asynchronous function of `wx` from the work that it does; `withOptions` makes one that
 * reads options.
 */
export function wxFunction<Options extends object, Result extends object>(
  host: HostContext,
  api: string,
  work: (options: unknown) => Result | Promise<Result>,
): WxFunction<Options, Result> {
  const call = (options?: unknown) =>
    host.answer(api, options, async () => {
      assertOptions(options);
      // A copy, so that errMsg never appears on an object that is used elsewhere.
      return { ...(await work(options)) };
    });
  // The options decide whether it returns a promise: overloads say that, and no inferred type.
  return call as WxFunction<Options, Result>;
}

/** Makes an asynchronous function of `wx` whose second argument is the scope of a canvas. */
export function canvasFunction<Options extends object, Result extends Ok>(
  host: HostContext,
  api: string,
  work: (
    host: HostContext,
    options: unknown,
    component: unknown,
  ) => Promise<Omit<Result, "errMsg">>,
): WxAsyncFunction<Options, Result, Scope> {
  const call = (options?: unknown, component?: unknown) =>
    host.answer(api, options, () => work(host, options, component));
  return call as WxAsyncFunction<Options, Result, Scope>;
}

/** The second argument of canvas functions: in whose scope the canvas is, by default the page's. */
export type Scope = [component?: object | null];
