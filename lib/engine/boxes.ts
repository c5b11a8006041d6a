// Boxes of pixels: where they meet, and where a transform takes them.

/** The right and the bottom lie outside. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

interface Point {
  x: number;
  y: number;
}

/** Between two places in each direction, in any order. */
export function boxOf(across: readonly number[], down: readonly number[]): Box {
  return {
    left: Math.min(...across),
    top: Math.min(...down),
    right: Math.max(...across),
    bottom: Math.max(...down),
  };
}

/** The part that both have; its size is not above 0 when there is none. */
export function meet(one: Box, other: Box): Box {
  return {
    left: Math.max(one.left, other.left),
    top: Math.max(one.top, other.top),
    right: Math.min(one.right, other.right),
    bottom: Math.min(one.bottom, other.bottom),
  };
}

export function moved({ left, top, right, bottom }: Box, x: number, y: number): Box {
  return { left: left + x, top: top + y, right: right + x, bottom: bottom + y };
}

/** What the corners of a transformed box lie in. */
export function mapped(
  { left, top, right, bottom }: Box,
  matrix: { transformPoint(point: Point): Point },
): Box {
  const corners = [left, right].flatMap((x) =>
    [top, bottom].map((y) => matrix.transformPoint({ x, y })),
  );
  return boxOf(
    corners.map(({ x }) => x),
    corners.map(({ y }) => y),
  );
}

/** With more on each side, out to multiples of `step`. */
export function grown({ left, top, right, bottom }: Box, more: number, step: number): Box {
  return {
    left: Math.floor((left - more) / step) * step,
    top: Math.floor((top - more) / step) * step,
    right: Math.ceil((right + more) / step) * step,
    bottom: Math.ceil((bottom + more) / step) * step,
  };
}

export const widthOf = ({ left, right }: Box): number => right - left;
export const heightOf = ({ top, bottom }: Box): number => bottom - top;

export function areaOf(box: Box): number {
  return Math.max(0, widthOf(box)) * Math.max(0, heightOf(box));
}
