// Patterns whose picture is not loaded yet: a context records a placeholder, and the replay makes
// the pattern.
import { type CanvasPattern, createCanvas, type SKRSContext2D } from "../engine/engine.ts";

/** How a pattern fills the plane. */
export type Repetition = "repeat" | "repeat-x" | "repeat-y" | "no-repeat";

/** What a pattern is made of. */
export interface PatternInfo {
  source: unknown;
  repetition: Repetition;
}

const facts = new WeakMap<object, PatternInfo>();

/** An empty pattern that can be set as a style; patternOf() returns what it stands for. */
export function createPattern(context: SKRSContext2D, pattern: PatternInfo): CanvasPattern {
  // The engine returns null only for an image without pixels.
  const placeholder = context.createPattern(
    createCanvas(1, 1),
    pattern.repetition,
  ) as CanvasPattern;
  facts.set(placeholder, pattern);
  return placeholder;
}

/** What the style stands for, when it is a pattern of a legacy context. */
export function patternOf(style: object): PatternInfo | undefined {
  return facts.get(style);
}
