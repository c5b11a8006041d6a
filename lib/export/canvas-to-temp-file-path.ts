// `canvasToTempFilePath` and `canvasToBuffer`: a region of a canvas, as it is at the moment of the
// call, becomes a picture file or its bytes.

import { queueOf } from "../canvas/queue.ts";
import { freezeRecord } from "../canvas/record/recorded-canvas.ts";
import { asComponent, type CanvasEntry, requireCanvas } from "../canvas/registry.ts";
import { countOutput, withExportSlot } from "../concurrency.ts";
import { asCanvas } from "../engine/engine.ts";
import { CanvasError, invalid } from "../errors.ts";
import type { Exported, HostContext } from "../host-context.ts";
import { checkSize, ENGINE_MAX_PIXELS, JPEG_MAX_SIDE, type Size } from "../limits.ts";
import { assertNotAborted, withSignal } from "../signal.ts";
import { toPublicPath } from "../temp/layout.ts";
import { store } from "../temp/temp-file.ts";
import { type Observer, observed } from "./diagnostics.ts";
import { encode } from "./encode.ts";
import {
  type CanvasToTempFilePathResult,
  type ParsedOptions,
  parseExportOptions,
  parseOwnOptions,
} from "./options.ts";
import { type Region, resolveRegion } from "./region.ts";
import { freeze, partOf, type Snapshot } from "./snapshot.ts";

/** A picture in memory. */
export interface CanvasToBufferResult {
  /** The bytes of the file. */
  data: Buffer;
  /** Width in pixels. */
  width: number;
  /** Height in pixels. */
  height: number;
  /** The media type of the bytes. */
  type: "image/png" | "image/jpeg";
}

/** Exports to a temp file: runs all stages; the last one stores the bytes. */
export function canvasToTempFilePath(
  host: HostContext,
  rawOptions: unknown,
  component: unknown,
): Promise<Omit<CanvasToTempFilePathResult, "errMsg">> {
  return observed(async (observer) => {
    const options = parseExportOptions(rawOptions);
    return withSignal({ given: options.signal, signals: [host.signal] }, async (signal) => {
      const picture = await frozen(host, options, component, observer, signal);
      // Makes the directory while the picture is encoded; `store` reports what it fails with.
      host.directory.path().catch(() => {});
      const { data } = await encoded(host, options, picture, observer, signal);
      const path = await store(host.directory, data, options.fileType, signal);
      observer.passed("store");
      return { tempFilePath: toPublicPath(path, host.settings.tempFilePaths) };
    });
  });
}

/** Exports to memory: runs all stages but the last. */
export function canvasToBuffer(
  host: HostContext,
  rawOptions: unknown,
  component: unknown,
): Promise<CanvasToBufferResult> {
  return observed(async (observer) => {
    const options = parseOwnOptions(rawOptions);
    return withSignal({ given: options.signal, signals: [host.signal] }, async (signal) => {
      const picture = await frozen(host, options, component, observer, signal);
      return encoded(host, options, picture, observer, signal);
    });
  });
}

/** A region of a canvas as it was when the export was asked for. */
interface Frozen extends Pick<Exported, "record" | "part"> {
  snapshot: Snapshot;
  region: Region;
}

/** If nothing is pending on the canvas, the picture is frozen before this returns its promise. */
async function frozen(
  host: HostContext,
  options: ParsedOptions,
  component: unknown,
  observer: Observer,
  signal: AbortSignal,
): Promise<Frozen> {
  const entry = findCanvas(host, options, asComponent(component));
  const picture = await entry.enqueue(() => {
    assertNotAborted(signal);
    const region = regionOf(host, options, entry);
    const { canvas } = entry;
    const size = entry.logicalSize();
    const record = host.inspect && freezeRecord(canvas);
    const part = partOf(canvas, size, region);
    return { region, record, part, snapshot: freeze(canvas, size, region) };
  });
  observer.passed("snapshot");
  return picture;
}

/** Encodes the frozen picture. */
async function encoded(
  host: HostContext,
  options: ParsedOptions,
  { snapshot, region, record, part }: Frozen,
  observer: Observer,
  signal: AbortSignal,
): Promise<CanvasToBufferResult> {
  const { fileType } = options;
  const { outputWidth: width, outputHeight: height } = region;
  const { jpegBackground: background, compression } = host.settings;
  const format = { ...options, background, compression: options.compression ?? compression };
  // A picture that is reduced holds the pixels that it is made of.
  const pixels = Math.max(width * height, part.width * part.height);
  const encoding = withExportSlot(pixels, signal, async () => {
    observer.passed("queue");
    assertNotAborted(signal);
    await snapshot.prepare?.();
    return encode(snapshot, { width, height }, format);
  });
  const data = await encoding.finally(snapshot.discard);
  observer.passed("encode");
  assertNotAborted(signal);

  const type = fileType === "png" ? "image/png" : "image/jpeg";
  countOutput(data.length, 0);
  observer.made({ width, height, type, bytes: data.length });
  await host.inspect?.({
    data,
    width,
    height,
    format: JSON.stringify([fileType, format.quality, format.compression, background]),
    blank: () => encode(blankSnapshot(width), { width, height }, format),
    record,
    part,
  });
  return { data, width, height, type };
}

/** The snapshot of a canvas without drawing: transparent pixels. */
function blankSnapshot(width: number): Pick<Snapshot, "render"> {
  const read = (from: number, to: number, left = 0, right = width) =>
    new Uint8ClampedArray((to - from) * (right - left) * 4);
  return { render: () => ({ read, release() {} }) };
}

/** The canvas to export: the option `canvas` wins over `canvasId`. */
function findCanvas(
  { registry }: HostContext,
  { canvas: given, canvasId }: ParsedOptions,
  component: object | undefined,
): CanvasEntry {
  if (given === undefined || given === null) return requireCanvas(registry, canvasId, component);
  const canvas = asCanvas(given);
  const unknown = { canvas, logicalSize: () => canvas, enqueue: queueOf(canvas) };
  return registry.entryOf(canvas) ?? unknown;
}

function regionOf({ settings }: HostContext, options: ParsedOptions, entry: CanvasEntry): Region {
  const size = entry.logicalSize();
  assertDrawable(entry.canvas, size);
  const hasPixels = entry.canvas.width > 0 && entry.canvas.height > 0;
  const region = hasPixels && resolveRegion(options, size, settings.pixelRatio);
  if (!region) throw emptyRegion(options, hasPixels ? size : entry.canvas, entry.canvas);
  const { outputWidth: width, outputHeight: height } = region;
  checkSize("output", { width, height }, settings.limits, {
    ...(options.destWidth === undefined && { width: region.width }),
    ...(options.destHeight === undefined && { height: region.height }),
    pixelRatio: settings.pixelRatio,
  });
  if (options.fileType === "jpg" && Math.max(width, height) > JPEG_MAX_SIDE) {
    const limit = `a JPEG allows ${JPEG_MAX_SIDE} pixels a side`;
    throw new CanvasError("TOO_LARGE", `output: ${limit}, asked for ${width} × ${height}`);
  }
  return region;
}

/**
 * Throws if a caller's canvas is larger than the engine paints, or if its ratio leaves no finite
 * logical size.
 */
function assertDrawable({ width, height }: Size, logical: Size): void {
  if (width * height > ENGINE_MAX_PIXELS) {
    const limit = `the engine paints ${ENGINE_MAX_PIXELS} pixels`;
    throw new CanvasError("TOO_LARGE", `canvas: ${limit}, it has ${width} × ${height}`);
  }
  if (!(Number.isFinite(logical.width) && Number.isFinite(logical.height))) {
    const expected = "a ratio that leaves a finite logical size";
    throw invalid("pixelRatio", expected, width / logical.width);
  }
}

function emptyRegion(
  { x, y, width, height }: ParsedOptions,
  size: Size,
  pixels: Size,
): CanvasError {
  if (size.width === 0 || size.height === 0) {
    const reason = `the canvas has no size, it is ${size.width} × ${size.height}: nothing to export`;
    return new CanvasError("EMPTY_REGION", reason);
  }
  const isOwnUnit = size.width === pixels.width && size.height === pixels.height;
  const backing = isOwnUnit ? "" : ` logical, ${pixels.width} × ${pixels.height} pixels`;
  const asked = `x ${x}, y ${y}, width ${width ?? "to the edge"}, height ${height ?? "to the edge"}`;
  const reason = `the region lies outside of the canvas of ${short(size.width)} × ${short(size.height)}${backing}: ${asked}`;
  return new CanvasError("EMPTY_REGION", reason);
}

/** A length in a message, to two decimals: logical pixels may be thirds. */
function short(length: number): number {
  return Number(length.toFixed(2));
}
