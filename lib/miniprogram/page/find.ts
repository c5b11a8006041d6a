// Finds nodes of a page by selector, for the functions that drive the page.
import { CanvasError, show } from "../../errors.ts";
import type { ComponentNode, TreeNode } from "../framework/glass-easel.ts";
import { matches, requireSelectors, select } from "../framework/selector.ts";
import { attributeOf, descendants } from "../framework/tree.ts";

/** The first node that the selector matches; `#name` also matches a canvas with that canvas-id. */
export function find(page: ComponentNode, selector: unknown): TreeNode | undefined {
  const [found] = select(page, requireSelectors(selector));
  if (found) return found;
  const name = /^#([\w-]+)$/.exec(selector as string)?.[1];
  const isNamed = (node: TreeNode) =>
    node.is === "canvas" && attributeOf(node, "canvas-id") === name;
  return name === undefined ? undefined : descendants(page).find(isNamed);
}

/** The same node; throws NOT_FOUND if there is none. */
export function requireNode(page: ComponentNode, selector: unknown): TreeNode {
  const node = find(page, selector);
  if (node) return node;
  throw new CanvasError("NOT_FOUND", `the page ${page.is} has no element ${show(selector)}`);
}

/** Whether the selector matches the canvas, by its canvas-id too. */
export function meansCanvas(selector: string, node: TreeNode): boolean {
  if (requireSelectors(selector).some((one) => matches(node, one))) return true;
  return selector === `#${attributeOf(node, "canvas-id")}`;
}

/** A selector for a canvas, for messages. */
export function nameOf(node: TreeNode): string {
  const id = node.id || attributeOf(node, "canvas-id");
  if (id) return `#${id}`;
  const [first] = node.class.split(/\s+/);
  return first ? `.${first}` : "canvas";
}
