// Parses the selectors of a query: #id, .class, .a.b, canvas, and lists of them.

import type { MountedElement } from "../canvas/registry.ts";
import { CanvasError, invalid, show } from "../errors.ts";

/** Whether a selector matches an element. */
export type Matches = (element: Pick<MountedElement, "id" | "className">) => boolean;

/**
 * Reads a selector. Ancestors (`.box .chart`, `.box > .chart`, `page >>> #chart`) are unknown here,
 * so only the last step of such a path counts.
 *
 * https://developers.weixin.qq.com/miniprogram/dev/api/wxml/SelectorQuery.select.html
 */
export function parseSelector(selector: unknown): Matches {
  if (typeof selector !== "string") throw invalid("selector", "a string", selector);
  const alternatives = selector.split(",").map((part) => parseStep(lastStep(part), selector));
  return (element) => alternatives.some((matches) => matches(element));
}

function lastStep(path: string): string {
  return (
    path
      .split(/[\s>]+/)
      .filter(Boolean)
      .at(-1) ?? ""
  );
}

const PART = /([#.]?)((?:\\.|[^#.\\[\]:])+)/gy;

function parseStep(step: string, selector: string): Matches {
  const parts = [...step.matchAll(PART)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== step) {
    const expected = "expected #id, .class, canvas or a list of them";
    throw new CanvasError("INVALID", `selector: ${expected}, got ${show(selector)}`);
  }
  return ({ id, className = "" }) => {
    const classes = className.split(/\s+/);
    return parts.every(([, kind, escaped = ""]) => {
      const name = escaped.replace(/\\(.)/g, "$1");
      if (kind === "#") return id === name;
      if (kind === ".") return classes.includes(name);
      return name === "canvas" || name === "*";
    });
  };
}
