// Adds canvases to a host and removes them: created, registered, or mounted as WXML does.

import * as z from "zod/mini";
import { createGuardedCanvas } from "../canvas/guarded-canvas.ts";
import { queueOf } from "../canvas/queue.ts";
import { asCanvasId, asComponent, type CanvasEntry } from "../canvas/registry.ts";
import { asCanvas, type Canvas, free } from "../engine/engine.ts";
import type { HostContext } from "../host-context.ts";
import { lazily } from "../late.ts";
import { checkSize, type Size } from "../limits.ts";
import { positive, text } from "../option-parts.ts";
import { expecting, parse, preprocessed } from "../validate.ts";
import { asNode, type CanvasNode } from "./canvas-node.ts";
import { withExtendedContext } from "./extended-context.ts";

/** The scope in which a canvas is found: a component instance; without one, the page. */
export interface ScopeOptions {
  component?: object | null | undefined;
}

/** Options to register a canvas of the caller. */
export interface RegisterOptions extends ScopeOptions {
  /** Canvas pixels per logical pixel: finite, above 0. Default 1. */
  pixelRatio?: number | undefined;
}

/** A `<canvas>` of WXML: its attributes, and the place and size that the page gives it. */
export interface MountOptions extends ScopeOptions {
  /** `canvas-id`: the legacy functions find the canvas by it. Needed unless `type` is `"2d"`. */
  canvasId?: string | undefined;
  /** `id`: selectors find the canvas by it (`#id`). */
  id?: string | undefined;
  /** `class`, blank-separated: selectors find the canvas by each (`.name`). */
  className?: string | undefined;
  /** `"2d"` for a canvas node; without it, a legacy canvas. */
  type?: "2d" | undefined;
  /** Width on the page, in logical pixels; 0 or undefined for a canvas that has no size yet. */
  width?: number | undefined;
  /** Height on the page, in logical pixels. */
  height?: number | undefined;
  /** Left on the page, in logical pixels. Default 0. */
  left?: number | undefined;
  /** Top on the page, in logical pixels. Default 0. */
  top?: number | undefined;
}

/** A mounted canvas. */
export interface MountedCanvas {
  /** Changes its size on the page, in logical pixels; a new size clears a legacy canvas. */
  resize(width: number, height: number): void;
  /** Takes it off the page. */
  unmount(): void;
  /** The node that a selector query answers with; only for `type: "2d"`. */
  readonly node?: CanvasNode;
}

const scopeOptions = lazily(() => z.object({ component: z.unknown() }));

const registerOptions = lazily(() =>
  z.object({ component: z.unknown(), pixelRatio: z._default(positive(), 1) }),
);

const mountOptions = lazily(() => {
  /** A place on the page. */
  const offset = () => z._default(z.number({ error: expecting("a finite number") }), 0);
  /** A length on the page, which resizing checks; 0 while it is not set yet. */
  const length = () => z.transform((value: unknown) => (value ?? 0) as number);
  return z.object({
    component: z.unknown(),
    canvasId: z.unknown(),
    id: z.optional(text()),
    className: z.optional(text()),
    // A bound attribute without a value is empty or null.
    type: preprocessed(
      (value) => (value === "" || value === null ? undefined : value),
      z.optional(z.literal("2d", { error: expecting('"2d" or nothing') })),
    ),
    width: length(),
    height: length(),
    left: offset(),
    top: offset(),
  });
});

const handles = new WeakMap<CanvasEntry, MountedCanvas>();

export function createRegisteredCanvas(
  host: HostContext,
  canvasId: unknown,
  width: unknown,
  height: unknown,
  options?: ScopeOptions,
): Canvas {
  const canvas = withExtendedContext(
    host,
    createGuardedCanvas(width, height, host.settings.limits),
  );
  const entry: CanvasEntry = {
    canvas,
    canvasId: asCanvasId(canvasId),
    logicalSize: () => canvas,
    release: () => free(canvas),
    enqueue: queueOf(canvas),
  };
  // Most programs pass none, and need no schema.
  const { component } = options === undefined ? {} : parse(scopeOptions, options);
  host.registry.add(entry, asComponent(component));
  return canvas;
}

export function registerCanvas(
  { registry }: HostContext,
  canvasId: unknown,
  given: unknown,
  options?: RegisterOptions,
): void {
  const canvas = asCanvas(given);
  const { component, pixelRatio } = parse(registerOptions, options);
  const entry: CanvasEntry = {
    canvas,
    canvasId: asCanvasId(canvasId),
    logicalSize: () => ({ width: canvas.width / pixelRatio, height: canvas.height / pixelRatio }),
    enqueue: queueOf(canvas),
  };
  registry.add(entry, asComponent(component));
}

export function releaseCanvas({ registry }: HostContext, canvasId: unknown, given: unknown): void {
  const component = asComponent(given);
  const entry = registry.find(asCanvasId(canvasId), component);
  if (entry) registry.remove(entry, component);
}

export function mountCanvas(host: HostContext, options: MountOptions): MountedCanvas {
  const { registry, settings } = host;
  const { component, type, element, canvasId, ...given } = readMountOptions(options);
  for (const entry of registry.all(component)) {
    const handle = handles.get(entry);
    if (handle && isSame(entry, { canvasId, ...element, type })) {
      handle.resize(given.width, given.height);
      Object.assign(entry.element as object, element);
      return handle;
    }
  }

  host.assertAlive();
  const isNode = type === "2d";
  /** The checked pixel size of a legacy canvas; the code sets that of a node. */
  const pixelsFor = (next: Size): Size | undefined => {
    if (!isEmpty(next)) checkSize("canvas", next, settings.limits);
    return isNode ? undefined : scaled(next, settings);
  };
  let size: Size = { width: given.width, height: given.height };
  const first = pixelsFor(size) ?? { width: 300, height: 150 };
  const canvas = createGuardedCanvas(first.width || 1, first.height || 1, settings.limits);
  // A legacy canvas may start without a size, since data-bound sizes are set later.
  if (first.width === 0) setSize(canvas, first);
  const enqueue = queueOf(canvas);
  const handle: MountedCanvas = {
    resize(width, height) {
      host.assertAlive();
      const next = { width, height };
      const pixels = pixelsFor(next);
      enqueue(() => {
        // As on phones, only a different size clears the canvas.
        if (pixels && !isSameSize(pixels, canvas)) setSize(canvas, pixels);
        size = next;
      });
    },
    unmount: () => registry.remove(entry, component),
    ...(isNode && { node: asNode(host, canvas) }),
  };
  const entry: CanvasEntry = {
    canvas,
    canvasId,
    element: { ...element, type },
    logicalSize: () => size,
    release: () => free(canvas),
    enqueue,
  };
  registry.add(entry, component);
  handles.set(entry, handle);
  return handle;
}

function isEmpty({ width, height }: Size): boolean {
  const isLength = (side: number) => typeof side === "number" && side >= 0;
  return isLength(width) && isLength(height) && (width === 0 || height === 0);
}

function isSameSize(one: Size, other: Size): boolean {
  return one.width === other.width && one.height === other.height;
}

/** The pixel size of a legacy canvas, such that its default export copies the pixels 1:1. */
function scaled(size: Size, { pixelRatio, limits }: HostContext["settings"]): Size {
  if (isEmpty(size)) return { width: 0, height: 0 };
  const pixels = {
    width: Math.max(1, Math.round(size.width * pixelRatio)),
    height: Math.max(1, Math.round(size.height * pixelRatio)),
  };
  checkSize("canvas", pixels, limits, { ...size, pixelRatio });
  return pixels;
}

function setSize(canvas: Canvas, { width, height }: Size): void {
  canvas.width = width;
  canvas.height = height;
}

interface Names {
  canvasId: string | undefined;
  id: string | undefined;
  className: string | undefined;
  type: "2d" | undefined;
}

/**
 * Whether the names are those of a canvas that is mounted already: the same canvas-id for a legacy
 * canvas, the same id for a 2D node, or the same class for a 2D node without an id.
 */
function isSame({ canvasId, element }: CanvasEntry, other: Names): boolean {
  if (element?.type !== other.type) return false;
  if (other.type !== "2d") return other.canvasId === canvasId;
  if (other.id !== undefined) return other.id === element?.id;
  return (
    element?.id === undefined &&
    other.className !== undefined &&
    other.className === element?.className
  );
}

function readMountOptions(options: unknown) {
  const read = parse(mountOptions, options, { required: true });
  const { component, canvasId, id, className, left, top, type, width, height } = read;
  return {
    // A node is not found by canvas-id, as in WeChat.
    canvasId: type === "2d" ? undefined : asCanvasId(canvasId, 'a string, or type: "2d"'),
    component: asComponent(component),
    element: { id, className, left, top },
    type,
    width,
    height,
  };
}
