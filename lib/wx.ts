// The wx of a host: the table of its functions, and their types.

import { canvasFunction, type Scope, wxFunction } from "./api/async-function.ts";
import { type Base64Api, base64 } from "./api/base64.ts";
import { type DeviceApi, device } from "./api/device.ts";
import { type DownloadsApi, downloads } from "./api/downloads.ts";
import { type FilesApi, files } from "./api/files/manager.ts";
import { interaction } from "./api/interaction.ts";
import type { InteractionApi } from "./api/interaction-types.ts";
import { type StorageApi, storage } from "./api/storage.ts";
import {
  createCanvasContext,
  createContext,
  type DrawCanvasOptions,
  drawCanvas,
} from "./context/draw.ts";
import {
  type CanvasGetImageDataResult,
  type CanvasPutImageDataOptions,
  canvasGetImageData,
  canvasPutImageData,
  type PixelOptions,
} from "./context/pixels.ts";
import type { CanvasContext } from "./context/types.ts";
import { canvasToTempFilePath } from "./export/canvas-to-temp-file-path.ts";
import type { CanvasToTempFilePathResult, ExportOptions } from "./export/options.ts";
import { type LoadFontFaceOptions, type LoadFontFaceResult, loadFontFace } from "./fonts/fonts.ts";
import type { HostContext } from "./host-context.ts";
import { type CanvasNodeApi, canvasNodes } from "./nodes/canvas-node.ts";
import { type SelectorQueryApi, selectorQuery } from "./nodes/selector-query.ts";
import type { WxAsyncFunction } from "./settle.ts";

/** WeChat's `wx.canvasToTempFilePath`. */
export interface CanvasToTempFilePath
  extends WxAsyncFunction<ExportOptions, CanvasToTempFilePathResult, Scope> {
  (): Promise<CanvasToTempFilePathResult>;
}

/** The part of WeChat's `wx` that a host has; its functions work unbound and can be replaced. */
export interface Wx
  extends Base64Api,
    CanvasNodeApi,
    DeviceApi,
    FilesApi,
    InteractionApi,
    DownloadsApi,
    SelectorQueryApi,
    StorageApi {
  /**
   * Exports a region of a canvas to a temp file.
   *
   * @see https://developers.weixin.qq.com/miniprogram/dev/api/canvas/wx.canvasToTempFilePath.html
   */
  canvasToTempFilePath: CanvasToTempFilePath;
  /**
   * A legacy drawing context for the canvas of that name. An unknown name is reported by draw().
   *
   * @see https://developers.weixin.qq.com/miniprogram/dev/api/canvas/wx.createCanvasContext.html
   */
  createCanvasContext(canvasId: string, component?: object | null): CanvasContext;
  /**
   * The pixels of a rectangle of a legacy canvas, after the draws asked for before: RGBA in logical
   * pixels, at any ratio. Outside the canvas they are transparent.
   *
   * @see https://developers.weixin.qq.com/miniprogram/dev/api/canvas/wx.canvasGetImageData.html
   */
  canvasGetImageData: WxAsyncFunction<PixelOptions, CanvasGetImageDataResult, Scope>;
  /**
   * Puts pixels on a legacy canvas, after the draws asked for before. They replace what is there.
   *
   * @see https://developers.weixin.qq.com/miniprogram/dev/api/canvas/wx.canvasPutImageData.html
   */
  canvasPutImageData: WxAsyncFunction<CanvasPutImageDataOptions, { errMsg: string }, Scope>;
  /**
   * Registers a font from `url("…")` or a data URI, under the host's policy for pictures.
   *
   * @see https://developers.weixin.qq.com/miniprogram/dev/api/ui/font/wx.loadFontFace.html
   */
  loadFontFace: WxAsyncFunction<LoadFontFaceOptions, LoadFontFaceResult>;
  /** A context without a canvas, for {@link Wx.drawCanvas}. Older than WeChat's typings. */
  createContext(): CanvasContext;
  /** Paints what `getActions()` of a context gave on the canvas. Older than WeChat's typings. */
  drawCanvas: WxAsyncFunction<DrawCanvasOptions, { errMsg: string }, Scope>;
}

/** Makes the wx of a host. */
export function createWx(host: HostContext): Wx {
  const wx: Wx = {
    ...base64(),
    ...canvasNodes(host),
    ...device(host, () => wx),
    ...files(host),
    ...interaction(host),
    ...downloads(host),
    ...selectorQuery(host),
    ...storage(host),
    canvasToTempFilePath: canvasFunction(
      host,
      "canvasToTempFilePath",
      canvasToTempFilePath,
    ) as CanvasToTempFilePath,
    createCanvasContext: (canvasId, component) => createCanvasContext(host, canvasId, component),
    canvasGetImageData: canvasFunction(host, "canvasGetImageData", canvasGetImageData),
    canvasPutImageData: canvasFunction(host, "canvasPutImageData", canvasPutImageData),
    loadFontFace: wxFunction(host, "loadFontFace", (options) => loadFontFace(host, options)),
    createContext: () => createContext(host),
    drawCanvas: canvasFunction(host, "drawCanvas", drawCanvas),
  };
  return wx;
}
