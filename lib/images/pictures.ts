// Pictures from wherever drawing code names them: paths, URLs, data URIs, bytes, images, canvases.
import { createHash } from "node:crypto";
import { isArrayBuffer, isUint8Array } from "node:util/types";
import type { Image } from "../engine.ts";
import { asCanvas, asImage, type Canvas, looksLikeCanvas, looksLikeImage } from "../engine.ts";
import { CanvasError, invalid, show, toCanvasError } from "../errors.ts";
import { LOCAL_MAX_BYTES } from "../limits.ts";
import { createSemaphore } from "../semaphore.ts";
import type { Settings } from "../settings/settings.ts";
import { isDataUri, isRemote, readDataUri } from "../sources/data-uri.ts";
import type { Fetched } from "../sources/fetch.ts";
import { publishFetch } from "../sources/fetch-diagnostics.ts";
import { openReadable } from "../sources/open.ts";
import type { Paths } from "../sources/paths.ts";
import { toPublicPath } from "../temp/layout.ts";
import type { TempDirectory } from "../temp/temp-directory.ts";
import { store } from "../temp/temp-file.ts";
import type { DecodedPicture, PictureLimits } from "./decode.ts";
import type { PictureFormat } from "./header.ts";

/** What is known of a picture, as WeChat's `getImageInfo` tells it. */
export interface PictureInfo {
  /** In pixels, as stored: the orientation is not applied. */
  width: number;
  height: number;
  /** `"up"` and its likes, for EXIF orientations 1 to 8. */
  orientation: Orientation;
  /** WeChat's word for the format; it has none for WebP and SVG. */
  type: "png" | "jpeg" | "gif" | "unknown";
  /** A path that every function of the host takes: the one given, or that of a temp file. */
  path: string;
}

export type Orientation = (typeof ORIENTATIONS)[number];

const ORIENTATIONS = [
  "up",
  "up-mirrored",
  "down",
  "down-mirrored",
  "left-mirrored",
  "right",
  "right-mirrored",
  "left",
] as const;

/** The pictures of one host. Every function throws SOURCE, naming the source and the reason. */
export interface Pictures {
  /** The picture, to be drawn: upright, decoded. It is shared: whoever gets it must not change it. */
  load(source: unknown): Promise<Image | Canvas>;
  /** The picture's own bytes, checked but not decoded again: for an image that the caller makes. */
  read(source: unknown): Promise<Buffer>;
  info(source: unknown): Promise<PictureInfo>;
  /** Fetches a URL under the host's policy, be it a picture or not. */
  download(url: string, signal?: AbortSignal): Promise<Fetched>;
}

/** What reads pictures is loaded with the first one. */
const decoder = () => import("./decode.ts");
/** Pictures read and decoded at once in this process. */
const withSlot = createSemaphore(8);
/** Connections of one host at once. */
const MAX_CONNECTIONS = 16;

export function createPictures(host: {
  settings: Settings;
  paths: Paths;
  directory: TempDirectory;
  ending: AbortSignal;
}): Pictures {
  const { settings, paths, directory, ending } = host;
  const { images, limits } = settings;
  const fetchInTurn = createSemaphore(MAX_CONNECTIONS);
  const underWay = new Map<string, Promise<DecodedPicture>>();
  const allowed: PictureLimits = {
    maxSide: limits.maxSide,
    maxPixels: images.maxPixels,
    maxBytes: LOCAL_MAX_BYTES,
  };
  const remoteAllowed = { ...allowed, maxBytes: images.maxBytes };

  /** What fetches is loaded with the first URL. */
  async function download(url: string, signal = ending): Promise<Fetched> {
    const { fetchRemote } = await import("../sources/fetch.ts");
    const run = () => fetchRemote(images, url, fetchInTurn, [ending, signal]);
    return publishFetch(url, false, run);
  }

  function fromBytes(bytes: Buffer): Promise<DecodedPicture> {
    const key = contentKey(bytes);
    return withSlot(async () => {
      const { decode, keptPicture } = await decoder();
      return keptPicture(key, allowed) ?? decode(key, bytes, allowed);
    });
  }

  function fromFile(path: string): Promise<DecodedPicture> {
    return withSlot(async () => {
      // The policy is asked by opening, whether or not the picture is kept.
      const file = await openReadable(paths, path);
      try {
        const { decode, keptPicture } = await decoder();
        const bytes = file.identity === undefined ? await file.read(allowed.maxBytes) : undefined;
        const key = bytes ? contentKey(bytes) : (file.identity as string);
        const kept = keptPicture(key, allowed);
        return kept ?? (await decode(key, bytes ?? (await file.read(allowed.maxBytes)), allowed));
      } finally {
        await file.close();
      }
    });
  }

  async function fromUrl(url: string): Promise<DecodedPicture> {
    const { get, set } = await import("../sources/url-cache.ts");
    const { decode, keptPicture } = await decoder();
    const key = get(images, url);
    const kept = key && keptPicture(key, remoteAllowed);
    if (kept) return publishFetch(url, true, () => kept);
    const fetched = await download(url);
    return withSlot(() => {
      const key = contentKey(fetched.bytes);
      set(images, fetched.hops, key);
      return decode(key, fetched.bytes, remoteAllowed);
    });
  }

  /** Calls for a URL that come while it is under way get what it gets. */
  function fromUrlOnce(url: string): Promise<DecodedPicture> {
    const running = underWay.get(url) ?? fromUrl(url).finally(() => underWay.delete(url));
    underWay.set(url, running);
    return running;
  }

  async function pictureOf(given: unknown): Promise<DecodedPicture> {
    const source = asSource(given);
    try {
      // A copy: the engine decodes later, and what the caller then has in the buffer is not it.
      if (typeof source !== "string") return await fromBytes(Buffer.from(source));
      if (isDataUri(source)) return await fromBytes(readDataUri(source, allowed.maxBytes));
      if (isRemote(source)) return await fromUrlOnce(source.trim());
      return await fromFile(source);
    } catch (error) {
      throw explained(source, error);
    }
  }

  async function temporary({ bytes, header }: DecodedPicture): Promise<string> {
    const extension = header.format === "jpeg" ? "jpg" : header.format;
    return toPublicPath(await store(directory, bytes, extension), settings.tempFilePaths);
  }

  return {
    async load(source) {
      if (looksLikeCanvas(source)) return asCanvas(source);
      if (looksLikeImage(source)) return loaded(asImage(source));
      return (await pictureOf(source)).drawable;
    },
    read: async (source) => (await pictureOf(source)).bytes,
    async info(source) {
      const picture = await pictureOf(source);
      const { header, drawable } = picture;
      const { width, height } = header.format === "svg" ? drawable : header;
      const isLocal = typeof source === "string" && !isDataUri(source) && !isRemote(source);
      return {
        width,
        height,
        orientation: ORIENTATIONS[header.orientation - 1] as Orientation,
        type: typeOf(header.format),
        path: isLocal ? source : await temporary(picture),
      };
    },
    download,
  };
}

/** A source that is no picture yet: bytes, or text that says where they are. */
function asSource(value: unknown): string | Uint8Array {
  try {
    if (typeof value === "string" || isUint8Array(value)) return value;
    if (isArrayBuffer(value)) return new Uint8Array(value);
    if (value instanceof URL) return value.href;
  } catch {
    // A revoked proxy cannot even be asked what it is.
  }
  throw invalid("source", "a path, URL, data URI, Buffer, image or canvas", value);
}

/** An image of the caller's own, when it can be drawn. */
async function loaded(image: Image): Promise<Image> {
  try {
    await image.decode();
    return image;
  } catch (cause) {
    throw new CanvasError("SOURCE", "the image cannot be decoded", { cause });
  }
}

function contentKey(bytes: Buffer): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function typeOf(format: PictureFormat): PictureInfo["type"] {
  return format === "webp" || format === "svg" ? "unknown" : format;
}

/** The failure with the source in front; those of paths and URLs name theirs already. */
function explained(source: string | Uint8Array, error: unknown): CanvasError {
  const failure = toCanvasError(error, "SOURCE");
  const name = typeof source === "string" ? show(source) : `${source.length} bytes`;
  const reason = failure.errMsg.replace(/^fail /, "");
  if (failure.code !== "SOURCE" || reason.startsWith(name)) return failure;
  return new CanvasError("SOURCE", `${name}: ${reason}`, { cause: failure });
}
