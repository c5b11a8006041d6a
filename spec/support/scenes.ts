// Random scenes made of every member of the legacy context, for a legacy or a standard context.

import { type Canvas, createCanvas } from "@napi-rs/canvas";
import fc from "fast-check";
import { PROPERTIES, WECHAT_SETTERS } from "../../lib/context/members.ts";
import { METHODS } from "../../lib/context/methods.ts";
import { FAMILY } from "./fonts.ts";

/** One step of a scene: a call, a property, or the end of a record. */
export type Step =
  | { call: string; data: unknown[] }
  | { set: string; value: unknown }
  | { gradient: string; stops: [number, string][]; place: number[]; style: string }
  | { pattern: string; style: string }
  | { draw: boolean };

/** A picture that scenes draw and fill with. */
export const STAMP: Canvas = createCanvas(12, 9);
const stamp = STAMP.getContext("2d");
stamp.fillStyle = "#06c";
stamp.fillRect(0, 0, 12, 9);
stamp.fillStyle = "#fc0";
stamp.fillRect(2, 2, 5, 4);

const length = fc.integer({ min: -8, max: 64 });
const size = fc.integer({ min: 1, max: 40 });
const angle = fc.integer({ min: -7, max: 7 });
const small = fc
  .double({ min: -1.5, max: 1.5, noNaN: true })
  .map((value) => Number(value.toFixed(2)));
const colour = fc.constantFrom(
  "#e33",
  "#3a3",
  "#33ecc0",
  "rgb(10 20 200 / 60%)",
  "#0008",
  "orange",
  "transparent",
);
const word = fc.constantFrom("Wq", "Skia", "x", "12.5", "gy");

const lists: Record<string, fc.Arbitrary<unknown>[]> = {
  save: [],
  restore: [],
  scale: [small, small],
  rotate: [small],
  translate: [length, length],
  transform: [small, small, small, small, length, length],
  setTransform: [small, small, small, small, length, length],
  resetTransform: [],
  beginPath: [],
  closePath: [],
  moveTo: [length, length],
  lineTo: [length, length],
  rect: [length, length, size, size],
  roundRect: [
    length,
    length,
    size,
    size,
    fc.oneof(size, fc.array(size, { minLength: 1, maxLength: 4 })),
  ],
  arc: [length, length, size, angle, angle, fc.boolean()],
  arcTo: [length, length, length, length, size],
  ellipse: [length, length, size, size, small, angle, angle, fc.boolean()],
  quadraticCurveTo: [length, length, length, length],
  bezierCurveTo: [length, length, length, length, length, length],
  fill: [fc.constantFrom("nonzero", "evenodd")],
  stroke: [],
  clip: [fc.constantFrom("nonzero", "evenodd")],
  fillRect: [length, length, size, size],
  strokeRect: [length, length, size, size],
  clearRect: [length, length, size, size],
  fillText: [word, length, length],
  strokeText: [word, length, length, size],
  drawImage: [fc.constant(STAMP), length, length, size, size],
  setLineDash: [fc.array(size, { maxLength: 3 })],
};

const values: Record<string, fc.Arbitrary<unknown>> = {
  fillStyle: colour,
  strokeStyle: colour,
  font: fc.constantFrom(`12px "${FAMILY}"`, `italic bold 20px "${FAMILY}"`, `9px "${FAMILY}"`),
  globalAlpha: fc.constantFrom(1, 0.5, 0.25),
  globalCompositeOperation: fc.constantFrom(
    "source-over",
    "source-atop",
    "destination-out",
    "lighter",
    "xor",
    "multiply",
    "destination-over",
  ),
  lineCap: fc.constantFrom("butt", "round", "square"),
  lineJoin: fc.constantFrom("bevel", "round", "miter"),
  lineWidth: fc.integer({ min: 1, max: 9 }),
  lineDashOffset: fc.integer({ min: -5, max: 5 }),
  miterLimit: fc.integer({ min: 1, max: 12 }),
  shadowBlur: fc.integer({ min: 0, max: 6 }),
  shadowColor: colour,
  shadowOffsetX: fc.integer({ min: -4, max: 4 }),
  shadowOffsetY: fc.integer({ min: -4, max: 4 }),
  textAlign: fc.constantFrom("left", "center", "right", "start", "end"),
  textBaseline: fc.constantFrom("top", "middle", "bottom", "alphabetic"),
  direction: fc.constantFrom("ltr", "rtl"),
  letterSpacing: fc.constantFrom("0px", "2px"),
  filter: fc.constantFrom("none", "blur(1px)", "grayscale(60%)", "drop-shadow(2px 1px 1px red)"),
  imageSmoothingEnabled: fc.boolean(),
  imageSmoothingQuality: fc.constantFrom("low", "medium", "high"),
};

const calls = Object.keys(METHODS).map((call) => {
  const data = lists[call];
  if (!data) throw new Error(`no arguments for ${call}`);
  return fc.tuple(...data).map((data): Step => ({ call, data }));
});
const properties = PROPERTIES.map((set) => {
  const value = values[set];
  if (!value) throw new Error(`no values for ${set}`);
  return value.map((value): Step => ({ set, value }));
});
const style = fc.constantFrom("fillStyle", "strokeStyle");
const places: Record<string, fc.Arbitrary<unknown>[]> = {
  createLinearGradient: [length, length, length, length],
  createCircularGradient: [length, length, size],
  createRadialGradient: [length, length, size, length, length, size],
  createConicGradient: [small, length, length],
};
const gradients = Object.entries(places).map(([gradient, place]) =>
  fc
    .record({
      place: fc.tuple(...place) as fc.Arbitrary<number[]>,
      stops: fc.array(fc.tuple(fc.constantFrom(0, 0.25, 0.5, 1), colour), {
        minLength: 2,
        maxLength: 4,
      }),
      style,
    })
    .map((rest): Step => ({ gradient, ...rest })),
);
const pattern = fc
  .record({ pattern: fc.constantFrom("repeat", "repeat-x", "repeat-y", "no-repeat"), style })
  .map((step): Step => step);

/** Scenes with enough painting calls to show something. */
export function scenes({ shadows = true }: { shadows?: boolean } = {}): fc.Arbitrary<Step[]> {
  const plain = (step: string) => !/^shadow|^filter/.test(step);
  const chosen = shadows ? properties : properties.filter((_, i) => plain(PROPERTIES[i] ?? ""));
  const painting = calls.filter((_, i) =>
    /fill|stroke|draw|rect|arc|To$/i.test(Object.keys(METHODS)[i] ?? ""),
  );
  const step = fc.oneof(
    { arbitrary: fc.oneof(...painting), weight: 5 },
    { arbitrary: fc.oneof(...calls), weight: 4 },
    { arbitrary: fc.oneof(...chosen), weight: 4 },
    { arbitrary: fc.oneof(...gradients), weight: 1 },
    { arbitrary: pattern, weight: 1 },
    { arbitrary: fc.boolean().map((draw): Step => ({ draw })), weight: 1 },
  );
  // A font that every canvas finds: the default depends on the loaded fonts.
  const font: Step = { set: "font", value: `10px "${FAMILY}"` };
  return fc
    .array(step, { minLength: 8, maxLength: 40 })
    .map((steps) => [
      font,
      ...steps.flatMap((one): Step[] => ("draw" in one ? [one, font] : [one])),
    ]);
}

type Any = Record<string, (...data: unknown[]) => unknown> & Record<string, unknown>;

/** Does one step on a context; WeChat's setters are used wherever the legacy context has them. */
export function perform(context: object, step: Step, legacy: boolean): void {
  const any = context as Any;
  if ("call" in step) {
    const dropped = step.call === "roundRect" ? step.data : [...step.data];
    any[step.call]?.(...dropped);
  } else if ("set" in step) {
    const setter = `set${step.set.charAt(0).toUpperCase()}${step.set.slice(1)}`;
    if (legacy && WECHAT_SETTERS.some((name) => name === setter)) any[setter]?.(step.value);
    else Object.assign(any, { [step.set]: step.value });
  } else if ("gradient" in step) {
    const isCircular = step.gradient === "createCircularGradient" && !legacy;
    const [x, y, r] = step.place;
    const gradient = (
      isCircular
        ? any.createRadialGradient?.(x, y, 0, x, y, r)
        : any[step.gradient]?.(...step.place)
    ) as { addColorStop(offset: number, color: string): void };
    for (const [offset, color] of step.stops) gradient.addColorStop(offset, color);
    Object.assign(any, { [step.style]: gradient });
  } else if ("pattern" in step) {
    Object.assign(any, { [step.style]: any.createPattern?.(STAMP, step.pattern) });
  }
}
