// The problems with which a test host passes no picture: blank ones, missing fonts or pictures,
// failures.
import { CanvasError } from "../errors.ts";

/** The kinds of problems, each of which can be allowed. */
export type ProblemKind = "blank" | "fonts" | "pictures" | "failures";

/** The problems of one test host, each reported once. */
export interface Problems {
  add(kind: ProblemKind, reason: string, cause?: unknown): void;
  /** Throws BLANK with those that were not thrown before. */
  assertNone(): void;
}

export function createProblems(allowed: readonly ProblemKind[]): Problems {
  const found = new Map<string, unknown>();
  const thrown = new Set<string>();
  return {
    add(kind, reason, cause) {
      if (!allowed.includes(kind)) found.set(`${reason} (allow: ["${kind}"] lets it pass)`, cause);
    },
    assertNone() {
      const reasons = [...found.keys()].filter((reason) => !thrown.has(reason));
      if (reasons.length === 0) return;
      for (const reason of reasons) thrown.add(reason);
      const cause = found.get(reasons[0] as string);
      const lines = reasons.map((reason) => `\n  ${reason}`).join("");
      throw new CanvasError("BLANK", `the picture is not what the code would show:${lines}`, {
        cause,
      });
    },
  };
}

const PROBLEMS = Symbol.for("wx-canvas-node.problems");

/** Links a host or canvas to these problems: its pictures pass only without any. */
export function setProblems(owner: object, problems: Problems): void {
  Object.defineProperty(owner, PROBLEMS, { value: problems, configurable: true });
}

/** The problems of the test host that a canvas, or `{ host }`, belongs to. */
export function problemsOf(actual: unknown): Problems | undefined {
  const { host } = Object(actual) as { host?: unknown };
  return (Object(host ?? actual) as { [PROBLEMS]?: Problems })[PROBLEMS];
}
