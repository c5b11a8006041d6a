// Mounts the canvases of a page from its tree, and again after each change of its data.

import type { CanvasEntry } from "../../canvas/registry.ts";
import { CanvasError, show } from "../../errors.ts";
import type { HostContext } from "../../host-context.ts";
import type { Size } from "../../limits.ts";
import { type MountedCanvas, mountCanvas } from "../../nodes/mount.ts";
import type { ComponentNode, TreeNode } from "../framework/glass-easel.ts";
import { attributeOf, hostOf } from "../framework/tree.ts";
import { type Box, type Boxes, CANVAS_SIZE } from "../styles/boxes.ts";
import type { Styler } from "../styles/styler.ts";
import { meansCanvas, nameOf } from "./find.ts";

/** Sizes of canvases by their selectors. They win over styles. */
export type Sizes = Record<string, Size>;

export interface PageCanvases {
  /**
   * Mounts, resizes and unmounts canvases that have changed. A canvas of unknown size is an error,
   * except while the page is being opened: then it is not mounted yet.
   */
  sync(nodes: readonly TreeNode[], isOpening: boolean): void;
  /** Whether a canvas is not mounted yet, since its size is unknown. */
  readonly isIncomplete: boolean;
  unmount(): void;
  /** The canvas of a node of the tree. */
  entryOf(node: TreeNode): CanvasEntry | undefined;
}

interface Mounted {
  handle: MountedCanvas;
  entry: CanvasEntry;
  /** Identifies the canvas: when the key changes, another canvas is mounted. */
  key: string;
  width: number;
  height: number;
}

export function createPageCanvases(
  host: HostContext,
  page: ComponentNode,
  styler: Styler,
  sizes: Sizes,
  warn: (message: string) => void,
): PageCanvases {
  const mounted = new Map<TreeNode, Mounted>();
  let isIncomplete = false;

  function mount(
    node: TreeNode,
    boxes: Boxes,
    taken: Map<ComponentNode, Set<unknown>>,
    isOpening: boolean,
  ): void {
    const owner = hostOf(node) as ComponentNode;
    const canvasId = textOf(attributeOf(node, "canvas-id"));
    const type = textOf(attributeOf(node, "type"));
    const key = `${type} ${canvasId}`;
    const box = boxes.boxOf(node);
    const size = sizeOf(node, box, boxes);
    if (!size) {
      isIncomplete = true;
      if (isOpening) return;
      throw sizeless(node, box);
    }
    const names = taken.get(owner) ?? new Set();
    const isTaken = type === undefined && names.has(canvasId);
    taken.set(owner, names.add(type === undefined ? canvasId : undefined));

    const before = mounted.get(node);
    if (before?.key === key) {
      if (before.width === size.width && before.height === size.height) return;
      before.handle.resize(size.width, size.height);
      Object.assign(before, size);
      return;
    }
    before?.handle.unmount();
    mounted.delete(node);
    if (type !== undefined && type !== "2d") {
      warn(`<canvas type=${show(type)}> is not drawn: expected "2d" or no type`);
      return;
    }
    if (type === undefined && canvasId === undefined) {
      warn('<canvas> needs a canvas-id, or type="2d"');
      return;
    }
    // WeChat's own message.
    if (isTaken) {
      warn(`canvas-id ${show(canvasId)} in this page has already existed`);
      return;
    }
    const component = owner.getMethodCaller();
    const handle = mountCanvas(host, {
      component,
      canvasId,
      type,
      id: node.id || undefined,
      className: node.class || undefined,
      ...size,
      left: box.left,
      top: box.top,
    });
    const entry = handle.node
      ? host.registry.entryOf(handle.node)
      : host.registry.find(canvasId as string, component);
    mounted.set(node, { handle, entry: entry as CanvasEntry, key, ...size });
  }

  function sizeOf(node: TreeNode, box: Box, boxes: Boxes): Size | undefined {
    for (const [selector, size] of Object.entries(sizes)) {
      if (meansCanvas(selector, node)) return { width: size.width, height: size.height };
    }
    if (styler.unread(node) !== undefined) return undefined;
    const isKnown = box.width !== undefined && box.height !== undefined;
    // A canvas that is not displayed has no layout on a phone either: its code states its size.
    if (!isKnown && !boxes.isHidden(node)) return undefined;
    const { width = CANVAS_SIZE.width, height = CANVAS_SIZE.height } = box;
    return { width: Math.max(0, width), height: Math.max(0, height) };
  }

  function sizeless(node: TreeNode, { width }: Box): CanvasError {
    const name = nameOf(node);
    const hint = `pass sizes: { ${JSON.stringify(name)}: { width, height } }, in logical pixels`;
    const unread = styler.unread(node);
    if (unread !== undefined) {
      const compiled = unread.replace(/\.\w+$/, ".wxss");
      const reason = `${unread}: expected the compiled file ${compiled}, for the sizes of its canvases`;
      return new CanvasError("SOURCE", reason, { hint });
    }
    const side = width === undefined ? "width" : "height";
    const where = hostOf(node) === page ? "" : ` in the component ${hostOf(node)?.is}`;
    const reason = `<canvas> ${name} of the page ${page.is}${where}: only a layout could tell its ${side}`;
    return new CanvasError("INVALID", reason, { hint });
  }

  return {
    get isIncomplete() {
      return isIncomplete;
    },
    sync(nodes, isOpening) {
      isIncomplete = false;
      const present = nodes.filter((node) => node.is === "canvas" && node.asNativeNode() !== null);
      for (const [node, { handle }] of mounted) {
        if (present.includes(node)) continue;
        handle.unmount();
        mounted.delete(node);
      }
      if (present.length === 0) return;
      const boxes = styler.boxes();
      const taken = new Map<ComponentNode, Set<unknown>>();
      for (const node of present) mount(node, boxes, taken, isOpening);
    },
    unmount() {
      for (const { handle } of mounted.values()) handle.unmount();
      mounted.clear();
    },
    entryOf: (node) => mounted.get(node)?.entry,
  };
}

function textOf(value: unknown): string | undefined {
  return value === undefined || value === null || value === "" ? undefined : String(value);
}
