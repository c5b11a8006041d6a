// The public entry wx-canvas-node/miniprogram: exports only.
export type { Answers } from "./api/answers.ts";
export { createFrame } from "./frame.ts";
export type {
  CanvasOfInstance,
  ComponentOptions,
  Frame,
  FrameOptions,
  MountedComponent,
  OpenPage,
  OpenPageOptions,
} from "./frame-types.ts";
export type { Definition } from "./framework/definition.ts";
export type { ComponentEvent, Touch } from "./framework/events.ts";
export type { Instance } from "./instance.ts";
export type { Sizes } from "./page/canvases.ts";
export type { WaitOptions } from "./page/idle.ts";
export type { Page } from "./page/page.ts";
export type { ExportedPicture } from "./page/pictures.ts";
export type { PageWarning } from "./page/record.ts";
export { openMiniProgram } from "./project.ts";
export type { PageOptions, Project, ProjectOptions } from "./project-types.ts";
export type { Ran } from "./runtime.ts";
