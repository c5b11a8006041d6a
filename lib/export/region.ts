// The geometry of an export: computes source rectangle and output size from the options and the
// canvas's size. Pure functions.

/** What the options ask for, in logical pixels; a missing one takes its default. */
export interface RegionRequest {
  x: number;
  y: number;
  width?: number | undefined;
  height?: number | undefined;
  destWidth?: number | undefined;
  destHeight?: number | undefined;
}

/** A part of the canvas, in logical pixels, and the size of the picture made of it. */
export interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
  outputWidth: number;
  outputHeight: number;
}

/** Less than this much of a pixel cannot be sampled: it would be blank. */
const MIN_SPAN_PX = 1 / 256;

/**
 * The region that the options mean on a canvas of this logical size, or undefined when nothing of
 * it lies on the canvas. Right and bottom are clamped to the canvas; each output side has its own
 * default, side × pixelRatio, rounded, at least 1.
 */
export function resolveRegion(
  request: RegionRequest,
  canvas: { width: number; height: number },
  pixelRatio: number,
): Region | undefined {
  const horizontal = span(request.x, request.width, canvas.width);
  const vertical = span(request.y, request.height, canvas.height);
  if (!horizontal || !vertical) return undefined;
  return {
    x: horizontal.start,
    y: vertical.start,
    width: horizontal.length,
    height: vertical.length,
    outputWidth: pixels(request.destWidth ?? horizontal.length * pixelRatio),
    outputHeight: pixels(request.destHeight ?? vertical.length * pixelRatio),
  };
}

function span(start: number, length: number | undefined, whole: number) {
  const rest = whole - start;
  const clamped = length === undefined ? rest : Math.min(length, rest);
  return clamped < MIN_SPAN_PX ? undefined : { start, length: clamped };
}

function pixels(length: number): number {
  return Math.max(1, Math.round(length));
}
