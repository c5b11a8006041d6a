// The types of asynchronous functions of wx, how to make them, and how they read options.
import { invalid } from "../errors.ts";
import type { HostContext } from "../host-context.ts";
import type { WxAsyncFunction } from "../settle.ts";

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

/** The unchecked options of a call: their values may have any type. */
export type RawOptions = Readonly<Record<string, unknown>>;

/** Makes an asynchronous function of `wx` from the work that it does. */
export function wxFunction<Options extends object, Result extends object>(
  host: HostContext,
  api: string,
  work: (options: RawOptions) => Result | Promise<Result>,
): WxFunction<Options, Result> {
  const call = (options?: unknown) =>
    host.answer(api, options, async () => {
      // A copy, so that errMsg never appears on an object that is used elsewhere.
      return { ...(await work(asRawOptions(options))) };
    });
  return call as unknown as WxFunction<Options, Result>;
}

function asRawOptions(options: unknown): RawOptions {
  if (options === undefined || options === null) return {};
  if (typeof options !== "object") throw invalid("options", "an object", options);
  return options as RawOptions;
}

/** An option that must be a string. */
export function stringOption(options: RawOptions, name: string): string {
  const value = options[name];
  if (typeof value === "string") return value;
  throw invalid(name, "a string", value);
}

/** An option that may be left out, and otherwise must be a string. */
export function optionalStringOption(options: RawOptions, name: string): string | undefined {
  const value = options[name];
  return value === undefined || value === null || value === ""
    ? undefined
    : stringOption(options, name);
}
