// Computes how large the pictures of a record are drawn, in pixels of its canvas: vector drawings
// are rendered for that size.
import type { Args, Calls } from "../canvas/record/calls.ts";
import { FrozenStyle } from "../canvas/record/referents.ts";
import type { Size } from "../limits.ts";
import { patternOf } from "./patterns.ts";

/** a, b, c and d of a transform: its translation does not change how large a picture is. */
type Linear = readonly [a: number, b: number, c: number, d: number];

/** Computes how large a picture is drawn in one place from its own size. */
type Use = (own: Size) => Size;

/**
 * A drawing is rendered at twice the size that it is drawn at, unless that has more pixels than
 * this: reduced by two it looks the same, and an export of twice the canvas's size shows its
 * detail.
 */
const MAX_FINE_PIXELS = 4_194_304;

/** For each source, a function from its own size to the size to render it at. */
export function renderSizes(
  { names, args }: Calls,
  base: { x: number; y: number },
): Map<unknown, Use> {
  const uses = new Map<unknown, Use[]>();
  const use = (source: unknown, size: Use) => {
    const known = uses.get(source);
    if (known) known.push(size);
    else uses.set(source, [size]);
  };
  let linear: Linear = [1, 0, 0, 1];
  const saved: Linear[] = [];
  for (let i = 0; i < names.length; i++) {
    const given = args[i] as Args;
    switch (names[i]) {
      case "fillStyle":
      case "strokeStyle": {
        const pattern = FrozenStyle.is(given[0]) ? patternOf(given[0].style) : undefined;
        if (!pattern) break;
        const { across, down } = scaleOf(linear, base);
        use(pattern.source, ({ width, height }) => ({
          width: width * across,
          height: height * down,
        }));
        break;
      }
      case "drawImage": {
        const place = given.slice(1).map(Number);
        const { across, down } = scaleOf(linear, base);
        use(given[0], (own) => drawnAt(own, place, across, down));
        break;
      }
      case "save":
        saved.push(linear);
        break;
      case "restore":
        linear = saved.pop() ?? linear;
        break;
      case "scale":
      case "rotate":
      case "transform":
        linear = times(linear, matrixOf(names[i] as string, given.map(Number)));
        break;
      case "setTransform":
      case "resetTransform":
        linear = matrixOf(names[i] as string, given.map(Number));
    }
  }
  return new Map([...uses].map(([source, sizes]) => [source, largest(sizes)]));
}

function largest(sizes: readonly Use[]): Use {
  return (own) => {
    let [width, height] = [1, 1];
    for (const size of sizes) {
      const drawn = size(own);
      width = Math.max(width, drawn.width);
      height = Math.max(height, drawn.height);
    }
    const factor = width * height * 4 <= MAX_FINE_PIXELS ? 2 : 1;
    return { width: Math.ceil(width) * factor, height: Math.ceil(height) * factor };
  };
}

/**
 * The size in pixels of the whole picture when the engine draws it at this place, of 2, 4 or 8
 * numbers.
 */
function drawnAt(own: Size, place: readonly number[], across: number, down: number): Size {
  const finite = (value: number | undefined) =>
    Number.isFinite(value) ? Math.abs(value as number) : 0;
  if (place.length < 4) return { width: own.width * across, height: own.height * down };
  if (place.length < 8) {
    return { width: finite(place[2]) * across, height: finite(place[3]) * down };
  }
  // A part of the picture fills the place, so the whole is larger in proportion.
  const times = (part: number | undefined, side: number) => side / Math.max(finite(part), 1e-3);
  return {
    width: finite(place[6]) * across * times(place[2], own.width),
    height: finite(place[7]) * down * times(place[3], own.height),
  };
}

function scaleOf([a, b, c, d]: Linear, base: { x: number; y: number }) {
  return { across: Math.hypot(a * base.x, b * base.y), down: Math.hypot(c * base.x, d * base.y) };
}

function matrixOf(name: string, [a = 1, b = 0, c = 0, d = 1]: readonly number[]): Linear {
  if (name === "scale") return [a, 0, 0, b];
  if (name === "rotate") return [Math.cos(a), Math.sin(a), -Math.sin(a), Math.cos(a)];
  return [a, b, c, d];
}

function times([a, b, c, d]: Linear, [p, q, r, s]: Linear): Linear {
  return [a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s];
}
