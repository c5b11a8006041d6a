// The face of the library: exports only.
export type { LoadFontFace, LoadFontFaceOptions, LoadFontFaceResult } from "./assets/fonts.ts";
export type { CanvasToBufferResult } from "./canvas-to-temp-file-path.ts";
export {
  canvasToBuffer,
  canvasToTempFilePath,
  createCanvas,
  loadFont,
  mountCanvas,
  registerCanvas,
  releaseCanvas,
  releaseFile,
  resolvePath,
  wx,
} from "./default-host.ts";
export type { Canvas } from "./engine.ts";
export { CanvasError, type ErrorCode } from "./errors.ts";
export type {
  CanvasToTempFilePathOptions,
  CanvasToTempFilePathResult,
  ExportOptions,
} from "./export/options.ts";
export { type CanvasToTempFilePath, createHost, type Host, type Wx } from "./host.ts";
export type { SizeLimits } from "./limits.ts";
export type { MountOptions, RegisterOptions, ScopeOptions } from "./mount.ts";
export type { MountedCanvas } from "./registry.ts";
export type { HostOptions, ImageOptions } from "./settings.ts";
export type { Callbacks } from "./settle.ts";
