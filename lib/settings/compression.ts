// The setting that trades time for bytes of a PNG, for hosts and exports.
import * as z from "zod/mini";
import { expecting } from "../validate.ts";

/** How a PNG is made: `"fast"` takes less time, `"small"` more, for fewer bytes. */
export type Compression = "default" | "fast" | "small";

/** The schema of a compression. */
export function compressionSchema(): z.ZodMiniEnum<{ [Name in Compression]: Name }> {
  const error = expecting('"default", "fast" or "small"');
  return z.enum(["default", "fast", "small"], { error });
}
