// A page's life: loaded, shown, ready; its data, and the canvases in its WXML.
import { markAsPage } from "../../canvas/registry.ts";
import { copyOf } from "./data.ts";
import type { Definition } from "./definition.ts";
import { type Canvases, equip, type Instance, mountCanvases } from "./instance.ts";
import type { FrameWorld } from "./world.ts";

/** How a page is opened. */
export interface PageOptions {
  /** What its onLoad is given. */
  query?: Record<string, string> | undefined;
  /** Its path in the package. */
  route?: string | undefined;
  /** Its canvases, mounted before it is loaded, and again whenever its data changes. */
  canvases?: Canvases;
}

/** An open page. */
export interface OpenPage {
  /** What its code sees as `this`; as a component argument it means the page's scope. */
  readonly instance: Instance;
  close(): void;
}

export function openPage(
  frame: FrameWorld,
  definition: Definition,
  { query = {}, route = "", canvases }: PageOptions = {},
): OpenPage {
  const { data: initial, ...members } = definition;
  const instance: object = {};
  const data: Record<string, unknown> = copyOf(initial ?? {});

  markAsPage(instance);
  const mount = () => mountCanvases(frame.mountCanvas, canvases, instance, data);
  equip(instance, data, frame, mount);
  Object.assign(instance, { route, options: query, ...members });
  const call = (name: string, ...args: unknown[]) => {
    const listener = (instance as Record<string, unknown>)[name];
    if (typeof listener === "function") listener.apply(instance, args);
  };

  mount();
  frame.pages.push(instance);
  call("onLoad", query);
  call("onShow");
  call("onReady");
  return {
    instance,
    close() {
      const place = frame.pages.indexOf(instance);
      if (place < 0) return;
      frame.pages.splice(place, 1);
      call("onUnload");
    },
  };
}
