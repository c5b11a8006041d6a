// Sets gradients and patterns as they were at each call of a played record, and back afterwards.

import { IDENTITY, type Matrix, patternTransform, quietly } from "../../engine/changes.ts";
import type { CanvasGradient, CanvasPattern, SKRSContext2D } from "../../engine/engine.ts";
import type { Args } from "./calls.ts";
import type { AnyMembers } from "./members.ts";
import { FrozenStyle } from "./referents.ts";

export interface Styles {
  /** The value that a fillStyle or strokeStyle can be set to. */
  playable(value: unknown): SKRSContext2D["fillStyle"];
  /** Adds a stop; the arguments are a gradient, an offset and a colour. */
  addColorStop(args: Args): void;
  /** Sets the transform of a pattern; the arguments are the two. */
  setTransform(args: Args): void;
  /** Gives the patterns back the transform that they have now. */
  restore(): void;
}

export function createStyles(context: SKRSContext2D): Styles {
  const gradients = new Map<object, CanvasGradient>();
  const patterns = new Map<CanvasPattern, Matrix | undefined>();

  function transform(pattern: CanvasPattern, matrix: Matrix | undefined) {
    if (matrix !== patternTransform(pattern)) {
      quietly(() => pattern.setTransform(matrix ?? IDENTITY));
    }
  }

  function gradientOf({ style, gradient, stops }: FrozenStyle): CanvasGradient {
    // The usual case: no stop was added after it was used.
    if (!gradient || gradient.stops.length === stops) return style as CanvasGradient;
    const make = Reflect.get(context, gradient.method) as AnyMembers[string];
    const again = make?.apply(context, [...gradient.args]) as CanvasGradient;
    for (const [offset, color] of gradient.stops.slice(0, stops)) again.addColorStop(offset, color);
    return again;
  }

  return {
    playable(value) {
      if (!FrozenStyle.is(value)) return value as string;
      if (value.gradient) {
        const gradient = gradients.get(value.style) ?? gradientOf(value);
        gradients.set(value.style, gradient);
        return gradient;
      }
      const pattern = value.style as CanvasPattern;
      if (!patterns.has(pattern)) {
        patterns.set(pattern, patternTransform(pattern));
        transform(pattern, value.transform);
      }
      return pattern;
    },
    addColorStop([style, offset, color]) {
      const gradient = gradients.get(style as object);
      if (gradient && gradient !== style) gradient.addColorStop(offset as number, color as string);
    },
    setTransform([style, matrix]) {
      const pattern = style as CanvasPattern;
      if (patterns.has(pattern)) transform(pattern, matrix as Matrix);
    },
    restore() {
      for (const [pattern, matrix] of patterns) transform(pattern, matrix);
    },
  };
}
