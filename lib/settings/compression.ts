// The setting that trades time for bytes of a picture, for hosts and exports.
import type * as z from "zod/mini";
import { invalid } from "../errors.ts";
import { checked } from "../option-parts.ts";
import type { Reader } from "../validate.ts";

/**
 * How a picture is made: `"fast"` takes less time; `"small"` takes more, for fewer bytes, where it
 * is a PNG.
 */
export type Compression = "default" | "fast" | "small";

const NAMES: readonly unknown[] = ["default", "fast", "small"] satisfies Compression[];
const EXPECTED = '"default", "fast" or "small"';

const isCompression = (value: unknown): value is Compression => NAMES.includes(value);

/** The schema of a compression. */
export function compressionSchema(): z.ZodMiniCustom<Compression, Compression> {
  return checked<Compression>(isCompression, EXPECTED);
}

/** Reads a compression. */
export const readCompression: Reader<Compression> = (value, option) => {
  if (!isCompression(value)) throw invalid(option, EXPECTED, value);
  return value;
};
