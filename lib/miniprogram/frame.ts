// The frame: runs mini-program files without WXML; whoever mounts a component names its canvases.
import { resolve } from "node:path";
import { markAsPage } from "../canvas/registry.ts";
import { CanvasError, show } from "../errors.ts";
import type { Host } from "../host.ts";
import type { MountOptions } from "../nodes/mount.ts";
import type { Report } from "../settle.ts";
import type { Definition } from "./framework/definition.ts";
import { type ComponentEvent, plainEvent } from "./framework/events.ts";
import type { ComponentNode } from "./framework/glass-easel.ts";
import type { Instance } from "./instance.ts";
import { createEvents } from "./page/events.ts";
import { createLifecycle } from "./page/lifecycle.ts";
import { createRuntime, type Ran } from "./runtime.ts";

/** Settings of a frame. */
export interface FrameOptions {
  /** The mini-program's package folder; the same as the host's. Default: the working directory. */
  root?: string | undefined;
  /** Further names that the files see, such as a stand-in for a plug-in. */
  globals?: Record<string, unknown> | undefined;
  /** Hears what code throws where nobody waits for it; without it, it is an uncaught error. */
  onError?: Report | undefined;
}

/** Runs the files of one mini-program, in a realm of its own. */
export interface Frame extends Disposable {
  /**
   * Runs a file, given by its path below the root, or an npm package, given by its name; a second
   * time, it gives the same.
   */
  run(path: string): Ran;
  /** Mounts a component: a definition, or the path of the file that defines it. */
  mountComponent(component: Definition | string, options?: ComponentOptions): MountedComponent;
  /** Opens a page: a definition, or the path of the file that defines it. */
  openPage(page: Definition | string, options?: OpenPageOptions): OpenPage;
  /** What `getApp` gives: what was passed to `App`, or `{ globalData: {} }`. */
  readonly app: Definition;
  /**
   * Stops the timers that the files have started: libraries draw in loops without end, which would
   * keep the process alive. Do it before the host is disposed.
   */
  dispose(): void;
}

/** A canvas in the WXML of a component or page. */
export type CanvasOfInstance = Omit<MountOptions, "component">;

/** The canvases of a component or page: always the same, or by its data. */
export type Canvases =
  | CanvasOfInstance[]
  // biome-ignore lint/suspicious/noExplicitAny: it is whatever the component has
  | ((data: Record<string, any>) => CanvasOfInstance[])
  | undefined;

/** What WXML says where it uses a component. */
export interface ComponentOptions {
  id?: string | undefined;
  className?: string | undefined;
  properties?: Record<string, unknown> | undefined;
  /** Handlers by the name of the event. */
  on?: Record<string, (event: ComponentEvent) => void> | undefined;
  /** The page or component that it is used in, whose selectComponent finds it. */
  owner?: object | undefined;
  /**
   * Its canvases, which are mounted before it is attached; as a function of its data they are mounted
   * again, in their new size, whenever the data changes.
   */
  canvases?: Canvases;
}

/** A mounted component. */
export interface MountedComponent {
  /** What its code sees as `this`. */
  readonly instance: Instance;
  /** Sets properties, as its owner does. */
  setProperties(properties: Record<string, unknown>): void;
  /**
   * Resolves to the detail of the next event of that name; events that came before, and that nobody
   * has waited for, count.
   */
  // biome-ignore lint/suspicious/noExplicitAny: it is whatever the component tells
  waitFor(event: string): Promise<any>;
  /** Takes it off the page. */
  detach(): void;
}

/** How a page of a frame is opened. */
export interface OpenPageOptions {
  /** What its onLoad is given. */
  query?: Record<string, string> | undefined;
  /** Its path in the package. */
  route?: string | undefined;
  /** Its canvases, mounted before it is loaded, and again whenever its data changes. */
  canvases?: Canvases;
}

/** An open page of a frame. */
export interface OpenPage {
  /** What its code sees as `this`; as a component argument it means the page's scope. */
  readonly instance: Instance;
  close(): void;
}

/**
 * Makes a frame for trusted code of one's own: it is no sandbox, and it knows no WXML. The canvases
 * that WXML would have are named where a page or component is mounted; for a project with WXML there
 * is {@link openMiniProgram}.
 *
 * @throws {CanvasError} `SOURCE` when the packages of WeChat's framework are missing
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
  const runtime = createRuntime({
    root: resolve(root),
    globals,
    report: onError,
    createSelectorQuery: (instance) =>
      (runtime.realm.global.wx as Definition).createSelectorQuery().in(instance),
  });
  const { framework, realm } = runtime;
  Object.assign(realm.global, { wx: realm.own(host.wx), ...globals });
  const paths = new WeakMap<Definition, string>();
  let defined = 0;

  /** The framework's path of a definition, which is registered when it is first used. */
  function register(given: Definition | string, kind: "components" | "pages"): string {
    const definition = definitionOf(given, kind);
    const known = paths.get(definition);
    if (known !== undefined) return known;
    const path = `${kind}/${++defined}`;
    framework.register(path, definition, kind);
    paths.set(definition, path);
    return path;
  }

  function definitionOf(given: Definition | string, kind: "components" | "pages"): Definition {
    if (typeof given !== "string") return given;
    const definition = runtime.run(given)[kind].at(-1);
    if (definition) return definition;
    const api = kind === "pages" ? "openPage" : "mountComponent";
    throw new CanvasError("SOURCE", `${show(given)}: it defines none of the ${kind}`, { api });
  }

  /** Mounts the canvases now and after each change of the data; what is there takes its new size. */
  function mountCanvases(component: ComponentNode, instance: Instance, canvases: Canvases): void {
    const mount = () => {
      const list = typeof canvases === "function" ? canvases(instance.data) : (canvases ?? []);
      for (const canvas of list) host.mountCanvas({ ...canvas, component: instance });
    };
    mount();
    runtime.watch(component, { updated: mount });
  }

  function mountComponent(given: Definition | string, options: ComponentOptions = {}) {
    const { id = "", className = "", owner, on = {}, properties, canvases } = options;
    const path = register(given, "components");
    const above = (owner as { _$?: ComponentNode } | undefined)?._$;
    const events = createEvents();
    return framework.attempt((): MountedComponent => {
      const component = framework.create(path, above);
      const instance = component.getMethodCaller() as Instance;
      component.id = id;
      component.setNodeClass(className);
      for (const [name, handler] of Object.entries(on)) {
        component.addListener(name, (event) => handler(plainEvent(event)));
      }
      runtime.watch(component, {
        triggered(from, name, detail) {
          if (from === component) events.came(name, detail);
        },
      });
      mountCanvases(component, instance, canvases);
      if (properties) framework.setProperties(component, properties);
      framework.attach(component, above);
      component.triggerLifetime("ready", []);
      return {
        instance,
        setProperties: (values) =>
          framework.attempt(() => framework.setProperties(component, values)),
        waitFor: events.waitFor,
        detach() {
          above?.getShadowRoot()?.removeChild(component);
          framework.attempt(() => framework.detach(component));
        },
      };
    });
  }

  function openPage(given: Definition | string, options: OpenPageOptions = {}): OpenPage {
    const { query = {}, route = "", canvases } = options;
    const path = register(given, "pages");
    return framework.attempt(() => {
      const component = framework.create(path);
      const instance = component.getMethodCaller() as Instance;
      const life = createLifecycle(framework, component);
      markAsPage(instance);
      Object.assign(instance, { route, options: query });
      mountCanvases(component, instance, canvases);
      runtime.pages.push(instance);
      life.open(realm.own(query) as object);
      return {
        instance,
        close() {
          const place = runtime.pages.indexOf(instance);
          if (place < 0) return;
          runtime.pages.splice(place, 1);
          framework.attempt(life.close);
        },
      };
    });
  }

  return {
    run: runtime.run,
    mountComponent,
    openPage,
    get app() {
      return runtime.app;
    },
    dispose: runtime.dispose,
    [Symbol.dispose]: runtime.dispose,
  };
}
