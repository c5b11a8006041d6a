// Runs the lifecycle of a page as on a phone, and that of components attached later.
//
// The order of WeChat: components are created and attached, then onLoad, show and onShow, then
// components are ready, then onReady.
import type { Framework } from "../framework/framework.ts";
import type { ComponentNode, TreeNode } from "../framework/glass-easel.ts";
import { descendants } from "../framework/tree.ts";

export interface Lifecycle {
  /** Runs the lifecycle from attached to onShow. */
  load(query: object): void;
  /** Runs `ready` of the components and onReady: on a phone, when the page was first rendered. */
  rendered(): void;
  /** Calls `ready` of components that have been attached since. */
  ready(): void;
  close(): void;
}

export function createLifecycle(framework: Framework, page: ComponentNode): Lifecycle {
  const instance = page.getMethodCaller() as Record<string, unknown>;
  const isReady = new WeakSet<TreeNode>();
  let isOpen = false;
  let isRendered = false;

  function call(name: string, ...args: unknown[]): void {
    const method = instance[name];
    if (typeof method === "function") framework.watch(Reflect.apply(method, instance, args));
  }

  function ready(): void {
    if (!isOpen || !isRendered) return;
    for (const node of [...descendants(page), page]) {
      const component = node.asGeneralComponent();
      if (!component || isReady.has(component) || !framework.isAttached(component)) continue;
      isReady.add(component);
      component.triggerLifetime("ready", []);
    }
  }

  return {
    load(query) {
      isOpen = true;
      framework.attach(page);
      call("onLoad", query);
      page.triggerPageLifetime("show", []);
      call("onShow");
    },
    rendered() {
      isRendered = true;
      ready();
      call("onReady");
    },
    ready,
    close() {
      if (!isOpen) return;
      isOpen = false;
      call("onUnload");
      framework.detach(page);
    },
  };
}
