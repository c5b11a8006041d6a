// The options of picture tests, for one call or for all calls.

import { resolve } from "node:path";
import * as z from "zod/mini";
import { invalid, withApiNameSync } from "../errors.ts";
import { isUrl } from "../is-url.ts";
import { lazily } from "../late.ts";
import { expecting, parse } from "../validate.ts";
import { isContext } from "./runners/runner.ts";

/** A rectangle in pixels of the exported picture. */
export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** How much a picture may differ from its baseline. Default: not at all. */
export interface Tolerance {
  /**
   * How much two pixels may differ before they count as different, from 0 to 1, as pixelmatch
   * measures it. Default 0. Above 0, anti-aliased pixels count only with `includeAA`.
   */
  threshold?: number | undefined;
  /** Whether anti-aliased pixels count. Default: only at `threshold` 0. */
  includeAA?: boolean | undefined;
  /** How many pixels may be different. Default 0. */
  maxDiffPixels?: number | undefined;
  /** Which share of all pixels may be different, from 0 to 1. With `maxDiffPixels`, both apply. */
  maxDiffRatio?: number | undefined;
  /** Parts that are not compared, in pixels of the picture. */
  ignore?: readonly Rectangle[] | undefined;
}

/** The options of one picture test. */
export interface MatchOptions extends Tolerance {
  /** The test file, as `import.meta.url` or `__filename`. Default: the calling file. */
  in?: string | URL | undefined;
  /** The runner's context of this test (`t` of node:test, ava and vitest), which has its name. */
  test?: object | undefined;
}

/** The options for all picture tests of a process, or of a test file in jest and vitest. */
export interface PicturesConfiguration extends Tolerance {
  /** The folder for a run's results. Default: `.pictures` beside the nearest package.json. */
  folder?: string | undefined;
}

const schema = lazily(() => {
  const shareError = { error: expecting("a number from 0 to 1") };
  const share = z.number(shareError).check(z.minimum(0, shareError), z.maximum(1, shareError));
  const wholeError = { error: expecting("a whole number of pixels, 0 or more") };
  const lengthError = { error: expecting("a finite number of pixels, 0 or more") };
  const length = z.number(lengthError).check(z.minimum(0, lengthError));
  const rectangle = z.object(
    { x: length, y: length, width: length, height: length },
    { error: expecting("{ x, y, width, height }") },
  );
  const fileError = { error: expecting("a path or a file: URL") };
  const pathError = { error: expecting("a path") };
  return z.object({
    threshold: z.optional(share),
    includeAA: z.optional(z.boolean({ error: expecting("true or false") })),
    maxDiffPixels: z.optional(z.int(wholeError).check(z.minimum(0, wholeError))),
    maxDiffRatio: z.optional(share),
    ignore: z.optional(z.array(rectangle, { error: expecting("an array of rectangles") })),
    in: z.optional(
      z.custom<string | URL>(
        (value) => (typeof value === "string" && value !== "") || isUrl(value),
        fileError,
      ),
    ),
    test: z.optional(
      z.custom<object>(isContext, { error: expecting("the runner's test context") }),
    ),
    folder: z.optional(z.string(pathError).check(z.minLength(1, pathError))),
  });
});

/** The checked options of `configurePictures` and of the call. */
export interface ParsedOptions extends MatchOptions, PicturesConfiguration {}

let configured: ParsedOptions = {};

/**
 * Sets the options of all picture tests. Options of a call win. Each call replaces the one before.
 *
 * @throws {CanvasError} `INVALID`, naming the option
 * @example
 * configurePictures({ maxDiffRatio: 0.001 });
 */
export function configurePictures(configuration: PicturesConfiguration): void {
  withApiNameSync("configurePictures", () => {
    configured = read(configuration, ["in", "test"]);
  });
}

/** The options of a call over those of all calls. */
export function parseMatchOptions(options: unknown): ParsedOptions {
  return options === undefined ? configured : { ...configured, ...read(options, ["folder"]) };
}

/** The folder that was configured, as an absolute path. */
export function configuredFolder(): string | undefined {
  const { folder } = configured;
  return folder && resolve(folder);
}

function read(options: unknown, foreign: readonly string[]): ParsedOptions {
  const parsed = parse(schema, options, { strict: "settings", required: true });
  const misplaced = foreign.find((key) => (parsed as Record<string, unknown>)[key] !== undefined);
  if (misplaced)
    throw invalid(misplaced, "nothing here", (options as Record<string, unknown>)[misplaced]);
  // Options that are undefined must not hide configured ones.
  return Object.fromEntries(
    Object.entries(parsed).filter(([, value]) => value !== undefined),
  ) as ParsedOptions;
}
