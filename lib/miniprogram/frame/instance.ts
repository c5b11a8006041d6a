// What pages and components have in common: data, setData, queries, and the components below them.

import type { MountOptions } from "../../nodes/mount.ts";
import { parseSelector } from "../../nodes/selector.ts";
import { type Report, runSafely } from "../../settle.ts";
import type { Wx } from "../../wx.ts";
import { setPath } from "./data.ts";

/** A page or a component, as its own code sees it with `this`. */
export interface Instance {
  data: Record<string, unknown>;
  setData(data: Record<string, unknown>, callback?: () => void): void;
  createSelectorQuery(): ReturnType<Wx["createSelectorQuery"]>;
  /** The component below it that the selector means, or what that one exports; `null` for none. */
  selectComponent(selector: string): unknown;
  selectAllComponents(selector: string): unknown[];
  // biome-ignore lint/suspicious/noExplicitAny: and whatever its definition has
  [member: string]: any;
}

/** A canvas in the WXML of a component or page. */
export type CanvasOfInstance = Omit<MountOptions, "component">;

/** The canvases of a component or page: always the same, or by its data. */
export type Canvases =
  | CanvasOfInstance[]
  | ((data: Record<string, unknown>) => CanvasOfInstance[])
  | undefined;

/** A component as its owner finds it. */
export interface Child {
  id: string | undefined;
  className: string | undefined;
  /** What selectComponent gives. */
  exposed: () => unknown;
}

/** Whose components are whose. */
export interface Family {
  add(owner: object, child: Child): void;
  remove(owner: object, child: Child): void;
  of(owner: object): Iterable<Child>;
}

export function createFamily(): Family {
  const children = new WeakMap<object, Set<Child>>();
  return {
    add: (owner, child) => children.set(owner, (children.get(owner) ?? new Set()).add(child)),
    remove: (owner, child) => children.get(owner)?.delete(child),
    of: (owner) => children.get(owner) ?? [],
  };
}

/** Mounts what WXML would have, in the scope of the instance; what is there takes its new size. */
export function mountCanvases(
  mountCanvas: (options: MountOptions) => unknown,
  canvases: Canvases,
  instance: object,
  data: Record<string, unknown>,
): void {
  const list = typeof canvases === "function" ? canvases(data) : (canvases ?? []);
  for (const canvas of list) mountCanvas({ ...canvas, component: instance });
}

/** Gives the object the members that pages and components share. */
export function equip(
  instance: object,
  data: Record<string, unknown>,
  frame: { wx: Wx; family: Family; report: Report | undefined },
  changed: (before: Record<string, unknown>, paths: string[]) => void,
): asserts instance is Instance {
  const found = (selector: string) => {
    const matches = parseSelector(selector);
    return [...frame.family.of(instance)].filter(matches).map(({ exposed }) => exposed());
  };
  const members = {
    data,
    setData(values: Record<string, unknown>, callback?: () => void) {
      const before = { ...data };
      const paths = Object.keys(values ?? {});
      for (const path of paths) setPath(data, path, values[path]);
      changed(before, paths);
      if (typeof callback !== "function") return;
      // As on a phone, where the page is told first.
      setImmediate(() => runSafely(() => callback.call(instance), frame.report));
    },
    createSelectorQuery: () => frame.wx.createSelectorQuery().in(instance),
    selectComponent: (selector: string) => found(selector)[0] ?? null,
    selectAllComponents: found,
  };
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(instance, name, { value, writable: true, configurable: true });
  }
}
