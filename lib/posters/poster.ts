// What a poster is: a description of how to draw one picture from data, in one of three forms.

import * as z from "zod/mini";
import { invalid, withApiNameSync } from "../errors.ts";
import type { Canvas, CanvasNode, Host, HostOptions, MissingPicture, Wx } from "../index.ts";
import { isUrl } from "../is-url.ts";
import { lazily } from "../late.ts";
import type { Page, ProjectOptions } from "../miniprogram/index.ts";
import { callback, checked, positive, text } from "../option-parts.ts";
import { expecting, parse } from "../validate.ts";
import { formatParts } from "./format.ts";
import { isSchema, type StandardSchema } from "./standard-schema.ts";

/** What every form of a poster may set. */
export interface PosterSettings<Data> {
  /** Schema that checks and types the data: zod, valibot, arktype or another. Default: any data. */
  data?: StandardSchema<unknown, Data> | undefined;
  /** Device pixels per logical pixel. Default: the host's, which is 1. */
  pixelRatio?: number | undefined;
  /**
   * Default `"png"`; a mini-program page, and a path that `legacy` returns, keep their own type.
   */
  fileType?: "png" | "jpg" | undefined;
  /** JPEG quality in (0, 1]. Default 1. */
  quality?: number | undefined;
  /** Settings of each picture's host. They win over those of the renderer. */
  host?: HostOptions | undefined;
  /**
   * Returns a stand-in for a picture that cannot be loaded: a path, bytes, or a promise of them.
   */
  onPicture?: ((missing: MissingPicture) => unknown) | undefined;
}

/** A length in logical pixels, or a function of the data that returns it. */
export type Length<Data> = number | ((data: Data) => number);

/** What drawing code gets. */
export interface DrawingOf<Data> {
  /** The data, as its schema returns it. */
  data: Data;
  /** A host of this picture alone. */
  host: Host;
  /** The `wx` of that host. */
  wx: Wx;
  /** Aborted when the picture is no longer wanted. */
  signal: AbortSignal;
}

/** Drawn with the standard 2D context. */
export interface DrawnPoster<Data> extends PosterSettings<Data> {
  /** Width in logical pixels. */
  width: Length<Data>;
  /** Height in logical pixels. */
  height: Length<Data>;
  draw(
    drawing: DrawingOf<Data> & { canvas: CanvasNode; context: ReturnType<Canvas["getContext"]> },
  ): unknown;
}

/** Drawn by code for the legacy context of mini-programs. */
export interface LegacyPoster<Data> extends PosterSettings<Data> {
  /** Width of the mounted canvas in logical pixels. */
  width: Length<Data>;
  /** Height of the mounted canvas in logical pixels. */
  height: Length<Data>;
  /** The `canvas-id` of the mounted canvas. Default `"poster"`. */
  canvasId?: string | undefined;
  /** Draws. The picture is the file whose path it returns, or else the mounted canvas. */
  legacy(drawing: DrawingOf<Data>): unknown;
}

/** Drawn by a page of a mini-program project. */
export interface PagePoster<Data> extends PosterSettings<Data> {
  miniProgram: PageOf<Data>;
}

/** A page of a mini-program project, and when its picture is complete. */
export interface PageOf<Data> {
  /** The project's folder. */
  root: string | URL;
  /**
   * The page with its query, such as `"pages/poster/poster?id=7"`. For a string, the data is added
   * as the query.
   */
  page: string | ((data: Data) => string);
  /**
   * Resolves when the page has exported, perhaps with the picture that is meant: `(page) =>
   * page.export("#chart")`. Default: when the page is idle. Without that picture it is the first
   * that the page exported, or else its canvas, if it has one alone.
   */
  done?: ((page: Page) => unknown) | undefined;
  /** Further options of `openMiniProgram`, such as `api` and `sizes`. */
  options?: Omit<ProjectOptions, "root"> | undefined;
}

/** A poster as its author writes it, in one of the three forms. */
export type PosterOptions<Data> = DrawnPoster<Data> | LegacyPoster<Data> | PagePoster<Data>;

/** A poster: what `definePoster` makes, `renderPoster` draws, and a poster module exports. */
export type Poster<Data = never> = PosterOptions<Data> & { readonly [MARK]: true };

/**
 * Shared by all copies of this library: a poster module and its renderer may load different copies.
 */
const MARK: unique symbol = Symbol.for("wx-canvas-node.poster");

/**
 * Defines a poster: a picture that is drawn from data. Export it from a module of its own
 * (`export default`), and the renderer, the service and the command line can draw it.
 *
 * @throws {CanvasError} `INVALID`, naming the option
 * @example
 * export default definePoster({
 *   width: 375, height: 667, pixelRatio: 2, fileType: "jpg", quality: 0.85,
 *   data: z.object({ nickname: z.string().max(40) }),
 *   draw({ context, data }) {
 *     context.font = "20px sans-serif";
 *     context.fillText(data.nickname, 20, 40);
 *   },
 * });
 */
export function definePoster<Data>(poster: DrawnPoster<Data>): Poster<Data>;
export function definePoster<Data>(poster: LegacyPoster<Data>): Poster<Data>;
export function definePoster<Data>(poster: PagePoster<Data>): Poster<Data>;
export function definePoster<Data>(poster: PosterOptions<Data>): Poster<Data> {
  return withApiNameSync("definePoster", () => {
    assertPosterOptions(poster);
    return Object.freeze({ ...poster, [MARK]: true as const });
  });
}

/** Whether the value was made by `definePoster`, of this copy of the library or another. */
export function isPoster(value: unknown): value is Poster {
  return typeof value === "object" && value !== null && MARK in value;
}

const schema = lazily(() =>
  z.object({
    ...formatParts(),
    canvasId: z.optional(text()),
    data: z.optional(checked(isSchema, "a Standard Schema, such as z.object({ … })")),
    host: z.unknown(),
    onPicture: z.optional(callback()),
  }),
);

const drawnSchema = lazily(() => {
  const side = () => z.union([callback(), length()], { error: expecting(LENGTH) });
  return z.extend(schema(), { width: side(), height: side() });
});
const standardSchema = lazily(() => z.extend(drawnSchema(), { draw: callback() }));
const legacySchema = lazily(() => z.extend(drawnSchema(), { legacy: callback() }));
const pageSchema = lazily(() => {
  const isPlace = (value: unknown) => typeof value === "string" || isUrl(value);
  const page = z.union([z.string(), callback()], { error: expecting("a page or a function") });
  const miniProgram = z.object(
    {
      root: checked(isPlace, "the path of a project"),
      page,
      done: z.optional(callback()),
    },
    { error: expecting("an object with root and page") },
  );
  return z.extend(schema(), { miniProgram });
});

const SCHEMAS = { draw: standardSchema, legacy: legacySchema, miniProgram: pageSchema };
const FORMS = Object.keys(SCHEMAS) as (keyof typeof SCHEMAS)[];

function assertPosterOptions(poster: unknown): void {
  if (typeof poster !== "object" || poster === null) throw invalid("poster", "an object", poster);
  const entries = Object.entries(poster).filter(([, value]) => value !== undefined);
  const given: Record<string, unknown> = Object.fromEntries(entries);
  const forms = FORMS.filter((form) => given[form] !== undefined);
  const [form] = forms;
  if (!form || forms.length > 1) {
    const came = forms.join(" and ");
    throw invalid("poster", `one of ${FORMS.join(", ")}`, came || given);
  }
  parse<ReturnType<typeof schema>>(SCHEMAS[form], given, { strict: "options" });
}

const LENGTH = "logical pixels, a finite number above 0";
const length = () => positive(LENGTH);

/**
 * Fails with INVALID unless the width or height, as its function returns it, is valid.
 */
export function assertLength(side: string, value: unknown): asserts value is number {
  if (!length().safeParse(value).success) throw invalid(side, LENGTH, value);
}

/** Returns the value (for instance a module's default export) if it is a poster; else INVALID. */
export function asPoster(value: unknown, what = "poster"): Poster {
  if (isPoster(value)) return value;
  throw invalid(what, "the result of definePoster({ … })", value);
}
