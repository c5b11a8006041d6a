// The setting that trades time for bytes of a picture, for hosts and exports.
import * as z from "zod/mini";
import { expecting } from "../validate.ts";

/**
 * How a picture is made: `"fast"` takes less time; `"small"` takes more, for fewer bytes, where it
 * is a PNG.
 */
export type Compression = "default" | "fast" | "small";

/** The schema of a compression. */
export function compressionSchema(): z.ZodMiniEnum<{ [Name in Compression]: Name }> {
  const error = expecting('"default", "fast" or "small"');
  return z.enum(["default", "fast", "small"], { error });
}
