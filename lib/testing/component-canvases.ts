// Mounts the canvases of components that miniprogram-simulate renders, when a canvas is asked for.
import type { HostContext } from "../host-context.ts";
import { mountCanvas } from "../nodes/mount.ts";
import type { Wx } from "../wx.ts";

/** The used part of a node of exparser, the framework of miniprogram-simulate. */
interface TreeNode {
  childNodes?: readonly TreeNode[];
  shadowRoot?: TreeNode;
  /** Tag and attributes in the template. */
  _vt?: { tagName?: string; attrs?: readonly { name: string; value: unknown }[] };
  /** Its element in the document. */
  $$?: StyledElement;
}

interface StyledElement {
  parentElement: StyledElement | null;
  ownerDocument: { defaultView: { getComputedStyle(element: object): Style } | null };
}

type Style = Record<"width" | "height", string>;

/** The `this` of such a component. */
interface Instance {
  _exparserNode?: TreeNode;
}

/** A host context that searches the component's tree whenever one of its canvases is asked for. */
export function withComponentCanvases(context: HostContext): HostContext {
  const { registry } = context;

  function mountAll(component: object | undefined): void {
    for (const node of canvasesIn((component as Instance | undefined)?._exparserNode?.shadowRoot)) {
      const { id, class: className, type, "canvas-id": canvasId } = attributesOf(node);
      mountCanvas(context, {
        canvasId: canvasId ?? "",
        id,
        className,
        type: type === "2d" ? "2d" : undefined,
        width: lengthOf(node.$$, "width") ?? 300,
        height: lengthOf(node.$$, "height") ?? 150,
        component: component as object,
      });
    }
  }

  return {
    ...context,
    registry: {
      ...registry,
      find(canvasId, component) {
        mountAll(component);
        return registry.find(canvasId, component);
      },
      all(component) {
        mountAll(component);
        return registry.all(component);
      },
    },
  };
}

/** Lets components that are defined from now on query their canvases through `this`, too. */
export function defineComponents(global: object, wx: Wx): void {
  let define: unknown;
  Object.defineProperty(global, "Component", {
    configurable: true,
    enumerable: true,
    get: () => define,
    set(value: unknown) {
      define = typeof value === "function" ? defining(value as Define, wx) : value;
    },
  });
}

type Define = (options: { methods?: object }) => unknown;

function defining(define: Define, wx: Wx): Define {
  return (options) => {
    const methods = {
      createSelectorQuery(this: object) {
        return wx.createSelectorQuery().in(this);
      },
      ...options.methods,
    };
    return define({ ...options, methods });
  };
}

function canvasesIn(node: TreeNode | undefined): TreeNode[] {
  const below = (node?.childNodes ?? []).flatMap(canvasesIn);
  return node?._vt?.tagName === "canvas" ? [node, ...below] : below;
}

function attributesOf({ _vt }: TreeNode): Record<string, string | undefined> {
  const attributes = (_vt?.attrs ?? []).map(({ name, value }) => [name, String(value)]);
  return Object.fromEntries(attributes);
}

/** A length in pixels. The document has no layout, so only pixels and percentages of them work. */
function lengthOf(
  element: StyledElement | null | undefined,
  side: keyof Style,
): number | undefined {
  if (!element) return undefined;
  const style = element.ownerDocument.defaultView?.getComputedStyle(element)[side] ?? "";
  const [, number, unit] = /^([\d.]+)(px|%)$/.exec(style) ?? [];
  if (unit === "px") return Number(number);
  if (unit !== "%") return undefined;
  const whole = lengthOf(element.parentElement, side);
  return whole === undefined ? undefined : (whole * Number(number)) / 100;
}
