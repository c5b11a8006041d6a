// What the asynchronous functions of wx have in common: how they are typed, made, and read options.
import { invalid } from "../errors.ts";
import type { World } from "../host-context.ts";
import type { Answering } from "../settle.ts";

/** What every success carries besides its own facts. */
export interface Ok {
  /** `"<function>:ok"` */
  errMsg: string;
}

/** An asynchronous function of `wx` whose options may be left out. */
export interface Answers<Options extends object, Result = unknown>
  extends Answering<Options, Result & Ok> {
  (): Promise<Result & Ok>;
}

/** What has come as the options of a call: nothing of it can be trusted. */
export type Given = Readonly<Record<string, unknown>>;

/** Makes an asynchronous function of `wx` from the work that it does. */
export function answering<Options extends object, Result extends object>(
  world: World,
  api: string,
  work: (options: Given) => Result | Promise<Result>,
): Answers<Options, Result> {
  const call = (options?: unknown) =>
    world.answer(api, options, async () => {
      // A copy, so that errMsg never appears on an object that somebody keeps.
      return { ...(await work(asGiven(options))) };
    });
  return call as unknown as Answers<Options, Result>;
}

function asGiven(options: unknown): Given {
  if (options === undefined || options === null) return {};
  if (typeof options !== "object") throw invalid("options", "an object", options);
  return options as Given;
}

/** An option that must be a string. */
export function text(options: Given, name: string): string {
  const value = options[name];
  if (typeof value === "string") return value;
  throw invalid(name, "a string", value);
}

/** An option that may be left out, and otherwise must be a string. */
export function optionalText(options: Given, name: string): string | undefined {
  const value = options[name];
  return value === undefined || value === null || value === "" ? undefined : text(options, name);
}
