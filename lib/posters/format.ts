// The format of a picture's file, the schema parts that read it, and which names posters have.
import * as z from "zod/mini";
import type { MissingPicture } from "../index.ts";
import { lazily } from "../late.ts";
import { abortSignal, callback, checked, flag, positive } from "../option-parts.ts";
import { expecting, parse } from "../validate.ts";

/** The format of a picture's file: a poster sets it, and a call can set it for one picture. */
export interface Format {
  /** Default: the poster's, or else `"png"`. */
  fileType?: "png" | "jpg" | undefined;
  /** JPEG quality in (0, 1]. Default: the poster's, or else 1. */
  quality?: number | undefined;
  /** Device pixels per logical pixel. Default: the poster's, or else the host's. */
  pixelRatio?: number | undefined;
}

/** The schemas of the parts of a format, which posters and calls have among their options. */
export function formatParts(): { [Name in keyof Required<Format>]: z.ZodMiniType<Format[Name]> } {
  const isQuality = (value: unknown) => typeof value === "number" && value > 0 && value <= 1;
  const fileType = z.enum(["png", "jpg"], { error: expecting('"png" or "jpg"') });
  return {
    fileType: z.optional(fileType),
    quality: z.optional(checked<number>(isQuality, "a number above 0, up to 1")),
    pixelRatio: z.optional(positive()),
  };
}

/** Whether it can name a poster: names become parts of URLs and of file names. */
export function isPosterName(name: unknown): name is string {
  return typeof name === "string" && /^[\w-]{1,100}$/.test(name);
}

const schema = lazily(() => z.object(formatParts()));

const renderSchema = lazily(() =>
  z.object({
    ...formatParts(),
    signal: z.optional(abortSignal()),
    strict: z._default(flag(), false),
    onPicture: z.optional(callback<(missing: MissingPicture) => unknown>()),
  }),
);

/** The options of rendering one picture, with their defaults. */
export interface ParsedRenderOptions extends Format {
  signal?: AbortSignal | undefined;
  strict: boolean;
  onPicture?: ((missing: MissingPicture) => unknown) | undefined;
}

/** Reads the options of rendering; fails with INVALID, naming the first that cannot be used. */
export function parseRenderOptions(options: unknown): ParsedRenderOptions {
  return parse(renderSchema, options);
}

/** Reads a format; fails with INVALID, naming the option, for one that cannot be used. */
export function parseFormat(format: unknown): Format {
  return parse(schema, format);
}
