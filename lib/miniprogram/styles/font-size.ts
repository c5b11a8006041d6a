// Computes font sizes, which the unit em is relative to.
import type { TreeNode } from "../framework/glass-easel.ts";
import { composedParentOf } from "../framework/tree.ts";
import { evaluate, INITIAL_FONT_SIZE, type LengthContext } from "./length.ts";

/** Returns a function for the font sizes of nodes, in pixels; it is valid until the tree changes. */
export function createFontSizes(
  units: LengthContext,
  value: (node: TreeNode, property: string) => string,
): (node: TreeNode) => number {
  const known = new Map<TreeNode, number>();

  function fontSizeOf(node: TreeNode): number {
    const before = known.get(node);
    if (before !== undefined) return before;
    const parent = composedParentOf(node);
    const inherited = parent ? fontSizeOf(parent) : INITIAL_FONT_SIZE;
    const relative = { ...units, percentOf: inherited, fontSize: () => inherited };
    const text = value(node, "font-size");
    // Words, such as "inherit" and "large", count as the inherited size.
    const size = (text === "" ? undefined : evaluate(text, relative)) ?? inherited;
    known.set(node, size);
    return size;
  }

  return fontSizeOf;
}
