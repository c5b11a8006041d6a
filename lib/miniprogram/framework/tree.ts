// Walks the tree of a page: the nodes below and above a node, through all components.
import type { ComponentNode, TreeNode } from "./glass-easel.ts";

/** The nodes below: first those of a component's own tree, then the content between its tags. */
export function descendants(node: TreeNode): TreeNode[] {
  const found: TreeNode[] = [];
  collect(node, found);
  return found;
}

function collect(node: TreeNode, found: TreeNode[]): void {
  const own = node.asGeneralComponent()?.getShadowRoot();
  for (const children of own ? [own.childNodes, node.childNodes] : [node.childNodes]) {
    for (const child of children) {
      // Text nodes have no children.
      if (!child.childNodes) continue;
      if (isElement(child)) found.push(child);
      collect(child, found);
    }
  }
}

/**
 * Whether the node is a native node or a component. Blocks, conditions, lists and slots exist only
 * for the framework.
 */
function isElement(node: TreeNode): boolean {
  return node.asNativeNode() !== null || node.asGeneralComponent() !== null;
}

/** The parent in the tree of the same component; undefined at the top. */
export function parentOf(node: TreeNode): TreeNode | undefined {
  let parent = node.parentNode;
  while (parent && parent !== node.ownerShadowRoot && !isElement(parent)) {
    parent = parent.parentNode;
  }
  return parent && parent !== node.ownerShadowRoot ? parent : undefined;
}

/** The parent on the page, through slots and out of components. */
export function composedParentOf(node: TreeNode): TreeNode | undefined {
  let parent = node.getComposedParent();
  while (parent && !isElement(parent)) parent = parent.getComposedParent();
  return parent ?? undefined;
}

/** The component whose WXML contains the node; undefined for the page itself. */
export function hostOf(node: TreeNode): ComponentNode | undefined {
  return node.ownerShadowRoot?.getHostNode();
}

/** The page, or another component at the top. */
export function rootOf(node: TreeNode): TreeNode {
  let root = node;
  for (let host = hostOf(root); host; host = hostOf(root)) root = host;
  return root;
}

/** The node's tag in WXML: `canvas`, `view`, or a component's tag. */
export function tagOf(node: TreeNode): string {
  const component = node.asGeneralComponent();
  if (component) return hostOf(node) ? component.tagName : "page";
  return node.is;
}

export function classesOf(node: TreeNode): string[] {
  return node.class.split(/\s+/).filter(Boolean);
}

export function attributeOf(node: TreeNode, name: string): unknown {
  return node.attributes.find((attribute) => attribute.name === name)?.value;
}

/** The value for an attribute selector: an attribute, the id, the class, or a `data-` value. */
export function memberOf(node: TreeNode, name: string): unknown {
  if (name === "id") return node.id;
  if (name === "class") return node.class;
  return name.startsWith("data-")
    ? node.dataset[camelCase(name.slice(5))]
    : attributeOf(node, name);
}

export function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());
}
