// The choice between time and bytes of a PNG, as a host and an export take it.
import * as z from "zod/mini";
import { expecting } from "../validate.ts";

/** How a PNG is made: `"fast"` takes less time, `"small"` more, for fewer bytes. */
export type Compression = "default" | "fast" | "small";

/** The schema of a compression. */
export function compressionSchema(): z.ZodMiniEnum<{ [Name in Compression]: Name }> {
  const error = expecting('"default", "fast" or "small"');
  return z.enum(["default", "fast", "small"], { error });
}
