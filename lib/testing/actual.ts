// Turns what a picture test is given into the bytes of a PNG.

import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isAnyArrayBuffer, isDataView, isUint8Array } from "node:util/types";
import { exporterOf } from "../canvas/exporter.ts";
import { canvasToBuffer } from "../default-host.ts";
import { asCanvas, type Canvas, isCanvas, looksLikeCanvas } from "../engine/engine.ts";
import { CanvasError, invalid, show, toCanvasError } from "../errors.ts";
import type { ExportOptions } from "../export/options.ts";
import type { Host } from "../host.ts";
import { isUrl } from "../is-url.ts";
import { ENGINE_MAX_PIXELS } from "../limits.ts";
import { decodePixels, encodePng, isPng, type Pixels } from "./pixels.ts";

/** A canvas of a host by its id, with the options of an export. */
export interface HostCanvas extends ExportOptions {
  host: Pick<Host, "canvasToBuffer">;
  component?: object | null | undefined;
}

/** The values that can be compared with a baseline. */
export type Actual =
  | Canvas
  | HostCanvas
  | string
  | URL
  | Uint8Array
  | ArrayBuffer
  | { data: Uint8ClampedArray; width: number; height: number };

const EXPECTED = "a canvas, { host, canvasId }, a path, the bytes of a PNG or JPEG, or ImageData";

/** The value as a PNG. A given PNG stays as it is; a JPEG becomes the PNG of its pixels. */
export async function pngOf(actual: unknown): Promise<Buffer> {
  if (isCanvas(actual)) return (await exporter(actual)({ canvas: actual })).data;
  if (looksLikeCanvas(actual)) asCanvas(actual, "actual");
  if (typeof actual === "string" || isUrl(actual)) return fromFile(String(actual));
  if (isUint8Array(actual)) return fromBytes(viewOf(actual));
  if (isAnyArrayBuffer(actual)) return fromBytes(Buffer.from(actual));
  if (typeof actual !== "object" || actual === null) throw invalid("actual", EXPECTED, actual);
  if ("host" in actual) return fromHost(actual as HostCanvas);
  if ("data" in actual) return encodePng(asPixels(actual));
  throw invalid("actual", EXPECTED, actual);
}

/** The host that exports the canvas: the default one for a canvas without a host. */
function exporter(canvas: Canvas) {
  return exporterOf(canvas) ?? canvasToBuffer;
}

async function fromHost({ host, component, ...options }: HostCanvas): Promise<Buffer> {
  if (typeof host?.canvasToBuffer !== "function") {
    throw invalid("actual.host", "a host, as createHost() makes it", host);
  }
  return fromBytes((await host.canvasToBuffer(options, component)).data);
}

async function fromFile(given: string): Promise<Buffer> {
  if (/^wxfile:/i.test(given)) {
    const hint = "`host.resolvePath(path)` gives the real path";
    throw new CanvasError("INVALID", `actual: ${show(given)} is known to its host only`, { hint });
  }
  const path = /^file:/i.test(given) ? fileURLToPath(given) : resolve(given);
  const bytes = await readFile(path).catch((cause) => {
    const { code, reason } = toCanvasError(cause);
    throw new CanvasError(code, `actual: ${path} cannot be read: ${reason}`, { cause });
  });
  return fromBytes(bytes);
}

async function fromBytes(bytes: Buffer): Promise<Buffer> {
  if (isPng(bytes)) return bytes;
  try {
    return await encodePng(await decodePixels(bytes));
  } catch (cause) {
    const { code, reason } = toCanvasError(cause);
    throw new CanvasError(code, `actual: ${reason}`, { cause });
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function asPixels(value: object): Pixels {
  const { data, width, height } = value as Partial<Pixels>;
  const isData = ArrayBuffer.isView(data) && !isDataView(data);
  const fits =
    isData &&
    Number.isInteger(width) &&
    Number.isInteger(height) &&
    (width as number) * (height as number) <= ENGINE_MAX_PIXELS &&
    data.length === (width as number) * (height as number) * 4 &&
    data.byteLength === data.length &&
    data.length > 0;
  if (!fits) throw invalid("actual", "ImageData: width × height × 4 bytes of RGBA", value);
  return { data, width: width as number, height: height as number };
}
