// What the asynchronous functions of wx have in common: how they are typed, made, and read options.
import { invalid } from "../errors.ts";
import type { HostContext } from "../host-context.ts";
import type { WxAsyncFunction } from "../settle.ts";

/** What every success carries besides its own facts. */
export interface Ok {
  /** `"<function>:ok"` */
  errMsg: string;
}

/** An asynchronous function of `wx` whose options may be left out. */
export interface WxFunction<Options extends object, Result = unknown>
  extends WxAsyncFunction<Options, Result & Ok> {
  (): Promise<Result & Ok>;
}

/** What has come as the options of a call: nothing of it can be trusted. */
export type RawOptions = Readonly<Record<string, unknown>>;

/** Makes an asynchronous function of `wx` from the work that it does. */
export function wxFunction<Options extends object, Result extends object>(
  host: HostContext,
  api: string,
  work: (options: RawOptions) => Result | Promise<Result>,
): WxFunction<Options, Result> {
  const call = (options?: unknown) =>
    host.answer(api, options, async () => {
      // A copy, so that errMsg never appears on an object that somebody keeps.
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
