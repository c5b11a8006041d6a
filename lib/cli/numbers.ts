// Reads the numbers of a command line.
import { usageError } from "./command.ts";

/** Milliseconds that a timer can count. */
export const MAX_TIMEOUT: number = 2 ** 31 - 1;
export const MAX_PORT = 65_535;

/** A number above 0, up to `most`; undefined where the option is not given. */
export function numberOf(
  name: string,
  text: string | undefined,
  most: number = Number.POSITIVE_INFINITY,
): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() !== "" && Number.isFinite(number) && number > 0 && number <= most) return number;
  const range = Number.isFinite(most) ? `above 0, up to ${most}` : "above 0";
  throw usageError(`--${name}: expected a number ${range}, got ${text}`);
}

/** A whole number from `least` to `most`; undefined where the option is not given. */
export function wholeNumber(
  name: string,
  text: string | undefined,
  { least = 1, most = Number.MAX_SAFE_INTEGER }: { least?: number; most?: number } = {},
): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^\d{1,16}$/.test(text) && number >= least && number <= most) return number;
  const range = most === Number.MAX_SAFE_INTEGER ? `${least}` : `${least} to ${most}`;
  throw usageError(`--${name}: expected a whole number from ${range}, got ${text}`);
}
