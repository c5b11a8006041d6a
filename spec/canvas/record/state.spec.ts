// Reduced calls leave a context as all of the calls do: at every level that it restores.
import assert from "node:assert/strict";
import { createCanvas, type SKRSContext2D } from "@napi-rs/canvas";
import fc from "fast-check";
import { type State, stateAfter } from "../../../lib/canvas/record/state.ts";
import { type Picture, pixelsOf, shareOff } from "../../support/pictures.ts";

const SIDE = 24;

type Call = [name: string, ...args: unknown[]];

const coordinate = fc.integer({ min: -4, max: SIDE });
const colour = fc.constantFrom("#e33", "#3a3", "#00f8");
const call: fc.Arbitrary<Call> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Call>(["save"], ["restore"]) },
  fc.tuple(fc.constantFrom("fillStyle", "strokeStyle", "shadowColor"), colour),
  fc.tuple(fc.constantFrom("lineWidth", "shadowBlur"), fc.integer({ min: 1, max: 5 })),
  fc.tuple(fc.constant("globalAlpha"), fc.constantFrom(0.25, 0.5, 1)),
  fc.tuple(fc.constant("setLineDash"), fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 })),
  fc.tuple(fc.constant("translate"), coordinate, coordinate),
  fc.tuple(fc.constant("rotate"), fc.constantFrom(0.3, 1)),
  fc.tuple(fc.constant("scale"), fc.constantFrom(0.5, 2), fc.constantFrom(0.5, -1)),
  fc.constantFrom<Call>(["beginPath"], ["clip"], ["resetTransform"]),
  fc.tuple(fc.constant("rect"), coordinate, coordinate, fc.constant(15), fc.constant(12)),
  fc.tuple(fc.constant("lineTo"), coordinate, coordinate),
);

function perform(context: SKRSContext2D, name: string, args: readonly unknown[]): void {
  const member = (context as unknown as Record<string, unknown>)[name];
  if (typeof member === "function") member.apply(context, args);
  else Object.assign(context, { [name]: args[0] });
}

function reduced(calls: readonly Call[]): State {
  const names = calls.map(([name]) => name);
  return stateAfter({ names, args: calls.map(([, ...args]) => args), length: calls.length });
}

/** The properties of the context, its path and its clip, for each level that it restores. */
function levelsOf(context: SKRSContext2D, depth: number) {
  const paint = (draw: (context: SKRSContext2D) => void) => {
    Object.assign(context, { globalAlpha: 1, fillStyle: "#123", shadowColor: "transparent" });
    draw(context);
    pixels.push(pixelsOf(context.canvas));
    context.putImageData(context.createImageData(SIDE, SIDE), 0, 0);
  };
  const properties = [];
  const pixels: Picture[] = [];
  const matrices: number[][] = [];
  for (let i = 0; i <= depth; i++) {
    const { fillStyle, strokeStyle, shadowColor, lineWidth, shadowBlur, globalAlpha } = context;
    const { a, b, c, d, e, f } = context.getTransform();
    matrices.push([a, b, c, d, e, f]);
    const numbers = { lineWidth, shadowBlur, globalAlpha, dash: context.getLineDash() };
    properties.push({ fillStyle, strokeStyle, shadowColor, ...numbers });
    paint((context) => context.fill());
    context.resetTransform();
    paint((context) => context.fillRect(0, 0, SIDE, SIDE));
    context.restore();
  }
  return { properties, pixels, matrices };
}

function assertSameState(calls: readonly Call[]): void {
  const [all, few] = [0, 1].map(() => createCanvas(SIDE, SIDE).getContext("2d"));
  let depth = 0;
  for (const [name, ...args] of calls) {
    if (name === "save") depth++;
    if (name === "restore") depth = Math.max(0, depth - 1);
    perform(all as SKRSContext2D, name, args);
  }
  const { names, args } = reduced(calls).calls;
  for (const [i, name] of names.entries()) perform(few as SKRSContext2D, name, args[i] ?? []);
  const [expected, actual] = [all, few].map((context) => levelsOf(context as SKRSContext2D, depth));
  assert.deepEqual(actual?.properties, expected?.properties);
  // Transforms are multiplied in another order, so numbers and edges may differ a little.
  for (const [i, value] of expected?.matrices.flat().entries() ?? []) {
    const own = actual?.matrices.flat()[i] as number;
    assert.ok(Math.abs(own - value) < 1e-3 * Math.max(1, Math.abs(value)), `${own}, ${value}`);
  }
  for (const [i, pixels] of expected?.pixels.entries() ?? []) {
    assert.ok(shareOff(actual?.pixels[i] as Picture, pixels) < 0.06, `picture ${i}`);
  }
}

describe("calls reduced to the state that they leave", () => {
  it("leave it at every level: 1,000 random lists of calls", () =>
    fc.assert(fc.property(fc.array(call, { minLength: 5, maxLength: 40 }), assertSameState), {
      numRuns: 1000,
    }));

  it("a property that is set after a restore belongs to that level alone", () =>
    assertSameState([
      ["fillStyle", "#111"],
      ["save"],
      ["save"],
      ["fillStyle", "#222"],
      ["restore"],
      ["fillStyle", "#333"],
    ]));

  it("a property that is set after a save belongs to that level alone", () =>
    assertSameState([["fillStyle", "#111"], ["save"], ["fillStyle", "#222"]]));

  it("a clip ends with its level", () =>
    assertSameState([["save"], ["rect", 0, 0, 5, 5], ["clip"], ["restore"], ["save"]]));

  /** So many pairs of calls, reduced: milliseconds of this process. */
  const timeOf = (count: number, pair: [string, string], before: string[] = []) => {
    const names = [...before, ...Array<string[]>(count).fill(pair).flat()];
    const begun = process.cpuUsage();
    stateAfter({ names, args: names.map(() => [1, 2]), length: names.length }, 500_000);
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1000;
  };

  it("are reduced in time that grows with their number: a million clips, saved and unsaved", () => {
    // Time that grew with the square would be minutes.
    assert.ok(timeOf(500_000, ["clip", "clip"]) < 10_000);
    assert.ok(timeOf(500_000, ["save", "clip"]) < 10_000);
    const path = Array<string>(200_000).fill("lineTo");
    assert.ok(timeOf(400_000, ["clip", "clip"], path) < 10_000);
  });
});
