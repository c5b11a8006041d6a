// Reads picture files of any source under the host's policy, inspects them, and caches them.

import { createHash } from "node:crypto";
import { isUint8Array } from "node:util/types";
import { STEP_BYTES } from "../bytes.ts";
import { CanvasError, invalid } from "../errors.ts";
import { isUrl } from "../is-url.ts";
import { LOCAL_MAX_BYTES, type Size } from "../limits.ts";
import { type Procedure, run } from "../procedure.ts";
import { createSemaphore } from "../semaphore.ts";
import { isDataUri, isRemote, readDataUri } from "../sources/data-uri.ts";
import type { Fetched } from "../sources/fetch.ts";
import { publishFetch } from "../sources/fetch-diagnostics.ts";
import { openReadable } from "../sources/open.ts";
import { explained } from "./explained.ts";
import { inspect } from "./inspect.ts";
import { isBase64, missingPrefix } from "./looks.ts";
import { keep, keptPicture } from "./memory.ts";
import type { PictureFile, PictureHost } from "./picture.ts";

/** How large a picture may be. */
export interface PictureLimits {
  maxSide: number;
  maxPixels: number;
  maxBytes: number;
}

/** Reads the picture file of a source. */
export interface Files {
  of(source: unknown): Promise<SourceFile>;
}

export interface SourceFile {
  file: PictureFile;
  limits: PictureLimits;
  /** Whether the program supplies it: a file of its package, or bytes that it passes. */
  isTrusted: boolean;
}

/** At most 8 local files or byte sources are inspected at once in this process. */
const withSlot = createSemaphore(8);

export function createFiles(
  { settings, paths }: PictureHost,
  download: (url: string) => Promise<Fetched>,
): Files {
  const { images, limits } = settings;
  const underWay = new Map<string, Promise<PictureFile>>();
  const allowed: PictureLimits = {
    maxSide: limits.maxSide,
    maxPixels: images.maxPixels,
    maxBytes: LOCAL_MAX_BYTES,
  };
  const remoteAllowed = { ...allowed, maxBytes: images.maxBytes };

  function fromBytes(bytes: Buffer): Promise<PictureFile> {
    return withSlot(async () => known(await run(contentKey(bytes)), bytes));
  }

  async function fromFile(path: string): Promise<SourceFile> {
    return withSlot(async () => {
      // Opening applies the policy, even when the picture is cached.
      await using opened = await openReadable(paths, path);
      const isTrusted = paths.own(opened.path) === undefined;
      const { identity } = opened;
      const kept = identity === undefined ? undefined : keptPicture(identity)?.file;
      if (kept) return { file: kept, limits: allowed, isTrusted };
      const bytes = await opened.read(allowed.maxBytes);
      const file = await known(identity ?? (await run(contentKey(bytes))), bytes);
      return { file, limits: allowed, isTrusted };
    });
  }

  async function fromUrl(url: string): Promise<PictureFile> {
    const { get, set } = await import("../sources/url-cache.ts");
    const key = get(images, url);
    const kept = key && keptPicture(key)?.file;
    if (kept) return publishFetch(url, true, () => kept);
    const fetched = await download(url);
    return withSlot(async () => {
      const key = await run(contentKey(fetched.bytes));
      set(images, fetched.hops, key);
      return known(key, fetched.bytes);
    });
  }

  /** Concurrent calls for one URL share one download. */
  function fromUrlOnce(url: string): Promise<PictureFile> {
    const running = underWay.get(url) ?? fromUrl(url).finally(() => underWay.delete(url));
    underWay.set(url, running);
    return running;
  }

  async function read(source: string | Buffer): Promise<SourceFile> {
    if (typeof source !== "string") {
      return { file: await fromBytes(source), limits: allowed, isTrusted: true };
    }
    if (isDataUri(source)) {
      const bytes = await run(readDataUri(source, allowed.maxBytes));
      return { file: await fromBytes(bytes), limits: allowed, isTrusted: false };
    }
    if (isRemote(source)) {
      return { file: await fromUrlOnce(source.trim()), limits: remoteAllowed, isTrusted: false };
    }
    if (isBase64(source)) throw new CanvasError("SOURCE", `it is base64; ${missingPrefix(source)}`);
    return fromFile(source);
  }

  return {
    async of(given) {
      const source = asSource(given);
      try {
        const found = await read(source);
        if (found.file.original.length > found.limits.maxBytes) {
          throw new CanvasError("SOURCE", `it has more than ${found.limits.maxBytes} bytes`);
        }
        // The size of SVGs and AVIFs is not known yet.
        if (found.file.width > 0) checkPictureSize(found.file, found.limits);
        return found;
      } catch (error) {
        throw explained(source, error);
      }
    },
  };
}

/** The file of these bytes: the cached one, or else they are inspected now. */
async function known(key: string, original: Buffer): Promise<PictureFile> {
  const kept = keptPicture(key)?.file;
  if (kept) return kept;
  const { format, width, height, orientation, bytes, extraBytes, isOpenEnded } = await run(
    inspect(original),
  );
  const isTurned = orientation > 4;
  // Turning needs a second copy of the pixels beside the stored ones.
  const turnBytes = orientation === 1 || format === "jpeg" ? 0 : width * height * 8;
  const file: PictureFile = {
    key,
    format,
    stored: { width, height },
    orientation,
    width: isTurned ? height : width,
    height: isTurned ? width : height,
    pixels: width * height,
    extraBytes: extraBytes + turnBytes,
    isOpenEnded: isOpenEnded === true,
    bytes,
    original,
  };
  keep({ file });
  return file;
}

/** Throws SOURCE for a picture that is larger than the limits. */
export function checkPictureSize({ width, height }: Size, limits: PictureLimits): void {
  const asked = `it is ${width} × ${height}`;
  if (Math.max(width, height) > limits.maxSide) {
    throw new CanvasError("SOURCE", `${asked}; limits.maxSide allows ${limits.maxSide} pixels`);
  }
  if (width * height > limits.maxPixels) {
    throw new CanvasError("SOURCE", `${asked}; images.maxPixels allows ${limits.maxPixels} pixels`);
  }
}

/** A source that has to be read first: bytes, or text that says where they are. */
function asSource(value: unknown): string | Buffer {
  // `frozen` in pictures.ts has made bytes a Buffer already.
  if (typeof value === "string" || isUint8Array(value)) return value as string | Buffer;
  if (isUrl(value)) return value.href;
  throw invalid("source", "a path, URL, data URI, Buffer, image or canvas", value);
}

/** The SHA-256 of the bytes as cache key; the event loop turns between pieces of long ones. */
function* contentKey(bytes: Buffer): Procedure<string> {
  const hash = createHash("sha256");
  for (let at = 0; at < bytes.length; at += STEP_BYTES) {
    if (at > 0) yield;
    hash.update(bytes.subarray(at, at + STEP_BYTES));
  }
  return `sha256:${hash.digest("hex")}`;
}
