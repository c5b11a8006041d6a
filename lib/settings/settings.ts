// The settings of a host: their documented type, and the schema that reads them.
import { existsSync, statSync } from "node:fs";
import { dirname, join, parse as parsePath, resolve } from "node:path";
import * as z from "zod/mini";
import { opaque, parses } from "../engine.ts";
import { type CanvasError, invalid, show } from "../errors.ts";
import { isInside } from "../inside.ts";
import { DEFAULT_IMAGES, DEFAULT_LIMITS, ENGINE_MAX_PIXELS, type Limits } from "../limits.ts";
import { isSignal } from "../signal.ts";
import { expecting, lazily, parse } from "../validate.ts";
import { type Compression, compressionSchema } from "./compression.ts";
import { type Device, resolveDevice } from "./device.ts";
import { HOOKS, type Hooks } from "./hooks.ts";

/** Where pictures may come from, and how large they may be; all are optional. */
export interface ImageOptions {
  /**
   * Whether `http:` and `https:` URLs are fetched: all, none, or those for which the function
   * returns `true`. It is called for each redirect, too. Default `false`.
   */
  remote?: boolean | ((url: URL) => boolean) | undefined;
  /**
   * Origins that may be fetched although they are on an inner network, such as
   * `"http://127.0.0.1:8080"`; or a function that returns `true` for them. They need `remote` as
   * well. Default: none.
   */
  privateOrigins?: readonly string[] | ((url: URL) => boolean) | undefined;
  /**
   * Milliseconds that a picture may take as a whole, from its source until it is decoded. Default
   * 10000.
   */
  timeout?: number | undefined;
  /** Largest file that is fetched, in bytes. Default 25165824 (24 MiB). */
  maxBytes?: number | undefined;
  /** Largest area of a picture, in pixels. Default 67108864 (256 MiB decoded). */
  maxPixels?: number | undefined;
  /**
   * How SVGs are rendered. `"isolated"`: by a process of their own, with bounds to its time and
   * memory, at the size that they are drawn at. `"direct"`: the program's own SVGs, which are files
   * of `root` and `roots` and bytes that it hands over, by the engine in this process, sharp at any
   * size and without bounds. Default `"isolated"`.
   */
  svg?: "isolated" | "direct" | undefined;
}

/**
 * How texts find their fonts. Fonts belong to the process, but each host's texts find their own.
 */
export interface FontOptions {
  /**
   * Whether texts with characters that no loaded or installed font has are drawn with installed npm
   * packages such as `@fontsource/noto-sans-sc` and `@fontsource/noto-color-emoji`, which are
   * looked for above the working directory, the program and this library. Default true.
   */
  packages?: boolean | undefined;
}

/** Settings of a host; all are optional. A setting that is not known is an error. */
export interface HostOptions extends Hooks {
  /** Device pixels per logical pixel: finite, above 0. Default 1. */
  pixelRatio?: number | undefined;
  /** What shows through the transparent parts of a JPEG: any CSS colour. Default `"#fff"`. */
  jpegBackground?: string | undefined;
  /**
   * Trades time for bytes in PNGs: `"default"`, `"fast"` or `"small"`. An export may say otherwise.
   */
  compression?: Compression | undefined;
  /** Folder in which the host makes its own temp directory. Default: the system's. */
  tempDir?: string | undefined;
  /**
   * Form of the paths given out: real ones, or `wxfile://…` as on a phone. Default `"absolute"`.
   */
  tempFilePaths?: "absolute" | "wxfile" | undefined;
  /**
   * The mini-program's package folder: `/images/a.png` lies in it. Files below it may be read.
   * Default: the working directory, unless that is the root of the file system.
   */
  root?: string | undefined;
  /**
   * The page whose folder relative paths start from, by WeChat's path (`"pages/poster/poster"`), or
   * that folder, below `root`. Default: `root` itself.
   */
  page?: string | undefined;
  /** Further folders whose files may be read, by absolute paths. Default: none. */
  roots?: readonly string[] | undefined;
  /** How large canvases and pictures may be, and how long a record of drawing. */
  limits?: Partial<Limits> | undefined;
  /** What `wx.getSystemInfo` and its like tell; what is left out has its default. */
  device?: Partial<Device> | undefined;
  /** Where pictures and fonts on the network may come from, and how large pictures may be. */
  images?: ImageOptions | undefined;
  /**
   * Ends the host when it aborts, as `dispose` does, except that exports and draws under way fail
   * with `ABORTED` instead of being waited for. Later calls fail with `ABORTED`, too.
   */
  signal?: AbortSignal | undefined;
  /** How texts find their fonts. */
  fonts?: FontOptions | undefined;
  /**
   * Called with what nothing else handles: failures without a listener, and what callbacks throw.
   */
  onError?: ((error: unknown) => void) | undefined;
  /**
   * Called with warnings about pictures that are made, but not as they were meant: once for each
   * character that no font has. Default: process warnings, once in the process.
   */
  onWarning?: ((warning: HostWarning) => void) | undefined;
  /**
   * Called for each picture that cannot be loaded. What it returns (a path, bytes, an image, or a
   * promise of one) is loaded in its place; without that, the call that named the picture fails.
   */
  onPicture?: ((missing: MissingPicture) => unknown) | undefined;
}

/** Text that is drawn as boxes. */
export interface HostWarning {
  code: "MISSING_CHARACTERS";
  message: string;
  /** The characters that no font has. */
  characters: readonly string[];
}

/** A picture that could not be loaded. */
export interface MissingPicture {
  /** The source, as the drawing code gave it. */
  src: unknown;
  /** Why it could not be loaded. */
  error: CanvasError;
}

/** The defaults of settings that are not given. */
const DEFAULTS = {
  pixelRatio: 1,
  jpegBackground: "#fff",
  compression: "default",
  tempFilePaths: "absolute",
  remote: false,
  svg: "isolated",
} as const;

/** What the schema makes of no options: the default host does not need the schema to be built. */
function defaults(): Output {
  const { remote, svg, ...settings } = DEFAULTS;
  return {
    ...settings,
    jpegBackground: [255, 255, 255],
    roots: [],
    limits: DEFAULT_LIMITS,
    images: { remote, privateOrigins: [], ...DEFAULT_IMAGES, svg },
    fonts: { packages: true },
  };
}

const schema = lazily(() => {
  const limitError = { error: expecting(`a whole number from 1 to ${ENGINE_MAX_PIXELS}`) };
  const limit = z
    .int(limitError)
    .check(z.minimum(1, limitError), z.maximum(ENGINE_MAX_PIXELS, limitError));

  /** Timers count in signed 32-bit numbers. */
  const timeoutError = { error: expecting("milliseconds, a whole number from 1 to 2147483647") };
  const milliseconds = z
    .int(timeoutError)
    .check(z.minimum(1, timeoutError), z.maximum(2 ** 31 - 1, timeoutError));

  const ratioError = { error: expecting("a finite number above 0") };

  const functionError = { error: expecting("a function") };
  const predicate = z.custom<(url: URL) => boolean>(
    (value) => typeof value === "function",
    functionError,
  );

  const strictError = {
    error: (issue: { code: string; input?: unknown; keys?: unknown }) =>
      issue.code === "unrecognized_keys"
        ? `${show((issue.keys as string[])[0])} is not one of the settings`
        : expecting("an object")(issue),
  };

  const images = z.strictObject(
    {
      remote: z._default(
        z.union([z.boolean(), predicate], { error: expecting("true, false or a function") }),
        DEFAULTS.remote,
      ),
      privateOrigins: z._default(
        z.union([z.array(z.string().check(z.refine(isOrigin))), predicate], {
          error: expecting('an array of origins such as "http://127.0.0.1:8080", or a function'),
        }),
        [],
      ),
      timeout: z._default(milliseconds, DEFAULT_IMAGES.timeout),
      maxBytes: z._default(limit, DEFAULT_IMAGES.maxBytes),
      maxPixels: z._default(limit, DEFAULT_IMAGES.maxPixels),
      svg: z._default(
        z.enum(["isolated", "direct"], { error: expecting('"isolated" or "direct"') }),
        DEFAULTS.svg,
      ),
    },
    strictError,
  );

  const limits = z.strictObject(
    {
      maxSide: z._default(limit, DEFAULT_LIMITS.maxSide),
      maxPixels: z._default(limit, DEFAULT_LIMITS.maxPixels),
      maxCalls: z._default(limit, DEFAULT_LIMITS.maxCalls),
    },
    strictError,
  );

  const fonts = z.strictObject(
    { packages: z._default(z.boolean({ error: expecting("true or false") }), true) },
    strictError,
  );

  const pathError = { error: expecting("a path") };
  const path = z
    .string(pathError)
    .check(z.refine((value) => value !== "" && !value.includes("\0"), pathError));

  const colourError = { error: expecting("a CSS colour") };

  function hook<Hook>() {
    const error = expecting("a function");
    return z.optional(z.custom<Hook>((value) => typeof value === "function", { error }));
  }

  return z.object({
    pixelRatio: z._default(z.number(ratioError).check(z.positive(ratioError)), DEFAULTS.pixelRatio),
    jpegBackground: z.pipe(
      z._default(
        z.string(colourError).check(z.refine((css) => parses("fillStyle", css), colourError)),
        DEFAULTS.jpegBackground,
      ),
      z.transform(opaque),
    ),
    compression: z._default(compressionSchema(), DEFAULTS.compression),
    tempDir: z.optional(path),
    tempFilePaths: z._default(
      z.enum(["absolute", "wxfile"], { error: expecting('"absolute" or "wxfile"') }),
      DEFAULTS.tempFilePaths,
    ),
    root: z.optional(path),
    page: z.optional(path),
    roots: z._default(z.array(path, { error: expecting("an array of paths") }), []),
    limits: z._default(limits, DEFAULT_LIMITS),
    images: z.prefault(images, {}),
    fonts: z.prefault(fonts, {}),
    device: z.optional(
      z.custom<Partial<Device>>((value) => typeof value === "object" && value !== null, {
        error: expecting("an object"),
      }),
    ),
    signal: z.optional(z.custom<AbortSignal>(isSignal, { error: expecting("an AbortSignal") })),
    onError: hook<(error: unknown) => void>(),
    onWarning: hook<(warning: HostWarning) => void>(),
    onPicture: hook<(missing: MissingPicture) => unknown>(),
    ...(Object.fromEntries(HOOKS.map((name) => [name, hook()])) as {
      [Name in keyof Hooks]-?: ReturnType<typeof hook<NonNullable<Hooks[Name]>>>;
    }),
  });
});

type Output = ReturnType<ReturnType<typeof schema>["parse"]>;

/** {@link ImageOptions} with every default filled in. */
export interface ImageSettings {
  remote: boolean | ((url: URL) => boolean);
  privateOrigins: readonly string[] | ((url: URL) => boolean);
  /** Milliseconds. */
  timeout: number;
  maxBytes: number;
  maxPixels: number;
  svg: "isolated" | "direct";
}

/** The settings with every default filled in. */
export interface Settings extends Hooks {
  pixelRatio: number;
  /** Red, green and blue. */
  jpegBackground: readonly [number, number, number];
  compression: Compression;
  tempDir?: string | undefined;
  tempFilePaths: "absolute" | "wxfile";
  /** Absolute, as are the next two; undefined where no package folder is known. */
  root?: string | undefined;
  page?: string | undefined;
  roots: string[];
  limits: Limits;
  device: Device;
  images: ImageSettings;
  signal?: AbortSignal | undefined;
  fonts: { packages: boolean };
  onError?: ((error: unknown) => void) | undefined;
  onWarning?: ((warning: HostWarning) => void) | undefined;
  onPicture?: ((missing: MissingPicture) => unknown) | undefined;
}

/** Reads the settings; throws INVALID, naming the first one that cannot be used. */
export function parseSettings(options: unknown): Settings {
  const {
    root: given,
    page,
    roots,
    device,
    ...settings
  } = options === undefined ? defaults() : parse(schema, options, { strict: "settings" });
  const root = given === undefined ? defaultRoot() : resolve(given);
  return {
    ...settings,
    root,
    page: root === undefined ? undefined : pageBelow(root, page),
    roots: roots.map((folder) => resolve(folder)),
    device: resolveDevice(device),
  };
}

/** The working directory, unless that is the whole file system, as in many containers. */
function defaultRoot(): string | undefined {
  try {
    const directory = process.cwd();
    return directory === parsePath(directory).root ? undefined : directory;
  } catch {
    // The working directory was removed; importing the library must not fail for that.
    return undefined;
  }
}

/** `pages/index` and `/pages/index` both count from the root, as do the paths of pages in them. */
function pageBelow(root: string, page = ""): string {
  const path = isInside(page, root) ? resolve(page) : join(root, page);
  if (!isInside(path, root)) throw invalid("page", "a folder or a page below root", page);
  const isPage = !isFolder(path) && PAGE_FILES.some((extension) => existsSync(path + extension));
  return isPage ? dirname(path) : path;
}

/** A page's path is that of its files, without their extensions. */
const PAGE_FILES = [".wxml", ".js", ".ts", ".json"];

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isOrigin(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text) && new URL(text).pathname === "/";
}
