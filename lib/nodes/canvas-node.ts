// Makes canvas nodes: engine canvases with the additional members of WeChat's.

import * as z from "zod/mini";
import type { WxFunction } from "../api/async-function.ts";
import { createGuardedCanvas } from "../canvas/guarded-canvas.ts";
import { queueOf } from "../canvas/queue.ts";
import { asComponent } from "../canvas/registry.ts";
import { type Canvas, ImageData, Path2D } from "../engine/engine.ts";
import { withApiNameSync } from "../errors.ts";
import { canvasToTempFilePath } from "../export/canvas-to-temp-file-path.ts";
import type { CanvasToTempFilePathResult, ExportOptions } from "../export/options.ts";
import type { HostContext } from "../host-context.ts";
import { lazily } from "../late.ts";
import { checkSize } from "../limits.ts";
import { expecting, parse } from "../validate.ts";
import { withExtendedContext } from "./extended-context.ts";
import { createImage, type NodeImage } from "./node-image.ts";

/** The members of a canvas node, in addition to those of an engine canvas. */
export interface NodeMembers {
  /** Makes an image for `drawImage`; setting its `src` loads it. */
  createImage(): NodeImage;
  /** Makes blank pixels, of the size of the canvas or of the given size. */
  createImageData(width?: number, height?: number): ImageData;
  /** Makes a path, or a copy of one; a string is an SVG path. */
  createPath2D(path?: Path2D | string): Path2D;
  /** Calls the callback about a 60th of a second later, with the time in milliseconds. */
  requestAnimationFrame(callback: (time: number) => void): number;
  cancelAnimationFrame(requestId: number): void;
  /** Exports this canvas; see `wx.canvasToTempFilePath`. */
  toTempFilePath: WxFunction<ExportOptions, Omit<CanvasToTempFilePathResult, "errMsg">>;
}

/** A canvas node: a `<canvas type="2d">`, or one made by `wx.createOffscreenCanvas`. */
export type CanvasNode = Canvas & NodeMembers;

/** Gives an engine canvas the members of a node. */
export function asNode(host: HostContext, canvas: Canvas): CanvasNode {
  const { frames, settings } = host;
  const members: NodeMembers = {
    createImage: () => createImage(host),
    createImageData: (width = canvas.width, height = canvas.height) =>
      withApiNameSync("createImageData", () => {
        checkSize("ImageData", { width, height }, settings.limits);
        return new ImageData(Math.floor(width) || 1, Math.floor(height) || 1);
      }),
    createPath2D: (path) => (path === undefined ? new Path2D() : new Path2D(path as Path2D)),
    requestAnimationFrame: (callback) =>
      withApiNameSync("requestAnimationFrame", () => frames.request(callback)),
    cancelAnimationFrame: (requestId) => frames.cancel(requestId),
    toTempFilePath: ((options?: object) =>
      host.answer("toTempFilePath", options, () =>
        canvasToTempFilePath(host, { ...options, canvas }, undefined),
      )) as NodeMembers["toTempFilePath"],
  };
  for (const [name, value] of Object.entries(members)) {
    // Like methods of a prototype: writable, and not enumerable.
    Object.defineProperty(canvas, name, { value, writable: true, configurable: true });
  }
  return withExtendedContext(host, canvas as CanvasNode);
}

/** The options of `wx.createOffscreenCanvas`. */
export interface OffscreenCanvasOptions {
  /** Only `"2d"` can be drawn; it is the default here. */
  type?: "2d" | "webgl" | undefined;
  /** Pixels of the canvas itself. Default 300. */
  width?: number | undefined;
  /** Pixels of the canvas itself. Default 150. */
  height?: number | undefined;
  compInst?: object | null | undefined;
}

/** The part of `wx` that makes canvases. */
export interface CanvasNodeApi {
  /**
   * Makes a canvas that no page shows. Its default export is its own size.
   *
   * @throws {CanvasError} `INVALID` for a wrong value or WebGL, `TOO_LARGE` beyond the limits
   * @see https://developers.weixin.qq.com/miniprogram/dev/api/canvas/wx.createOffscreenCanvas.html
   * @example
   * const canvas = wx.createOffscreenCanvas({ type: "2d", width: 300, height: 150 });
   */
  createOffscreenCanvas: {
    (options?: OffscreenCanvasOptions): CanvasNode;
    (width: number, height: number, component?: object | null): CanvasNode;
  };
}

const offscreenOptions = lazily(() => {
  const error = expecting('"2d", which is all that is drawn here');
  return z.object({
    type: z.optional(z.literal("2d", { error })),
    width: z.unknown(),
    height: z.unknown(),
    compInst: z.unknown(),
  });
});

export function canvasNodes(host: HostContext): CanvasNodeApi {
  function create(first?: unknown, second?: unknown, third?: unknown): CanvasNode {
    host.assertAlive();
    const isObject = typeof first === "object" && first !== null;
    const { width, height, compInst } = parse(
      offscreenOptions,
      isObject ? first : { width: first, height: second, compInst: third },
    );
    asComponent(compInst);
    const canvas = createGuardedCanvas(width ?? 300, height ?? 150, host.settings.limits);
    const ratio = host.settings.pixelRatio;
    host.registry.addUnnamed({
      canvas,
      enqueue: queueOf(canvas),
      logicalSize: () => ({ width: canvas.width / ratio, height: canvas.height / ratio }),
    });
    return asNode(host, canvas);
  }
  return {
    createOffscreenCanvas: ((...args: unknown[]) =>
      withApiNameSync("createOffscreenCanvas", () =>
        create(...args),
      )) as CanvasNodeApi["createOffscreenCanvas"],
  };
}
