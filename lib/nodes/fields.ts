// Describes an element for a query: the facts that its fields ask for, in WeChat's shape.

import type { CanvasEntry } from "../canvas/registry.ts";
import { createCanvasContext } from "../context/draw.ts";
import type { HostContext } from "../host-context.ts";

/** The facts that a query may ask for. */
export interface Fields {
  id?: boolean | undefined;
  dataset?: boolean | undefined;
  mark?: boolean | undefined;
  /** left, right, top and bottom, in logical pixels. */
  rect?: boolean | undefined;
  /** width and height: the mounted ones, in logical pixels. */
  size?: boolean | undefined;
  scrollOffset?: boolean | undefined;
  /** Attributes by name, such as `canvasId` or `type`. */
  properties?: string[] | undefined;
  /** Styles by name; only width, height, left, top and display are known. */
  computedStyle?: string[] | undefined;
  /** The drawing context of a legacy canvas. */
  context?: boolean | undefined;
  /** The node of a `type: "2d"` canvas. */
  node?: boolean | undefined;
  /** A reference that only the Skyline renderer has; here it is `null`. */
  ref?: boolean | undefined;
}

/** What a query found: a mounted canvas with its scope, another node, or the window. */
export interface ElementInfo {
  entry: CanvasEntry | undefined;
  component: object | undefined;
  /** Facts from WXML; without them, only the options that the canvas was mounted with are known. */
  node?: NodeInfo | undefined;
}

/** A node of WXML. */
export interface NodeInfo {
  id: string;
  className: string;
  dataset: object;
  mark: object;
  /** Its attributes; for a component, its properties. */
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

/** The values that are asked for and known. */
function named(
  names: readonly string[] = [],
  values: Record<string, unknown>,
): Record<string, unknown> {
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
