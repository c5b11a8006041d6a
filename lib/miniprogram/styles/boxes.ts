// Computes the sizes of nodes, such as canvases, from styles alone. There is no layout.

import type { Size } from "../../limits.ts";
import type { Device } from "../../settings/device.ts";
import type { TreeNode } from "../framework/glass-easel.ts";
import {
  attributeOf,
  composedParentOf,
  descendants,
  hostOf,
  rootOf,
  tagOf,
} from "../framework/tree.ts";
import { type Declared, withVariables } from "./cascade.ts";
import { createFontSizes } from "./font-size.ts";
import { evaluate } from "./length.ts";

/** Width and height in logical pixels; undefined where only a layout determines them. */
export interface Extent {
  width: number | undefined;
  height: number | undefined;
}

/** A node's place and size on the page, as far as its styles say. */
export interface Box extends Extent {
  left: number;
  top: number;
}

/** https://developers.weixin.qq.com/miniprogram/dev/component/canvas.html */
export const CANVAS_SIZE: Size = { width: 300, height: 150 };

const DEFAULT_SIZES: Record<string, Extent> = {
  canvas: CANVAS_SIZE,
  image: { width: 320, height: 240 },
  swiper: { width: undefined, height: 150 },
};

/** Inline elements, which are as wide as their content. */
const INLINE = new Set(["text", "label", "navigator-inline", "span"]);

export interface Boxes {
  boxOf(node: TreeNode): Box;
  /** Its size without borders and padding. */
  contentOf(node: TreeNode): Extent;
  /** Whether it, or a node around it, is not displayed. */
  isHidden(node: TreeNode): boolean;
}

export function createBoxes(device: Device, declaredOf: (node: TreeNode) => Declared): Boxes {
  const { screenWidth, windowWidth, windowHeight, safeArea, screenHeight } = device;
  const window: Extent = { width: windowWidth, height: windowHeight };
  const known = new Map<TreeNode, Box>();

  const insets: Record<string, number> = {
    "safe-area-inset-top": safeArea.top,
    "safe-area-inset-bottom": screenHeight - safeArea.bottom,
    "safe-area-inset-left": safeArea.left,
    "safe-area-inset-right": screenWidth - safeArea.right,
  };
  const units = { screenWidth, windowWidth, windowHeight, env: (name: string) => insets[name] };

  const fontSizeOf = createFontSizes(units, value);

  function value(node: TreeNode, property: string): string {
    return withVariables(declaredOf(node).get(property) ?? "", node, declaredOf);
  }

  function length(node: TreeNode, property: string, percentOf?: number): number | undefined {
    const text = value(node, property);
    if (text === "") return undefined;
    return evaluate(text, { ...units, percentOf, fontSize: () => fontSizeOf(node) });
  }

  /** The sum of the properties for both sides; a missing one is 0. */
  function sides(node: TreeNode, names: [string, string], percentOf?: number): number {
    return names.reduce((sum, name) => sum + (length(node, name, percentOf) ?? 0), 0);
  }

  function boxOf(node: TreeNode): Box {
    const before = known.get(node);
    if (before) return before;
    const around = containing(node);
    const box = {
      width: extent(node, "width", around),
      height: extent(node, "height", around),
      left: length(node, "left", around.width) ?? 0,
      top: length(node, "top", around.height) ?? 0,
    };
    known.set(node, box);
    const ratio = /^([\d.]+)(?:\s*\/\s*([\d.]+))?$/.exec(value(node, "aspect-ratio"));
    if (ratio) {
      const wide = Number(ratio[1]) / Number(ratio[2] ?? 1);
      if (box.width === undefined && box.height !== undefined) box.width = box.height * wide;
      else if (box.width !== undefined && !said(node, "height")) box.height = box.width / wide;
    }
    return box;
  }

  /** Whether it has a size of its own; invalid CSS, such as `undefinedpx`, does not count. */
  function said(node: TreeNode, name: string): boolean {
    return length(node, name, 0) !== undefined || isOfLayout(node, name);
  }

  function isOfLayout(node: TreeNode, name: string): boolean {
    return /^((min|max|fit)-content|stretch|inherit)/.test(value(node, name));
  }

  function extent(node: TreeNode, name: "width" | "height", around: Extent): number | undefined {
    const base = around[name];
    const rest = grows(node, name) ? restOf(node, name, around) : undefined;
    const own = rest === undefined ? length(node, name, base) : undefined;
    const size = rest ?? own ?? (said(node, name) ? undefined : unsaid(node, name, around));
    if (size === undefined) return undefined;
    const isInner = own !== undefined && value(node, "box-sizing") !== "border-box";
    const outer = isInner && tagOf(node) !== "canvas" ? size + edges(node, name, around) : size;
    const most = length(node, `max-${name}`, base) ?? Number.POSITIVE_INFINITY;
    return Math.max(Math.min(outer, most), length(node, `min-${name}`, base) ?? 0);
  }

  /** The width of borders and padding on both sides. */
  function edges(node: TreeNode, name: "width" | "height", around: Extent): number {
    const [a, b] = name === "width" ? ["left", "right"] : ["top", "bottom"];
    return (
      sides(node, [`padding-${a}`, `padding-${b}`], around.width) +
      sides(node, [`border-${a}-width`, `border-${b}-width`])
    );
  }

  /** The size of a node whose styles do not give it one. */
  function unsaid(node: TreeNode, name: "width" | "height", around: Extent): number | undefined {
    if (grows(node, name)) return undefined;
    const preset = DEFAULT_SIZES[tagOf(node)];
    if (preset?.[name] !== undefined) return preset[name];
    if (!hostOf(node)) return window[name];
    const base = around[name];
    if (isOut(node)) {
      const [a, b] = name === "width" ? ["left", "right"] : ["top", "bottom"];
      const [start, end] = [length(node, a as string, base), length(node, b as string, base)];
      return base === undefined || start === undefined || end === undefined
        ? undefined
        : base - start - end;
    }
    if (tagOf(node) === "swiper-item") return base;
    if (name === "height" || base === undefined || !fillsItsParent(node)) return undefined;
    return base - sides(node, ["margin-left", "margin-right"], base);
  }

  /** Whether the node takes free space of its flex container on that side. */
  function grows(node: TreeNode, name: "width" | "height"): boolean {
    const parent = composedParentOf(node);
    if (!parent || isOut(node) || !/flex/.test(value(parent, "display"))) return false;
    const side = /^column/.test(value(parent, "flex-direction")) ? "height" : "width";
    const grow = value(node, "flex-grow") || value(node, "flex");
    return side === name && /^(auto|[\d.]*[1-9])/.test(grow);
  }

  /** What the other nodes in the flow leave of its parent for a node that alone grows. */
  function restOf(node: TreeNode, name: "width" | "height", around: Extent): number | undefined {
    const parent = composedParentOf(node) as TreeNode;
    const [start, end, gap] =
      name === "width"
        ? ["margin-left", "margin-right", "column-gap"]
        : ["margin-top", "margin-bottom", "row-gap"];
    const children = inFlow(parent);
    const gaps = (length(parent, gap as string, around[name]) ?? 0) * (children.length - 1);
    let rest = around[name] === undefined ? undefined : around[name] - gaps;
    for (const one of children) {
      const size = one === node ? 0 : grows(one, name) ? undefined : boxOf(one)[name];
      if (rest === undefined || size === undefined) return undefined;
      rest -= size + sides(one, [start as string, end as string], around.width);
    }
    return rest;
  }

  /** The children that are displayed and not placed by themselves. */
  function inFlow(parent: TreeNode): TreeNode[] {
    return descendants(rootOf(parent)).filter(
      (one) => composedParentOf(one) === parent && !isOut(one) && value(one, "display") !== "none",
    );
  }

  /** Whether a node is as wide as its parent, as a block in a column is. */
  function fillsItsParent(node: TreeNode): boolean {
    const display = value(node, "display");
    if (/^inline/.test(display) || value(node, "float") !== "") return false;
    if (INLINE.has(tagOf(node)) && display === "") return false;
    const parent = composedParentOf(node);
    if (!parent || !/flex|grid/.test(value(parent, "display"))) return true;
    const isColumn = /^column/.test(value(parent, "flex-direction"));
    const alignment = value(node, "align-self") || value(parent, "align-items");
    return isColumn && /^(stretch|normal|auto|)$/.test(alignment);
  }

  /** Whether the node is out of the flow. */
  function isOut(node: TreeNode): boolean {
    return /^(absolute|fixed)$/.test(value(node, "position"));
  }

  /** What percentages of the node are relative to. */
  function containing(node: TreeNode): Extent {
    const position = value(node, "position");
    if (position === "fixed" || !hostOf(node)) return window;
    for (let at = composedParentOf(node); at; at = composedParentOf(at)) {
      if (!hostOf(at)) return position === "absolute" ? window : contentOf(at);
      if (position === "absolute" ? value(at, "position") !== "" : isBox(at)) return contentOf(at);
    }
    return window;
  }

  /**
   * Whether the node makes a box. A component without styles does not: its content is in the box
   * around it.
   */
  function isBox(node: TreeNode): boolean {
    if (!node.asGeneralComponent()) return true;
    return said(node, "display") || said(node, "width") || said(node, "height") || isOut(node);
  }

  function contentOf(node: TreeNode): Extent {
    const around = containing(node);
    const { width, height } = boxOf(node);
    return {
      width: width === undefined ? undefined : width - edges(node, "width", around),
      height: height === undefined ? undefined : height - edges(node, "height", around),
    };
  }

  function isHidden(node: TreeNode): boolean {
    if (value(node, "display") === "none" || attributeOf(node, "hidden")) return true;
    const parent = composedParentOf(node);
    return parent !== undefined && isHidden(parent);
  }

  return { boxOf, contentOf, isHidden };
}
