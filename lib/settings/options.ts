// The settings of a host as programs write them: the documented types.
import type { CanvasError } from "../errors.ts";
import type { Limits } from "../limits.ts";
import type { Compression } from "./compression.ts";
import type { Device } from "./device.ts";
import type { Hooks } from "./hooks.ts";

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
  /** The device that `wx.getSystemInfo` describes; each omitted value has its default. */
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
   * promise of one) is loaded in its place; without that, or when it takes longer than
   * `images.timeout`, the call that named the picture fails.
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
