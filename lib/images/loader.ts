// Loads pictures for one host: opens their files, renders drawings, and decodes in turn.
import { asCanvas, asImage, Image, looksLikeCanvas, looksLikeImage } from "../engine/engine.ts";
import { dropPixels, sharePixels } from "../engine/sizes.ts";
import { CanvasError, invalid, toCanvasError } from "../errors.ts";
import { run } from "../procedure.ts";
import { untilAborted, withSignal } from "../signal.ts";
import { isDataUri, isRemote } from "../sources/data-uri.ts";
import type { Fetched } from "../sources/fetch.ts";
import { toPublicPath } from "../temp/layout.ts";
import { store } from "../temp/temp-file.ts";
import { explained } from "./explained.ts";
import { checkPictureSize, createFiles, type SourceFile } from "./files.ts";
import type { PictureFormat } from "./formats/format.ts";
import { inTurn, keep, keptPicture, makeRoom, NOTHING, withOneMore } from "./memory.ts";
import type {
  Drawable,
  Loader,
  LoadOptions,
  OpenPicture,
  Orientation,
  PictureFile,
  PictureHost,
  PictureInfo,
  RenderSize,
} from "./picture.ts";
import { decode, holdPixels, releasePixels } from "./pixels.ts";
import {
  boundedSize,
  fineSize,
  ownSize,
  type Rendering,
  reducedSize,
  render,
  renderedKey,
} from "./render.ts";

export function createLoader(
  host: PictureHost,
  download: (url: string) => Promise<Fetched>,
): Loader {
  const { settings, paths, directory, ending } = host;
  const { images, pixelRatio } = settings;
  const files = createFiles(host, download);

  /** Runs work on a source within `images.timeout`; a failure names the source. */
  function inTime<T>(
    source: unknown,
    given: AbortSignal | undefined,
    work: (deadline: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const milliseconds = images.timeout;
    const verb = typeof source === "string" && isRemote(source) ? "no answer" : "not loaded";
    const failure = () => new CanvasError("SOURCE", `${verb} within ${milliseconds} ms`);
    return withSignal(
      { given, what: "loading", signals: [ending], timeout: { milliseconds, failure } },
      // Work goes on after the deadline: it holds slots that others need, and its time is bounded.
      (deadline) => untilAborted(deadline, work(deadline)),
    ).catch((error) => {
      throw explained(source, error);
    });
  }

  async function open(source: unknown, options: LoadOptions = {}): Promise<OpenPicture> {
    if (looksLikeCanvas(source)) return asCanvas(source);
    const { renderSize = fineSize(pixelRatio), signal } = options;
    if (looksLikeImage(source)) return inTime(source, signal, () => loaded(asImage(source)));
    return inTime(source, signal, (deadline) => openFile(source, deadline, renderSize));
  }

  async function openFile(
    source: unknown,
    deadline: AbortSignal,
    renderSize?: RenderSize,
  ): Promise<PictureFile> {
    const found = await files.of(source);
    const { file } = found;
    if (file.width > 0) return file;
    const how = renderingOf(found, deadline);
    const { missing, ...own } = await ownSize(file, how);
    checkPictureSize(own, found.limits);
    if (!renderSize) return { ...file, ...own, stored: own };
    if (missing.length > 0) host.fonts.warnMissingInSvg(missing);
    const wanted = file.format === "avif" ? reducedSize(own, renderSize(own)) : renderSize(own);
    const size = boundedSize(wanted, own, how);
    const kept = keptPicture(renderedKey(file, size))?.file;
    if (kept) return kept;
    const rendered = await render(file, own, size, how);
    keep({ file: rendered });
    return rendered;
  }

  function renderingOf({ isTrusted, limits }: SourceFile, deadline: AbortSignal): Rendering {
    const { svg, timeout } = images;
    return { isTrusted, svg, maxPixels: limits.maxPixels, timeout, deadline };
  }

  async function withDecoded<T>(
    pictures: readonly (OpenPicture | CanvasError)[],
    work: (decoded: (Drawable | CanvasError)[]) => T,
    given?: AbortSignal,
  ): Promise<T> {
    const decoded = new Map<string, Image | CanvasError>();
    const result = () =>
      work(pictures.map((one) => (isFile(one) ? (decoded.get(one.key) ?? late()) : one)));
    const wanted = new Map(pictures.filter(isFile).map((file) => [file.key, file]));
    const hold = (key: string, image: Image) => {
      holdPixels(image);
      decoded.set(key, image);
    };
    for (const key of wanted.keys()) {
      const image = keptPicture(key)?.image;
      if (image) hold(key, image);
    }
    const decodeMissing = async (deadline: AbortSignal) => {
      let together = NOTHING;
      for (const [key, file] of wanted) {
        try {
          const needed = withOneMore(together, file);
          makeRoom(needed);
          together = needed;
          if (decoded.has(key)) continue;
          const kept = keptPicture(key)?.image;
          if (kept) hold(key, kept);
          else decoded.set(key, await decodeInTime(file, deadline));
        } catch (error) {
          decoded.set(key, toCanvasError(error, "SOURCE"));
        }
      }
    };
    try {
      if (decoded.size === wanted.size) return result();
      const timeout = { milliseconds: images.timeout, failure: late };
      return await withSignal(
        { given, what: "loading", signals: [ending], timeout },
        (deadline) => {
          let isInTurn = false;
          const decodeAndWork = async () => {
            isInTurn = true;
            await decodeMissing(deadline);
            return result();
          };
          return inTurn(decodeAndWork, deadline).catch((error) => {
            // The deadline came before the turn: draw what is decoded already.
            if (isInTurn) throw error;
            return result();
          });
        },
      );
    } finally {
      for (const image of decoded.values()) if (image instanceof Image) releasePixels(image);
    }
  }

  async function load(source: unknown, options: LoadOptions = {}): Promise<Drawable> {
    const picture = await open(source, options);
    return isFile(picture) ? decoded(picture, source, options.signal) : picture;
  }

  /** The file's picture, whose pixels stay with the image for as long as it exists. */
  async function decoded(
    file: PictureFile,
    source: unknown,
    signal: AbortSignal | undefined,
  ): Promise<Image> {
    const give = ([image]: (Drawable | CanvasError)[]) => {
      if (image instanceof Image) holdPixels(image);
      return image as Image | CanvasError;
    };
    const image = await withDecoded([file], give, signal);
    if (image instanceof CanvasError) throw explained(source, image);
    return image;
  }

  async function loadInto(image: Image, source: unknown, options: LoadOptions = {}): Promise<void> {
    try {
      const file = await open(source, options);
      if (!isFile(file))
        throw invalid("source", `${LOADABLE} (draw a canvas or image as it is)`, source);
      sharePixels(image, await decoded(file, source, options.signal));
    } catch (error) {
      // As in browsers, an image shows its former picture until another source loads or fails.
      if (!options.signal?.aborted) dropPixels(image);
      throw error;
    }
  }

  async function info(source: unknown): Promise<PictureInfo> {
    const file = await inTime(source, undefined, (deadline) => openFile(source, deadline));
    const { width, height } = file.stored;
    const isLocal = typeof source === "string" && !isDataUri(source) && !isRemote(source);
    return {
      width,
      height,
      orientation: ORIENTATIONS[file.orientation - 1] as Orientation,
      type: typeOf(file.format),
      path: isLocal ? ((await run(paths.inPackage(source))) ?? source) : await temporary(file),
    };
  }

  async function temporary({ original, format }: PictureFile): Promise<string> {
    const extension = format === "jpeg" ? "jpg" : format;
    return toPublicPath(await store(directory, original, extension), settings.tempFilePaths);
  }

  return { open, withDecoded, load, loadInto, info };
}

const LOADABLE = "a path, URL, data URI or bytes";

const ORIENTATIONS: readonly Orientation[] = [
  "up",
  "up-mirrored",
  "down",
  "down-mirrored",
  "left-mirrored",
  "right",
  "right-mirrored",
  "left",
];

function isFile(picture: OpenPicture | CanvasError): picture is PictureFile {
  // The value, since foreign code adds properties to Object.prototype.
  return typeof (picture as { key?: unknown }).key === "string";
}

/** Decodes the file, and caches it for the next draw if there is room. */
async function decodeInTime(file: PictureFile, deadline: AbortSignal): Promise<Image> {
  const decoding = decode(file, deadline);
  try {
    const image = await untilAborted(deadline, decoding);
    keep({ file, image });
    return image;
  } catch (error) {
    // A picture that comes too late is neither awaited nor cached.
    decoding.then(releasePixels, () => {});
    throw error;
  }
}

/** Waits until an image of the caller can be drawn. */
async function loaded(image: Image): Promise<Image> {
  try {
    await image.decode();
    return image;
  } catch (cause) {
    throw new CanvasError("SOURCE", "the image cannot be decoded", { cause });
  }
}

function late(): CanvasError {
  return new CanvasError("SOURCE", "it waited longer than images.timeout for its turn");
}

function typeOf(format: PictureFormat): PictureInfo["type"] {
  return format === "png" || format === "jpeg" || format === "gif" ? format : "unknown";
}
