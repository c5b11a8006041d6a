// Promise 11: an impossible size is a typed failure before anything is allocated, never a blank.
import assert from "node:assert/strict";
import { answerOf, LONG } from "../support/promises.ts";

const [SIDE, AREA] = [16_384, 16_777_216];

/** A side, as an expression, and the code that it fails with; undefined where it is allowed. */
const SIDES: [side: string, code: string | undefined][] = [
  ["0", "INVALID"],
  ["-0", "INVALID"],
  ["-1", "INVALID"],
  ["-0.5", "INVALID"],
  ["-1e300", "INVALID"],
  ["NaN", "INVALID"],
  ["-Infinity", "INVALID"],
  ["undefined", "INVALID"],
  ["null", "INVALID"],
  ["''", "INVALID"],
  ["'10'", "INVALID"],
  ["true", "INVALID"],
  ["[]", "INVALID"],
  ["[10]", "INVALID"],
  ["{}", "INVALID"],
  ["10n", "INVALID"],
  ["Symbol()", "INVALID"],
  ["() => 10", "INVALID"],
  ["new Number(10)", "INVALID"],
  ["Infinity", "TOO_LARGE"],
  ["1e9", "TOO_LARGE"],
  ["1e10", "TOO_LARGE"],
  ["2 ** 29", "TOO_LARGE"],
  ["2 ** 31 - 1", "TOO_LARGE"],
  ["2 ** 31", "TOO_LARGE"],
  ["2 ** 32", "TOO_LARGE"],
  ["2 ** 32 + 10", "TOO_LARGE"],
  ["2 ** 53", "TOO_LARGE"],
  ["Number.MAX_VALUE", "TOO_LARGE"],
  [`${SIDE} + 0.6`, "TOO_LARGE"],
  [`${SIDE + 1}`, "TOO_LARGE"],
  [`${SIDE}`, undefined],
  ["1", undefined],
];

/** Both sides together. */
const AREAS: [width: number, height: number, code: string | undefined][] = [
  [SIDE, SIDE, "TOO_LARGE"],
  [SIDE, AREA / SIDE + 1, "TOO_LARGE"],
  [4097, 4096, "TOO_LARGE"],
  [4096, 4097, "TOO_LARGE"],
  [5000, 5000, "TOO_LARGE"],
  [SIDE, AREA / SIDE, undefined],
  [4096, 4096, undefined],
];

/** What an output's side must be instead, where it differs from a canvas's. */
const OUTPUT: Record<string, string | undefined> = {
  Infinity: "INVALID",
  "-Infinity": "INVALID",
};

/** Sides of a mounted canvas that has no size yet. */
const EMPTY: Record<string, string[]> = {
  createCanvas: [],
  mountCanvas: ["0", "-0", "undefined", "null"],
  resize: ["0", "-0"],
};

/** Sides that count as omitted in WeChat's options, and those that are read as numbers. */
const OMITTED = ["0", "-0", "-1", "-0.5", "-1e300", "NaN", "undefined", "null", "''", "'10'"];

const script = `
  const host = wxCanvas.createHost();
  const sides = [${SIDES.map(([side]) => side).join(", ")}];
  const areas = ${JSON.stringify(AREAS)};
  host.createCanvas("source", 10, 10).getContext("2d").fillRect(0, 0, 10, 10);
  host.mountCanvas({ canvasId: "resized", width: 1, height: 1 });
  let id = 0;
  const codeOf = async (call) => {
    try {
      await call();
    } catch (error) {
      return error instanceof wxCanvas.CanvasError ? error.code : "untyped: " + error;
    }
  };
  const makers = {
    createCanvas: (width, height) => host.createCanvas("c" + id++, width, height),
    mountCanvas: (width, height) => host.mountCanvas({ canvasId: "m" + id++, width, height }),
    resize: (width, height) =>
      host.mountCanvas({ canvasId: "resized", width: 1, height: 1 }).resize(width, height),
  };
  const output = (destWidth, destHeight) =>
    host.canvasToBuffer({ canvasId: "source", destWidth, destHeight });
  // Everything that is loaded on first use is.
  await output(5, 5);
  const before = process.resourceUsage().maxRSS;
  const answers = {};
  for (const [name, make] of Object.entries(makers)) {
    answers[name] = [];
    for (const side of sides) answers[name].push([await codeOf(() => make(side, 1)), await codeOf(() => make(1, side))]);
    answers[name + " area"] = [];
    for (const [width, height] of areas) answers[name + " area"].push(await codeOf(() => make(width, height)));
  }
  answers.output = [];
  for (const side of sides) {
    answers.output.push(side === ${SIDE} ? [] : [await codeOf(() => output(side, 1)), await codeOf(() => output(1, side))]);
  }
  answers.outputArea = [];
  for (const [width, height, code] of areas) {
    if (code) answers.outputArea.push(await codeOf(() => output(width, height)));
  }
  const grown = process.resourceUsage().maxRSS - before;
  answers.largest = [(await output(${SIDE}, 1)).width, (await output(1, ${SIDE})).height];
  await host.dispose();
  console.log(JSON.stringify({ answers, grown }));`;

describe("promise 11: size caps", function () {
  this.timeout(LONG);
  it(`hold for ${SIDES.length + AREAS.length} rows of sizes for canvases and outputs`, async () => {
    const { answers, grown } = await answerOf<{
      answers: Record<string, unknown[]>;
      grown: number;
    }>(script);
    for (const name of ["createCanvas", "mountCanvas", "resize"]) {
      for (const [i, [side, code]] of SIDES.entries()) {
        // A mounted canvas without a size has none yet: data-bound sizes start so.
        const expected = EMPTY[name]?.includes(side) ? null : (code ?? null);
        assert.deepEqual(answers[name]?.[i], [expected, expected], `${name} ${side}`);
      }
      const areas = AREAS.map(([, , code]) => code ?? null);
      assert.deepEqual(answers[`${name} area`], areas, name);
    }
    for (const [i, [side, code]] of SIDES.entries()) {
      if (code === undefined && side !== "1") continue;
      const expected = OMITTED.includes(side) ? null : (OUTPUT[side] ?? code ?? null);
      assert.deepEqual(answers.output?.[i], [expected, expected], `output ${side}`);
    }
    assert.deepEqual(new Set(answers.outputArea), new Set(["TOO_LARGE"]));
    assert.deepEqual(answers.largest, [SIDE, SIDE]);
    // In kB: one picture of the smallest area that is refused would be 65,600.
    assert.ok(grown < 24_000, `${grown} kB were allocated`);
  });
});
