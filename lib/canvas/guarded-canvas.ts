// Engine canvases that stay within the limits, whatever their sides are set to.
import { beforeResize, type Canvas, createCanvas } from "../engine.ts";
import { checkSize, type Limits } from "../limits.ts";
import { recordCalls } from "./record/recorded-canvas.ts";

/** An engine canvas whose sides can only be set to what the limits allow, and that records its calls. */
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

/** Fractions of a pixel are rounded; what is no length stays as it is, for the check to name. */
function rounded(value: unknown): number {
  const isLength = typeof value === "number" && value > 0;
  return isLength ? Math.max(1, Math.round(value)) : (value as number);
}
