// The public entry wx-canvas-node/posters: exports only.

export type { Format } from "./format.ts";
export { posterKey } from "./key.ts";
export type { Fetch, PosterCall, PosterCalls, PosterDescription } from "./messages.ts";
export type {
  DrawingOf,
  DrawnPoster,
  LegacyPoster,
  Length,
  PageOf,
  PagePoster,
  Poster,
  PosterOptions,
  PosterSettings,
} from "./poster.ts";
export { definePoster, isPoster } from "./poster.ts";
export type { RenderedPoster, RenderOptions, RenderPosterOptions, RenderStage } from "./render.ts";
export { renderPoster } from "./render.ts";
export type { Renderer } from "./renderer.ts";
export { createRenderer } from "./renderer.ts";
export type { RendererOptions } from "./renderer-options.ts";
export type { NodeListener } from "./service/faces.ts";
export type { CacheOptions, PosterServiceOptions } from "./service/options.ts";
export { createPosterService, type PosterService } from "./service/service.ts";
export type { LinkOptions } from "./service/signature.ts";
export { createMemoryStore, type PosterStore } from "./service/store.ts";
export type { PosterPlace, PosterPlaces } from "./sources.ts";
export type {
  DataIssue,
  StandardIssue,
  StandardResult,
  StandardSchema,
} from "./standard-schema.ts";
export type { FetchStats, RendererStats, RenderMessage } from "./statistics.ts";
export type { PosterWarning } from "./warnings.ts";
