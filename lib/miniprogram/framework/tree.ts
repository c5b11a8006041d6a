// The tree of a page: its nodes through all components, and who stands above whom.
import type { ComponentNode, TreeNode } from "./glass-easel.ts";

/** The nodes below: those of a component's own tree first, then what stands between its tags. */
export function descendants(node: TreeNode): TreeNode[] {
  const found: TreeNode[] = [];
  collect(node, found);
  return found;
}

function collect(node: TreeNode, found: TreeNode[]): void {
  const own = node.asGeneralComponent()?.getShadowRoot();
  for (const children of own ? [own.childNodes, node.childNodes] : [node.childNodes]) {
    for (const child of children) {
      // Texts are nodes without children.
      if (!child.childNodes) continue;
      if (isElement(child)) found.push(child);
      collect(child, found);
    }
  }
}

/**
 * Native nodes and components; blocks, conditions, lists and slots are only there for the
 * framework.
 */
function isElement(node: TreeNode): boolean {
  return node.asNativeNode() !== null || node.asGeneralComponent() !== null;
}

/** The node that it stands in, in the tree of the same component; undefined at the top. */
export function parentOf(node: TreeNode): TreeNode | undefined {
  let parent = node.parentNode;
  while (parent && parent !== node.ownerShadowRoot && !isElement(parent)) {
    parent = parent.parentNode;
  }
  return parent && parent !== node.ownerShadowRoot ? parent : undefined;
}

/** The node that it stands in on the page, through slots and out of components. */
export function composedParentOf(node: TreeNode): TreeNode | undefined {
  let parent = node.getComposedParent();
  while (parent && !isElement(parent)) parent = parent.getComposedParent();
  return parent ?? undefined;
}

/** The component whose WXML it is written in; none for the page itself. */
export function hostOf(node: TreeNode): ComponentNode | undefined {
  return node.ownerShadowRoot?.getHostNode();
}

/** The page, or whatever else is at the top. */
export function rootOf(node: TreeNode): TreeNode {
  let root = node;
  for (let host = hostOf(root); host; host = hostOf(root)) root = host;
  return root;
}

/** What WXML calls it: `canvas`, `view`, or a component's tag. */
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

/** What a selector in brackets asks for: an attribute, the id, the class, or one of the data. */
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
