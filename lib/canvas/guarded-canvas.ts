// Engine canvases that stay within the limits when their sides are set.
import { beforeResize, type Canvas, createCanvas } from "../engine/engine.ts";
import { checkSize, type Limits } from "../limits.ts";
import { recordCalls } from "./record/recorded-canvas.ts";

/**
 * Makes an engine canvas that records its calls, and whose sides can only be set within the limits.
 */
export function createGuardedCanvas(width: unknown, height: unknown, limits: Limits): Canvas {
  const size = { width: rounded(width), height: rounded(height) };
  checkSize("canvas", size, limits);
  const canvas = createCanvas(size.width, size.height);
  beforeResize(canvas, ({ width, height }) => {
    // A side of 0 is how a canvas gives up its pixels: nothing to allocate, nothing to export.
    if (width !== 0 && height !== 0) checkSize("canvas", { width, height }, limits);
  });
  recordCalls(canvas, limits.maxCalls);
  return canvas;
}

/** Rounds fractions of a pixel. Any other value stays as it is, so that the check names it. */
function rounded(value: unknown): number {
  const isLength = typeof value === "number" && value > 0;
  return isLength ? Math.max(1, Math.round(value)) : (value as number);
}
