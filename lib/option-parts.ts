// Parts of the schemas: the kinds of options that several functions have.
import * as z from "zod/mini";
import { show } from "./errors.ts";
import { isSignal } from "./signal.ts";
import { expecting, omitted, preprocessed } from "./validate.ts";

/** A value that passes the check; else the error says what was expected. */
export function checked<Value>(
  isValid: (value: unknown) => boolean,
  expected: string,
): z.ZodMiniCustom<Value, Value> {
  return z.custom<Value>(isValid, { error: expecting(expected) });
}

/** A string. */
export function text(): z.ZodMiniString {
  return z.string({ error: expecting("a string") });
}

/** A string that may be left out; null and "" count as omitted. */
export function optionalText(): z.ZodMiniPipe<
  z.ZodMiniTransform,
  z.ZodMiniOptional<z.ZodMiniString>
> {
  return preprocessed((value) => (omitted(value) ? undefined : value), z.optional(text()));
}

/** A whole number from `least` to `most`; with `most` Infinity, that is allowed, too. */
export function whole(least: number, most: number, unit = ""): z.ZodMiniCustom<number, number> {
  const isWhole = (value: unknown) => Number.isInteger(value) || value === Number.POSITIVE_INFINITY;
  const range = most === Number.POSITIVE_INFINITY ? `${least}, or Infinity` : `${least} to ${most}`;
  return checked<number>(
    (value) => isWhole(value) && (value as number) >= least && (value as number) <= most,
    `${unit}a whole number from ${range}`,
  );
}

/** Most milliseconds of a timer, which counts in signed 32-bit numbers. */
export const TIMER_MAX_MS: number = 2 ** 31 - 1;

/** A length or a ratio: finite and above 0. */
export function positive(expected = "a finite number above 0"): z.ZodMiniCustom<number, number> {
  return checked<number>((value) => Number.isFinite(value) && (value as number) > 0, expected);
}

/** A boolean. */
export function flag(): z.ZodMiniBoolean {
  return z.boolean({ error: expecting("true or false") });
}

/** A switch that is off for any value but true. */
export function isTrue(): z.ZodMiniType<boolean> {
  return z.transform((value: unknown) => value === true);
}

/** A function of that type, which cannot be checked. */
export function callback<Callback>(expected = "a function"): z.ZodMiniCustom<Callback, Callback> {
  return checked<Callback>((value) => typeof value === "function", expected);
}

/** An AbortSignal of any realm. */
export function abortSignal(): z.ZodMiniCustom<AbortSignal, AbortSignal> {
  return checked<AbortSignal>(isSignal, "an AbortSignal");
}

/** Any object but null. */
export function anObject<Type extends object>(expected = "an object"): z.ZodMiniCustom<Type, Type> {
  return checked<Type>((value) => typeof value === "object" && value !== null, expected);
}

/**
 * An object of settings. Other keys are an error, since a misspelt setting would be lost in
 * silence.
 *
 * @param reasons what the error says of certain keys
 */
export function settingsOf<Shape extends z.core.$ZodShape>(
  shape: Shape,
  reasons: Readonly<Record<string, string>> = {},
): z.ZodMiniObject<Shape, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue: { code: string; input?: unknown; keys?: unknown }) => {
      if (issue.code !== "unrecognized_keys") return expecting("an object")(issue);
      const [key = ""] = issue.keys as string[];
      const reason = Object.hasOwn(reasons, key) ? reasons[key] : "is not one of the settings";
      return `${show(key)} ${reason}`;
    },
  });
}
