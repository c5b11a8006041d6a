// What a query tells about an element: the facts that its fields ask for, in WeChat's shape.

import type { CanvasEntry } from "../canvas/registry.ts";
import { createCanvasContext } from "../context/draw.ts";
import type { HostContext } from "../host-context.ts";

/** The facts that a query may ask for. */
export interface Fields {
  id?: boolean | undefined;
  dataset?: boolean | undefined;
  mark?: boolean | undefined;
  /** left, right, top, bottom. */
  rect?: boolean | undefined;
  /** width and height: the mounted ones, in logical pixels. */
  size?: boolean | undefined;
  scrollOffset?: boolean | undefined;
  /** Attributes by name, such as `canvasId` or `type`. */
  properties?: string[] | undefined;
  /** Styles by name: the sizes that a canvas has. */
  computedStyle?: string[] | undefined;
  /** The drawing context of a legacy canvas. */
  context?: boolean | undefined;
  /** The node of a `type: "2d"` canvas. */
  node?: boolean | undefined;
  /** What only the Skyline renderer has. */
  ref?: boolean | undefined;
}

/** A mounted canvas with the scope that it was found in, another node, or the window. */
export interface ElementInfo {
  entry: CanvasEntry | undefined;
  component: object | undefined;
  /** What WXML says of the node; without it, of a canvas only what it was mounted with is known. */
  node?: NodeInfo | undefined;
}

/** A node of WXML. */
export interface NodeInfo {
  id: string;
  className: string;
  dataset: object;
  mark: object;
  /** Its attributes, or as a component its properties. */
  properties: Record<string, unknown>;
  left: number;
  top: number;
  width: number;
  height: number;
}

export function describe(
  host: HostContext,
  { entry, component, node }: ElementInfo,
  fields: Fields,
): Record<string, unknown> {
  const { device } = host.settings;
  const element = entry?.element;
  const { id = "", className = "" } = node ?? element ?? {};
  const { left, top } = node ?? element ?? { left: 0, top: 0 };
  const { width, height } = node ??
    entry?.logicalSize() ?? {
      width: device.windowWidth,
      height: device.windowHeight,
    };
  const rect = { left, right: left + width, top, bottom: top + height };
  return {
    ...(fields.id && { id }),
    ...(fields.dataset && { dataset: { ...node?.dataset } }),
    ...(fields.mark && { mark: { ...node?.mark } }),
    ...(fields.rect && rect),
    ...(fields.size && { width, height }),
    ...(fields.scrollOffset && {
      scrollLeft: 0,
      scrollTop: 0,
      scrollWidth: width,
      scrollHeight: height,
    }),
    ...named(fields.properties, {
      ...node?.properties,
      id,
      class: className,
      canvasId: entry?.canvasId,
      type: element?.type,
    }),
    ...named(fields.computedStyle, {
      width: `${width}px`,
      height: `${height}px`,
      left: `${left}px`,
      top: `${top}px`,
      display: "block",
    }),
    ...(fields.context && { context: contextOf(host, entry, component) }),
    ...(fields.ref && { ref: null }),
    ...(fields.node && { node: element?.type === "2d" ? entry?.canvas : null }),
  };
}

/** Those of the values that are asked for, and known. */
function named(names: unknown, values: Record<string, unknown>): Record<string, unknown> {
  if (!Array.isArray(names)) return {};
  const known = names.filter((name) => Object.hasOwn(values, name) && values[name] !== undefined);
  return Object.fromEntries(known.map((name) => [name, values[name]]));
}

function contextOf(
  host: HostContext,
  entry: CanvasEntry | undefined,
  component: object | undefined,
): unknown {
  const canvasId = entry?.canvasId;
  if (canvasId === undefined) return null;
  return createCanvasContext(host, canvasId, component);
}
