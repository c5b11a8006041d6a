// The settings of a host: their documented type, and the schema that reads them.
import { z } from "zod";
import { parses } from "./engine.ts";
import { DEFAULT_LIMITS, ENGINE_MAX_PIXELS, type Limits } from "./limits.ts";
import { expecting, parse } from "./validate.ts";

/** Settings of a host; all are optional. A setting that is not known is an error. */
export interface HostOptions {
  /** Device pixels per logical pixel: finite, above 0. Default 1. */
  pixelRatio?: number | undefined;
  /** What shows through the transparent parts of a JPEG: any CSS colour. Default `"#fff"`. */
  jpegBackground?: string | undefined;
  /** Folder in which the host makes its own temp directory. Default: the system's. */
  tempDir?: string | undefined;
  /** Form of the paths given out: real ones, or `wxfile://…` as on a phone. Default `"absolute"`. */
  tempFilePaths?: "absolute" | "wxfile" | undefined;
  /** How large canvases and pictures may be, and how long a record of drawing. */
  limits?: Partial<Limits> | undefined;
  /** Hears what nobody else does: failures without a listener, and what callbacks throw. */
  onError?: ((error: unknown) => void) | undefined;
}

const limitError = { error: expecting(`a whole number from 1 to ${ENGINE_MAX_PIXELS}`) };
const limit = z.int(limitError).min(1, limitError).max(ENGINE_MAX_PIXELS, limitError);

const ratioError = { error: expecting("a finite number above 0") };

const schema = z.object({
  pixelRatio: z.number(ratioError).positive(ratioError).default(1),
  jpegBackground: z
    .string({ error: expecting("a CSS colour") })
    .refine((css) => parses("fillStyle", css), { error: expecting("a CSS colour") })
    .default("#fff"),
  tempDir: z
    .string({ error: expecting("a path") })
    .min(1)
    .optional(),
  tempFilePaths: z
    .enum(["absolute", "wxfile"], { error: expecting('"absolute" or "wxfile"') })
    .default("absolute"),
  limits: z
    .object(
      {
        maxSide: limit.default(DEFAULT_LIMITS.maxSide),
        maxPixels: limit.default(DEFAULT_LIMITS.maxPixels),
        maxCalls: limit.default(DEFAULT_LIMITS.maxCalls),
      },
      { error: expecting("an object") },
    )
    .default(DEFAULT_LIMITS),
  onError: z
    .custom<(error: unknown) => void>((value) => typeof value === "function", {
      error: expecting("a function"),
    })
    .optional(),
});

/** The settings with every default filled in. */
export interface Settings {
  pixelRatio: number;
  jpegBackground: string;
  tempDir?: string | undefined;
  tempFilePaths: "absolute" | "wxfile";
  limits: Limits;
  onError?: ((error: unknown) => void) | undefined;
}

/** Reads the settings; throws INVALID, naming the first one that cannot be used. */
export function parseSettings(options: unknown): Settings {
  return parse(schema, options, "options", { strict: true });
}
