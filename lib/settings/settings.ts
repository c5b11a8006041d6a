// Reads the settings of a host: one schema checks them and fills in the defaults.
import { existsSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, parse as parsePath, resolve } from "node:path";
import { URL } from "node:url";
import * as z from "zod/mini";
import { opaque, parses } from "../engine/engine.ts";
import { invalid } from "../errors.ts";
import { isInside } from "../inside.ts";
import { lazily } from "../late.ts";
import { DEFAULT_IMAGES, DEFAULT_LIMITS, ENGINE_MAX_PIXELS, type Limits } from "../limits.ts";
import {
  abortSignal,
  callback,
  checked,
  flag,
  positive,
  settingsOf,
  TIMER_MAX_MS,
  whole,
} from "../option-parts.ts";
import { expecting, parse, type SchemaOf } from "../validate.ts";
import { compressionSchema } from "./compression.ts";
import { type Device, deviceSchema, resolveDevice } from "./device.ts";
import type { Hooks } from "./hooks.ts";
import type { FontOptions, HostOptions, ImageOptions } from "./options.ts";

const DEFAULTS = {
  pixelRatio: 1,
  jpegBackground: "#fff",
  compression: "default",
  tempFilePaths: "absolute",
  roots: [] as string[],
  limits: DEFAULT_LIMITS,
  images: { remote: false, privateOrigins: [] as string[], ...DEFAULT_IMAGES, svg: "isolated" },
  fonts: { packages: true },
} as const;

const schema = lazily(() => {
  const pixels = () => whole(1, ENGINE_MAX_PIXELS);
  const predicate = callback<(url: URL) => boolean>();
  const { images, limits, fonts } = DEFAULTS;
  const path = checked<string>(
    (value) => typeof value === "string" && value !== "" && !value.includes("\0"),
    "a path",
  );
  const colour = checked<string>(
    (value) => typeof value === "string" && parses("fillStyle", value),
    "a CSS colour",
  );
  const hook = <Hook>() => z.optional(callback<NonNullable<Hook>>());

  return z.object({
    pixelRatio: z._default(positive(), DEFAULTS.pixelRatio),
    jpegBackground: z.pipe(z._default(colour, DEFAULTS.jpegBackground), z.transform(opaque)),
    compression: z._default(compressionSchema(), DEFAULTS.compression),
    tempDir: z.optional(path),
    tempFilePaths: z._default(
      z.enum(["absolute", "wxfile"], { error: expecting('"absolute" or "wxfile"') }),
      DEFAULTS.tempFilePaths,
    ),
    root: z.optional(path),
    page: z.optional(path),
    roots: z._default(z.array(path, { error: expecting("an array of paths") }), DEFAULTS.roots),
    limits: z._default(
      settingsOf({
        maxSide: z._default(pixels(), limits.maxSide),
        maxPixels: z._default(pixels(), limits.maxPixels),
        maxCalls: z._default(pixels(), limits.maxCalls),
      }),
      limits,
    ),
    images: z.prefault(
      settingsOf({
        remote: z._default(
          z.union([flag(), predicate], { error: expecting("true, false or a function") }),
          images.remote,
        ),
        privateOrigins: z._default(
          z.union([z.array(checked<string>(isOrigin, "an origin")), predicate], {
            error: expecting('an array of origins such as "http://127.0.0.1:8080", or a function'),
          }),
          images.privateOrigins,
        ),
        timeout: z._default(whole(1, TIMER_MAX_MS, "milliseconds, "), images.timeout),
        maxBytes: z._default(pixels(), images.maxBytes),
        maxPixels: z._default(pixels(), images.maxPixels),
        svg: z._default(
          z.enum(["isolated", "direct"], { error: expecting('"isolated" or "direct"') }),
          images.svg,
        ),
      }),
      {},
    ),
    fonts: z.prefault(settingsOf({ packages: z._default(flag(), fonts.packages) }), {}),
    device: z.optional(deviceSchema()),
    signal: z.optional(abortSignal()),
    onError: hook<HostOptions["onError"]>(),
    onWarning: hook<HostOptions["onWarning"]>(),
    onPicture: hook<HostOptions["onPicture"]>(),
    onToast: hook<Hooks["onToast"]>(),
    onModal: hook<Hooks["onModal"]>(),
    onActionSheet: hook<Hooks["onActionSheet"]>(),
    onSetting: hook<Hooks["onSetting"]>(),
    onNavigate: hook<Hooks["onNavigate"]>(),
    onChooseImage: hook<Hooks["onChooseImage"]>(),
    onPreviewImage: hook<Hooks["onPreviewImage"]>(),
    onSaveImage: hook<Hooks["onSaveImage"]>(),
  } satisfies SchemaOf<HostOptions>);
});

/** Every option with its value or its default. */
type Filled<Options> = { [Name in keyof Options]-?: Exclude<Options[Name], undefined> };

/** Options that keep their type. */
type Plain = "pixelRatio" | "compression" | "tempFilePaths";

/** {@link ImageOptions} with every default filled in. */
export interface ImageSettings extends Filled<ImageOptions> {}

/** {@link HostOptions} with every default filled in. */
export interface Settings
  extends Omit<
      HostOptions,
      Plain | "jpegBackground" | "roots" | "limits" | "device" | "images" | "fonts"
    >,
    Filled<Pick<HostOptions, Plain>> {
  /** Red, green and blue. */
  jpegBackground: readonly [number, number, number];
  /** Absolute paths, as are `root` and `page`, which are undefined without a package folder. */
  roots: string[];
  limits: Limits;
  device: Device;
  images: ImageSettings;
  fonts: Filled<FontOptions>;
}

/** The settings of no options: the default host does not need the schema to be built. */
const defaults = (): ReturnType<typeof read> => ({ ...DEFAULTS, jpegBackground: [255, 255, 255] });

const read = (options: unknown) => parse(schema, options, { strict: "settings" });

/** Reads the settings; throws INVALID, naming the first one that cannot be used. */
export function parseSettings(options: unknown): Settings {
  const {
    root: given,
    page,
    roots,
    device,
    ...settings
  } = options === undefined ? defaults() : read(options);
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
  const path = isAbsolute(page) && isInside(page, root) ? resolve(page) : join(root, page);
  if (!isInside(path, root)) throw invalid("page", "a folder or a page below root", page);
  const isPage = !isFolder(path) && PAGE_FILES.some((extension) => existsSync(path + extension));
  return isPage ? dirname(path) : path;
}

/** A page's path is that of its files, without their extensions. */
const PAGE_FILES = [".wxml", ".js", ".ts", ".json"];

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function isOrigin(text: unknown): boolean {
  if (typeof text !== "string") return false;
  return /^https?:\/\//i.test(text) && URL.canParse(text) && new URL(text).pathname === "/";
}
