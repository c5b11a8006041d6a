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
    const name = names[i] as string;
    if (!CONCERNING.has(name)) continue;
    const [given] = args[i] as Args;
    const pattern = FrozenStyle.is(given) ? patternOf(given.style) : undefined;
    if (pattern) {
      const { across, down } = scaleOf(linear, base);
      use(pattern.source, ({ width, height }) => ({
        width: width * across,
        height: height * down,
      }));
    } else if (name === "drawImage") {
      const place = (args[i] as Args).slice(1).map(Number);
      const { across, down } = scaleOf(linear, base);
      use(given, (own) => drawnAt(own, place, across, down));
    } else if (name === "save") saved.push(linear);
    else if (name === "restore") linear = saved.pop() ?? linear;
    else if (TRANSFORMS.has(name)) linear = changed(linear, name, args[i] as Args);
  }
  return new Map([...uses].map(([source, sizes]) => [source, largest(sizes)]));
}

function largest(sizes: readonly Use[]): Use {
  return (own) => {
    const drawn = sizes.map((size) => size(own));
    const width = Math.max(1, ...drawn.map((size) => size.width));
    const height = Math.max(1, ...drawn.map((size) => size.height));
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

const TRANSFORMS = new Set(["scale", "rotate", "transform", "setTransform", "resetTransform"]);

/** Calls that draw a picture, or change how large it is drawn. */
const CONCERNING = new Set([
  ...["drawImage", "fillStyle", "strokeStyle", "save", "restore"],
  ...TRANSFORMS,
]);

function changed(linear: Linear, name: string, args: Args): Linear {
  const [p = 0, q = 0, r = 0, s = 0] = args.map(Number);
  switch (name) {
    case "scale":
      return times(linear, [p, 0, 0, q]);
    case "rotate":
      return times(linear, [Math.cos(p), Math.sin(p), -Math.sin(p), Math.cos(p)]);
    case "transform":
      return times(linear, [p, q, r, s]);
    case "setTransform":
      return [p, q, r, s];
    default:
      return [1, 0, 0, 1];
  }
}

function times([a, b, c, d]: Linear, [p, q, r, s]: Linear): Linear {
  return [a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s];
}
