// Pictures from wherever drawing code names them: paths, URLs, data URIs, bytes, images, canvases.
import { isArrayBuffer, isUint8Array } from "node:util/types";
import { allowImagePixels } from "../concurrency.ts";
import type { Canvas, Image } from "../engine.ts";
import type { CanvasError } from "../errors.ts";
import { createSemaphore } from "../semaphore.ts";
import type { Settings } from "../settings/settings.ts";
import type { Fetched } from "../sources/fetch.ts";
import { publishFetch } from "../sources/fetch-diagnostics.ts";
import type { Paths } from "../sources/paths.ts";
import type { TempDirectory } from "../temp/temp-directory.ts";
import type { PictureFile } from "./decode.ts";
import type { RenderSize } from "./render.ts";

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

/** Connections of one host at once. */
const MAX_CONNECTIONS = 16;

export function createPictures(host: PictureHost): Pictures {
  const { settings, ending } = host;
  const { images } = settings;
  allowImagePixels(images.maxPixels);
  const fetchInTurn = createSemaphore(MAX_CONNECTIONS);

  /** What fetches is loaded with the first URL. */
  async function download(url: string, signal = ending): Promise<Fetched> {
    const { fetchRemote } = await import("../sources/fetch.ts");
    const run = () => fetchRemote(images, url, fetchInTurn, [ending, signal]);
    return publishFetch(url, false, run);
  }

  /** What reads pictures is loaded with the first of them. */
  let loading: Promise<Loader> | undefined;
  const loader = () => {
    loading ??= import("./loader.ts").then(({ createLoader }) => createLoader(host, download));
    return loading;
  };

  return {
    async open(source, options) {
      const given = frozen(source);
      return (await loader()).open(given, options);
    },
    withDecoded: async (pictures, work) => (await loader()).withDecoded(pictures, work),
    async load(source, options) {
      const given = frozen(source);
      return (await loader()).load(given, options);
    },
    loadInto: async (image, source, options) => (await loader()).loadInto(image, source, options),
    async info(source) {
      const given = frozen(source);
      return (await loader()).info(given);
    },
    download,
  };
}

/** Bytes as they are now: what the caller does to them while they load is not seen. */
function frozen(source: unknown): unknown {
  try {
    if (isUint8Array(source)) return Buffer.from(source);
    if (isArrayBuffer(source)) return Buffer.from(new Uint8Array(source));
  } catch {
    // A revoked proxy cannot even be asked what it is; it is refused later.
  }
  return source;
}

export type Loader = Omit<Pictures, "download">;
