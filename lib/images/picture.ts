// The types of this folder: a picture as a file and decoded, and what a host does with pictures.
import type { Canvas, Image } from "../engine/engine.ts";
import type { CanvasError } from "../errors.ts";
import type { TextFonts } from "../fonts/text.ts";
import type { Size } from "../limits.ts";
import type { Settings } from "../settings/settings.ts";
import type { Fetched } from "../sources/fetch.ts";
import type { Paths } from "../sources/paths.ts";
import type { TempDirectory } from "../temp/temp-directory.ts";
import type { PictureFormat } from "./formats/format.ts";

/** A picture before it is decoded. */
export interface PictureFile {
  /** Cache key: identifies the content, and the size at which a drawing was rendered. */
  readonly key: string;
  readonly format: PictureFormat;
  /** Pixels as stored, and the EXIF orientation, 1 to 8. */
  readonly stored: { width: number; height: number };
  readonly orientation: number;
  /** The size at which it is drawn by default, after turning it upright. */
  readonly width: number;
  readonly height: number;
  /** Number of decoded pixels; of a rendered drawing it may differ from width × height. */
  readonly pixels: number;
  /** Bytes that its decoder needs temporarily beside the pixels. */
  readonly extraBytes: number;
  readonly isOpenEnded: boolean;
  /** The bytes to decode, and those of the source. */
  readonly bytes: Buffer;
  readonly original: Buffer;
}

/** A file and the image decoded from it; the image is shared and must not be changed. */
export interface Picture {
  readonly file: PictureFile;
  readonly image?: Image;
}

/** What WeChat's `getImageInfo` answers about a picture. */
export interface PictureInfo {
  /** In pixels, as stored: the orientation is not applied. */
  width: number;
  height: number;
  /** One of eight words such as `"up"`, for EXIF orientations 1 to 8. */
  orientation: Orientation;
  /** WeChat's word for the format; WebP, AVIF and SVG are `"unknown"`. */
  type: "png" | "jpeg" | "gif" | "unknown";
  /**
   * A path that every function of the host accepts: of a file of the package from its root, without
   * a slash in front, as WeChat has it (code draws `"/" + path`); the given one; or a temp file's.
   */
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
/** A picture whose bytes are read, or an image or canvas that the engine can draw already. */
export type OpenPicture = PictureFile | Drawable;

export interface LoadOptions {
  /** The size to render a drawing (SVG) at; the default is fine enough for most uses. */
  renderSize?: RenderSize | undefined;
  signal?: AbortSignal | undefined;
}

/** The pictures of one host. Every function throws SOURCE with the source and the reason. */
export interface Pictures {
  /** Reads and checks the bytes as they are now; nothing is decoded yet. */
  open(source: unknown, options?: LoadOptions): Promise<OpenPicture>;
  /**
   * Decodes the pictures, after earlier calls, and passes each of them, or its failure, to `work`,
   * which draws them synchronously. Afterwards their pixels are released.
   */
  withDecoded<T>(
    pictures: readonly (OpenPicture | CanvasError)[],
    work: (decoded: (Drawable | CanvasError)[]) => T,
  ): Promise<T>;
  /** The picture, decoded and upright. It is shared: the caller must not change it. */
  load(source: unknown, options?: LoadOptions): Promise<Drawable>;
  /** Loads the picture into an image that the caller made. */
  loadInto(image: Image, source: unknown, options?: LoadOptions): Promise<void>;
  info(source: unknown): Promise<PictureInfo>;
  /** Fetches a URL under the host's policy, whether or not it is a picture. */
  download(url: string, signal?: AbortSignal): Promise<Fetched>;
}

/** The parts of a host that pictures need. */
export interface PictureHost {
  settings: Settings;
  paths: Paths;
  directory: TempDirectory;
  fonts: Pick<TextFonts, "warnMissingInSvg">;
  /** Aborts when the host is disposed. */
  ending: AbortSignal;
}

/** The functions that `loader.ts` provides, which is imported on first use. */
export type Loader = Omit<Pictures, "download">;

/** Gives the size in pixels to render a drawing at, for its own size. */
export type RenderSize = (own: Size) => Size;
