// The options of an export: their types as callers write them, and what reads them.
import type { Canvas } from "../engine/engine.ts";
import { invalid, show } from "../errors.ts";
import { lazily } from "../late.ts";
import { type Compression, readCompression } from "../settings/compression.ts";
import type { Callbacks } from "../settle.ts";
import { isSignal } from "../signal.ts";
import { numberLike, omitted, parse, type Reader, readBy } from "../validate.ts";
import { warnOnce } from "../warn.ts";
import type { RegionRequest } from "./region.ts";

/** What to export, and how. Lengths of the region are in logical pixels. */
export interface ExportOptions {
  /** Left of the region. Default 0; negative counts as 0. */
  x?: number | undefined;
  /** Top of the region. Default 0; negative counts as 0. */
  y?: number | undefined;
  /** Width of the region. Default: canvas width − x, which also is the most it can be. */
  width?: number | undefined;
  /** Height of the region. Default: canvas height − y, which also is the most it can be. */
  height?: number | undefined;
  /** Width of the picture, in its own pixels. Default: width × the host's pixelRatio, rounded. */
  destWidth?: number | undefined;
  /** Height of the picture, in its own pixels. Default: height × the host's pixelRatio, rounded. */
  destHeight?: number | undefined;
  /** The canvas, by the id that it was registered or mounted with. */
  canvasId?: string | undefined;
  /**
   * The canvas itself: a canvas node, an offscreen canvas or an engine canvas. Wins over canvasId.
   */
  canvas?: Canvas | object | null | undefined;
  /** Default `"png"`. `"jpeg"` and any case are accepted, anything else counts as `"png"`. */
  fileType?: "jpg" | "png" | (string & {}) | undefined;
  /** JPEG quality in (0, 1]; anything else counts as 1.0. */
  quality?: number | undefined;
  /**
   * How much time to spend for fewer bytes: `"default"`, `"fast"` or, for PNG only, `"small"`.
   * Default: the host's. Not in WeChat.
   */
  compression?: Compression | undefined;
  /** Cancels the export, which then fails with `ABORTED` and leaves nothing. Not in WeChat. */
  signal?: AbortSignal | null | undefined;
}

/** The options of canvasToTempFilePath: what to export, how, and the callbacks. */
export interface CanvasToTempFilePathOptions
  extends ExportOptions,
    Callbacks<CanvasToTempFilePathResult> {}

/** The result of canvasToTempFilePath. */
export interface CanvasToTempFilePathResult {
  /**
   * The finished picture: an absolute path, or `wxfile://…` if the host's `tempFilePaths` says so.
   */
  tempFilePath: string;
  /** `"canvasToTempFilePath:ok"` */
  errMsg: string;
}

/** The file types that can be written. */
export type FileType = "png" | "jpg";

/** The name of the file type; undefined for an unknown type, null if it is left out. */
function fileTypeOf(value: unknown): FileType | null | undefined {
  if (omitted(value)) return null;
  const name = typeof value === "string" ? value.toLowerCase() : value;
  return name === "jpeg" || name === "jpg" ? "jpg" : name === "png" ? "png" : undefined;
}

const finite: Reader<number> = (value, option) => {
  if (!Number.isFinite(value)) throw invalid(option, "a finite number", value);
  return value as number;
};

/** Left and top: an omitted or negative value is 0. */
const coordinate: Reader<number> = (value, option) =>
  Math.max(0, finite(omitted(value) ? 0 : numberLike(value), option));

/**
 * Width and height of the region: 0 counts as omitted, +Infinity is clamped like any value that is
 * too large.
 */
const length: Reader<number | undefined> = (value, option) => {
  const given = omittedOr0(value);
  if (given === undefined) return undefined;
  if (typeof given !== "number" || given < 0) throw invalid(option, "a number of 0 or more", given);
  return given;
};

/** Width and height of the picture: 0 and negative values count as omitted. */
const destLength: Reader<number | undefined> = (value, option) => {
  const given = omittedOr0(value);
  const number = given === undefined ? -1 : finite(given, option);
  return number < 0 ? undefined : number;
};

/** A value that may be left out; undefined and null stay what they are. */
const nullish =
  <Value>(isValid: (value: unknown) => boolean, expected: string): Reader<Value> =>
  (value, option) => {
    if (value !== undefined && value !== null && !isValid(value))
      throw invalid(option, expected, value);
    return value as Value;
  };

const READERS: { [Name in keyof ParsedOptions]-?: Reader<ParsedOptions[Name]> } = {
  x: coordinate,
  y: coordinate,
  width: length,
  height: length,
  destWidth: destLength,
  destHeight: destLength,
  canvasId: nullish((value) => typeof value === "string", "a string"),
  canvas: (value) => value,
  fileType(value) {
    const type = fileTypeOf(value);
    if (type === undefined) {
      warnOnce(
        "WX_CANVAS_FILE_TYPE",
        `fileType: expected "png" or "jpg", got ${show(value)}; anything else counts as "png"`,
      );
    }
    return type ?? "png";
  },
  quality(value) {
    const number = numberLike(value);
    return typeof number === "number" && number > 0 && number <= 1 ? number : 1;
  },
  compression: (value, option) => (value === undefined ? value : readCompression(value, option)),
  signal: nullish(isSignal, "an AbortSignal"),
};

/** The options as the stages of an export use them, after all defaults and coercions. */
export interface ParsedOptions extends RegionRequest {
  canvasId?: string | null | undefined;
  canvas?: unknown;
  fileType: FileType;
  quality: number;
  compression?: Compression | undefined;
  signal?: AbortSignal | null | undefined;
}

/** Of few steps, since the first export builds it: pipes of several take a millisecond longer. */
const schema = lazily(() => readBy<ParsedOptions>(READERS));

/** Reads the options; throws INVALID, naming the first one that cannot be used. */
export function parseExportOptions(options: unknown): ParsedOptions {
  return parse(schema, options);
}

/**
 * Like `parseExportOptions`, for exports that WeChat does not have: an unknown file type is an
 * error, too.
 */
export function parseOwnOptions(given: unknown): ParsedOptions {
  if (typeof given !== "object" || given === null) return parseExportOptions(given);
  // Read once: a getter cannot give one value to the check and another to the work.
  const { fileType } = given as { fileType?: unknown };
  if (fileTypeOf(fileType) === undefined) throw invalid("fileType", '"png" or "jpg"', fileType);
  return parseExportOptions({ ...given, fileType });
}

function omittedOr0(value: unknown): unknown {
  const number = numberLike(value);
  return omitted(number) || number === 0 ? undefined : number;
}
