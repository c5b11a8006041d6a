// Components and nodes as WXS functions see them.
import type { Realm } from "../realm/realm.ts";
import type { TreeNode } from "./glass-easel.ts";
import { requireSelectors, select } from "./selector.ts";

/** What a WXS function gets in place of a component or a node: data and functions. */
export type Descriptor = Record<string, unknown>;

/**
 * Makes the descriptors of one mini-program. Views are not rendered: what WXS sets of styles and
 * classes is ignored, and boxes are empty.
 *
 * https://developers.weixin.qq.com/miniprogram/dev/framework/view/interactive-animation.html
 */
export function createDescriptors(realm: Realm): (node: TreeNode) => Descriptor {
  const known = new WeakMap<TreeNode, Descriptor>();

  function describe(node: TreeNode): Descriptor {
    const before = known.get(node);
    if (before) return before;
    const descriptor = realm.own(membersOf(node)) as Descriptor;
    known.set(node, descriptor);
    return descriptor;
  }

  function membersOf(node: TreeNode): Descriptor {
    const state = realm.own({});
    const found = (selector: unknown) => select(node, requireSelectors(selector)).map(describe);
    const itself = () => describe(node);
    return {
      getState: () => state,
      getDataset: () => node.dataset,
      selectComponent: (selector: unknown) => found(selector)[0] ?? null,
      selectAllComponents: found,
      callMethod(name: string, ...args: unknown[]) {
        const caller = node.asGeneralComponent()?.getMethodCaller() as Descriptor | undefined;
        const method = caller?.[name];
        if (typeof method === "function") Reflect.apply(method, caller, args);
      },
      triggerEvent: (name: string, detail: unknown, options = {}) =>
        node.triggerEvent(name, detail, options),
      setStyle: itself,
      addClass: itself,
      removeClass: itself,
      hasClass: (name: string) => node.class.split(/\s+/).includes(name),
      getComputedStyle: () => ({}),
      getBoundingClientRect: () => ({ left: 0, top: 0, right: 0, bottom: 0, width: 0, height: 0 }),
      requestAnimationFrame: (callback: unknown) =>
        (realm.global.setTimeout as Later)(callback, 17),
      setTimeout: (callback: unknown, delay: unknown) =>
        (realm.global.setTimeout as Later)(callback, delay),
      clearTimeout: (id: unknown) => (realm.global.clearTimeout as Later)(id),
    };
  }

  return describe;
}

type Later = (...args: unknown[]) => unknown;
