// Answers selector queries of a mini-program from WXML and styles.
import type { ElementInfo, NodeInfo } from "../../nodes/fields.ts";
import type { Find } from "../../nodes/selector-query.ts";
import type { ComponentNode, TreeNode } from "../framework/glass-easel.ts";
import { requireSelectors, select } from "../framework/selector.ts";
import { camelCase } from "../framework/tree.ts";
import type { Boxes } from "../styles/boxes.ts";
import type { Styler } from "../styles/styler.ts";
import type { PageCanvases } from "./canvases.ts";

/** The parts of a page that queries need. */
export interface Queried {
  root: ComponentNode;
  canvases: PageCanvases;
  styler: Styler;
}

/** @param pageOf returns the page of a component, or without a component the page that is shown */
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
        // The mounted size of a canvas may come from elsewhere than its styles.
        return { entry, component, node: { ...infoOf(node, boxes), ...entry?.logicalSize() } };
      });
    };
  };
}

/** The box, attributes and data of a node. Sizes that styles do not determine are 0. */
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

/** The attributes with the names that queries use: `canvas-id` is `canvasId`. */
function attributesOf({ attributes }: TreeNode): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ name, value }) => [camelCase(name), value]));
}
