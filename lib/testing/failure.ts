// The messages of failed picture tests: what differs and where, the paths, and what to do.
import { relative } from "node:path";
import { CanvasError, show } from "../errors.ts";
import type { Difference } from "./verdict.ts";

/** The files of a picture; `diff` only if two pictures were compared. */
export interface Paths {
  expected: string;
  actual: string;
  diff?: string | undefined;
}

/** The failure of a picture that differs from its baseline. */
export function mismatch(
  name: string,
  difference: Difference,
  paths: Paths,
  changes: readonly string[] | undefined,
): CanvasError {
  const lines = [
    `${show(name)} differs from its baseline: ${summary(difference)}`,
    ...listed(paths),
    ...advice(changes),
  ];
  return new CanvasError("MISMATCH", lines.join("\n"));
}

/** The failure of a picture without a baseline, when none may be written. */
export function missing(name: string, paths: Paths): CanvasError {
  const lines = [
    `${show(name)} has no baseline, and this run writes none`,
    ...listed(paths),
    "Run the test without CI and commit the baseline, or take the picture of this run over with " +
      "`npx wx-canvas-node pictures accept`.",
  ];
  return new CanvasError("MISSING", lines.join("\n"));
}

/** "1,234 of 500,250 pixels (0.25 %), within 300 × 40 at 10, 20; largest difference 87 of 255" */
export function summary({ expected, actual, pixels, ratio, bounds, largest }: Difference): string {
  const all = Math.max(expected.width, actual.width) * Math.max(expected.height, actual.height);
  const percent = ratio * 100;
  const share = percent === 0 || percent >= 0.01 ? percent.toFixed(2) : "< 0.01";
  const parts = [`${grouped(pixels)} of ${grouped(all)} pixels (${share} %)`];
  if (expected.width !== actual.width || expected.height !== actual.height) {
    const size = ({ width, height }: { width: number; height: number }) => `${width} × ${height}`;
    parts.unshift(`its size is ${size(actual)}, expected ${size(expected)}`);
  }
  if (bounds) {
    const { x, y, width, height } = bounds;
    parts.push(`within x ${x}, y ${y}, width ${width}, height ${height}`);
  }
  return `${parts.join(", ")}; largest difference ${largest} of 255`;
}

function grouped(count: number): string {
  return new Intl.NumberFormat("en-US").format(count);
}

function listed({ expected, actual, diff }: Paths): string[] {
  const lines = [`  expected: ${shown(expected)}`, `  actual:   ${shown(actual)}`];
  return diff === undefined ? lines : [...lines, `  diff:     ${shown(diff)}`];
}

/** The path relative to the working directory, if the file is below it. */
export function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short === "" || short.startsWith("..") ? path : short;
}

function advice(changes: readonly string[] | undefined): string[] {
  if (changes === undefined) return ["It is not known which environment made the baseline.", HOW];
  if (changes.length === 0)
    return ["The environment is the one that made the baseline: the drawing has changed.", HOW];
  return [
    "The environment is not the one that made the baseline:",
    ...changes.map((change) => `  ${change}`),
    "The drawing may be the same. Run the tests where the baselines were made, or with the same " +
      "engine and fonts; have all of them written anew only if this environment is to stay.",
  ];
}

const HOW =
  "If that is meant, UPDATE_PICTURES=changed (-u in jest and vitest) takes it over; " +
  "`npx wx-canvas-node pictures report` shows it.";
