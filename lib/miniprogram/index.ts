// The frame's own face, wx-canvas-node/miniprogram: exports only.
export type {
  ComponentEvent,
  ComponentOptions,
  MountedComponent,
} from "./frame/component.ts";
export type { Definition } from "./frame/definition.ts";
export { createFrame, type Frame, type FrameOptions, type Ran } from "./frame/frame.ts";
export type { CanvasOfInstance, Instance } from "./frame/instance.ts";
export type { OpenPage, PageOptions } from "./frame/page.ts";
