// What the files of this room hand each other: a picture as a file, decoded, and what a host does with it.
import type { Canvas, Image } from "../engine.ts";
import type { CanvasError } from "../errors.ts";
import type { Size } from "../limits.ts";
import type { Settings } from "../settings/settings.ts";
import type { Fetched } from "../sources/fetch.ts";
import type { Paths } from "../sources/paths.ts";
import type { TempDirectory } from "../temp/temp-directory.ts";
import type { PictureFormat } from "./formats/format.ts";

/** A picture as it is before it is decoded. */
export interface PictureFile {
  /** Tells its content, and the size at which a drawing was rendered. */
  readonly key: string;
  readonly format: PictureFormat;
  /** Pixels as stored, and the EXIF orientation, 1 to 8. */
  readonly stored: { width: number; height: number };
  readonly orientation: number;
  /** The size at which it is drawn when no other is given: the right way up. */
  readonly width: number;
  readonly height: number;
  /** What it has when it is decoded: more than its size says for a drawing that was rendered. */
  readonly pixels: number;
  /** What its decoder needs beside them. */
  readonly extraBytes: number;
  readonly isOpenEnded: boolean;
  /** The bytes that are decoded, and those that came. */
  readonly bytes: Buffer;
  readonly original: Buffer;
}

/** A file, and what it was decoded to; shared: whoever draws it must not change it. */
export interface Picture {
  readonly file: PictureFile;
  readonly image?: Image;
}

/** What is known of a picture, as WeChat's `getImageInfo` tells it. */
export interface PictureInfo {
  /** In pixels, as stored: the orientation is not applied. */
  width: number;
  height: number;
  /** `"up"` and its likes, for EXIF orientations 1 to 8. */
  orientation: Orientation;
  /** WeChat's word for the format; it has none for WebP, AVIF and SVG. */
  type: "png" | "jpeg" | "gif" | "unknown";
  /** A path that every function of the host takes: the one given, or that of a temp file. */
  path: string;
}

export type Orientation =
  | "up"
  | "up-mirrored"
  | "down"
  | "down-mirrored"
  | "left-mirrored"
  | "right"
  | "right-mirrored"
  | "left";

export type Drawable = Image | Canvas;
/** A picture whose bytes are there; what the engine can draw already stands for itself. */
export type OpenPicture = PictureFile | Drawable;

export interface LoadOptions {
  /** How many pixels a drawing (SVG) is rendered with; without it, fine enough for most uses. */
  renderSize?: RenderSize | undefined;
  signal?: AbortSignal | undefined;
}

/** The pictures of one host. Every function throws SOURCE, naming the source and the reason. */
export interface Pictures {
  /** Reads and checks the bytes as they are now; nothing is decoded yet. */
  open(source: unknown, options?: LoadOptions): Promise<OpenPicture>;
  /**
   * Decodes the pictures when it is their turn, and hands them over, each or its failure, to work that
   * draws them at once. What was decoded is given up afterwards.
   */
  withDecoded<T>(
    pictures: readonly (OpenPicture | CanvasError)[],
    work: (decoded: (Drawable | CanvasError)[]) => T,
  ): Promise<T>;
  /** The picture, to be drawn: upright, decoded. It is shared: whoever gets it must not change it. */
  load(source: unknown, options?: LoadOptions): Promise<Drawable>;
  /** Loads the picture into an image that the caller made. */
  loadInto(image: Image, source: unknown, options?: LoadOptions): Promise<void>;
  info(source: unknown): Promise<PictureInfo>;
  /** Fetches a URL under the host's policy, be it a picture or not. */
  download(url: string, signal?: AbortSignal): Promise<Fetched>;
}

/** The rooms of a host that pictures need. */
export interface PictureHost {
  settings: Settings;
  paths: Paths;
  directory: TempDirectory;
  /** Aborts when the host is disposed. */
  ending: AbortSignal;
}

/** What reads pictures, once it is loaded. */
export type Loader = Omit<Pictures, "download">;

/** How many pixels a drawing is to have, by its own size. */
export type RenderSize = (own: Size) => Size;
