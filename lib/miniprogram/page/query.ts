// Selector queries of a mini-program: what WXML and styles say of the nodes that a selector means.
import type { ElementInfo, NodeInfo } from "../../nodes/fields.ts";
import type { Find } from "../../nodes/selector-query.ts";
import type { ComponentNode, TreeNode } from "../framework/glass-easel.ts";
import { requireSelectors, select } from "../framework/selector.ts";
import { camelCase } from "../framework/tree.ts";
import type { Boxes } from "../styles/boxes.ts";
import type { Styler } from "../styles/styler.ts";
import type { PageCanvases } from "./canvases.ts";

/** A page, as queries ask about it. */
export interface Queried {
  root: ComponentNode;
  canvases: PageCanvases;
  styler: Styler;
}

/** @param pageOf the page of a component, or without one the page that is shown */
export function findInTree(pageOf: (component: object | undefined) => Queried | undefined): Find {
  return (selector, component) => {
    const selectors = requireSelectors(selector);
    return () => {
      const page = pageOf(component);
      if (!page) return [];
      const scope = (component as { _$?: ComponentNode } | undefined)?._$ ?? page.root;
      const boxes = page.styler.boxes();
      return select(scope, selectors).map((node): ElementInfo => {
        const entry = page.canvases.entryOf(node);
        // What a canvas is mounted with may come from elsewhere than its styles.
        return { entry, component, node: { ...infoOf(node, boxes), ...entry?.logicalSize() } };
      });
    };
  };
}

/** Sizes that styles do not tell are 0. */
function infoOf(node: TreeNode, boxes: Boxes): NodeInfo {
  const { width = 0, height = 0, left, top } = boxes.boxOf(node);
  const component = node.asGeneralComponent() as { data?: Record<string, unknown> } | null;
  return {
    id: node.id,
    className: node.class,
    dataset: node.dataset,
    mark: node.collectMarks(),
    properties: component?.data ?? attributesOf(node),
    left,
    top,
    width,
    height,
  };
}

/** `canvas-id` as `canvasId`, as queries ask for it. */
function attributesOf({ attributes }: TreeNode): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ name, value }) => [camelCase(name), value]));
}
