// The face of the library: exports only.

export type { FileSystemManager } from "./api/files/manager.ts";
export { type Concurrency, type Stats, setConcurrency, stats } from "./concurrency.ts";
export type { DrawCanvasOptions } from "./context/draw.ts";
export type {
  CanvasGetImageDataResult,
  CanvasPutImageDataOptions,
  PixelOptions,
} from "./context/pixels.ts";
export type { Action, CanvasContext, DrawResult, ImageSource } from "./context/types.ts";
export {
  canvasToBuffer,
  canvasToFile,
  canvasToTempFilePath,
  createCanvas,
  installWx,
  loadFont,
  mountCanvas,
  registerCanvas,
  releaseCanvas,
  releaseFile,
  resolvePath,
  wx,
} from "./default-host.ts";
export type { Canvas, Image } from "./engine/engine.ts";
export { CanvasError, type ErrorCode } from "./errors.ts";
export type { CanvasToFileOptions, CanvasToFileResult } from "./export/canvas-to-file.ts";
export type { CanvasToBufferResult } from "./export/canvas-to-temp-file-path.ts";
export type { ExportMessage, Stage } from "./export/diagnostics.ts";
export type {
  CanvasToTempFilePathOptions,
  CanvasToTempFilePathResult,
  ExportOptions,
} from "./export/options.ts";
export { type UseFontsOptions, useFonts } from "./fonts/families.ts";
export type { LoadFontFaceOptions, LoadFontFaceResult } from "./fonts/fonts.ts";
export { createHost, type Host } from "./host.ts";
export type { Limits, SizeLimits } from "./limits.ts";
export type { CanvasNode, NodeMembers, OffscreenCanvasOptions } from "./nodes/canvas-node.ts";
export type { MountedCanvas, MountOptions, RegisterOptions, ScopeOptions } from "./nodes/mount.ts";
export type { NodeImage } from "./nodes/node-image.ts";
export type { NodesRef, SelectorQuery } from "./nodes/selector-query.ts";
export type { Compression } from "./settings/compression.ts";
export type { Device } from "./settings/device.ts";
export type { Hooks, ImageChoice, Modal, Navigation, Toast } from "./settings/hooks.ts";
export type {
  FontOptions,
  HostOptions,
  HostWarning,
  ImageOptions,
  MissingPicture,
} from "./settings/options.ts";
export type { Callbacks, WxAsyncFunction } from "./settle.ts";
export type { FetchMessage } from "./sources/fetch-diagnostics.ts";
export type { CanvasToTempFilePath, Wx } from "./wx.ts";
