// The frame: runs mini-program files with wx, Page, Component and App in scope, and mounts them.
import { resolve } from "node:path";
import { CanvasError, show } from "../../errors.ts";
import type { Host } from "../../host.ts";
import type { Report } from "../../settle.ts";
import { type ComponentOptions, type MountedComponent, mountComponent } from "./component.ts";
import type { Definition } from "./definition.ts";
import { createFamily } from "./instance.ts";
import { createModules } from "./modules.ts";
import { type OpenPage, openPage, type PageOptions } from "./page.ts";
import { createTimers } from "./timers.ts";
import type { FrameWorld } from "./world.ts";

/** Settings of a frame. */
export interface FrameOptions {
  /** The mini-program's package folder; the same as the host's. Default: the working directory. */
  root?: string | undefined;
  /** Further names that the files see, such as a stand-in for a plug-in. */
  globals?: Record<string, unknown> | undefined;
  /** Hears what callbacks of setData throw; without it, it is an uncaught error. */
  onError?: Report | undefined;
}

/** What running a file gave. */
export interface Ran {
  // biome-ignore lint/suspicious/noExplicitAny: it is whatever the file exports
  exports: any;
  /** What it passed to `Component`. */
  components: Definition[];
  /** What it passed to `Page`. */
  pages: Definition[];
}

/** Runs the files of one mini-program. */
export interface Frame extends Disposable {
  /**
   * Runs a file, given by its path below the root, or an npm package, given by its name; a second
   * time, it gives the same.
   */
  run(path: string): Ran;
  /** Mounts a component: a definition, or the path of the file that defines it. */
  mountComponent(component: Definition | string, options?: ComponentOptions): MountedComponent;
  /** Opens a page: a definition, or the path of the file that defines it. */
  openPage(page: Definition | string, options?: PageOptions): OpenPage;
  /** What `getApp` gives: what was passed to `App`, or `{ globalData: {} }`. */
  readonly app: Definition;
  /**
   * Stops the timers that the files have started: libraries draw in loops without end, which would
   * keep the process alive. Do it before the host is disposed.
   */
  dispose(): void;
}

/**
 * Makes a frame for trusted code of one's own: it is no sandbox, and it renders no WXML. The
 * canvases that WXML would have are named where a page or component is mounted.
 *
 * @example
 * using frame = createFrame(host, { root: "./miniprogram" });
 * const { waitFor } = frame.mountComponent("components/painter/painter", {
 *   properties: { palette },
 *   canvases: [{ canvasId: "k-canvas", width: 375, height: 667 }],
 * });
 * const { path } = await waitFor("imgOK");
 */
export function createFrame(
  host: Pick<Host, "wx" | "mountCanvas">,
  { root = process.cwd(), globals = {}, onError }: FrameOptions = {},
): Frame {
  const frame: FrameWorld = {
    wx: host.wx,
    family: createFamily(),
    pages: [],
    report: onError,
    mountCanvas: host.mountCanvas,
  };
  const timers = createTimers();
  const defined = new Map<string, Omit<Ran, "exports">>();
  let app: Definition = { globalData: {} };

  const define = (kind: "components" | "pages") => (definition: Definition) => {
    const path = modules.running();
    const definitions = defined.get(path) ?? { components: [], pages: [] };
    definitions[kind].push(definition);
    defined.set(path, definitions);
  };

  const scope = {
    wx: host.wx,
    Component: define("components"),
    Page: define("pages"),
    Behavior: (definition: Definition) => definition,
    App(definition: Definition) {
      app = definition;
      if (typeof app.onLaunch === "function") app.onLaunch({ path: "", query: {}, scene: 1001 });
    },
    getApp: () => app,
    getCurrentPages: () => [...frame.pages],
    ...timers.scope,
    ...globals,
  };
  const modules = createModules(resolve(root), scope);

  function run(given: string): Ran {
    const { path, exports } = modules.load(given);
    return { exports, ...(defined.get(path) ?? { components: [], pages: [] }) };
  }

  function definitionOf(given: Definition | string, kind: "components" | "pages"): Definition {
    if (typeof given !== "string") return given;
    const definition = run(given)[kind].at(-1);
    if (definition) return definition;
    const api = kind === "pages" ? "openPage" : "mountComponent";
    throw new CanvasError("SOURCE", `${show(given)}: it defines none of the ${kind}`, { api });
  }

  return {
    run,
    mountComponent: (component, options) =>
      mountComponent(frame, definitionOf(component, "components"), options),
    openPage: (page, options) => openPage(frame, definitionOf(page, "pages"), options),
    get app() {
      return app;
    },
    dispose: timers.stop,
    [Symbol.dispose]: timers.stop,
  };
}
