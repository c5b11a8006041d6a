// Runs one mini-program: its realm, its modules, its app, and the framework of its pages.
import { performance } from "node:perf_hooks";
import { URL, URLSearchParams } from "node:url";
import { TextDecoder, TextEncoder } from "node:util";
import { type Report, reportCallbackError, reportUnhandled, runSafely } from "../settle.ts";
import { queueMicrotask, setImmediate } from "../timers.ts";
import { LAUNCH } from "./api/surroundings.ts";
import type { Aliases } from "./files/resolve.ts";
import { lookingOnce } from "./files/source.ts";
import type { Definition } from "./framework/definition.ts";
import { createFramework, type Framework } from "./framework/framework.ts";
import type { ComponentNode } from "./framework/glass-easel.ts";
import { prepareNext, takeRealm } from "./framework/prepared.ts";
import { hostOf } from "./framework/tree.ts";
import { instanceMembers } from "./page/members.ts";
import { createModules } from "./realm/modules.ts";
import type { Class, Realm } from "./realm/realm.ts";
import { reportRejections } from "./realm/rejections.ts";
import { createTimers, type Timers } from "./realm/timers.ts";
import { sourceError } from "./source-error.ts";

/** The result of running a file. */
export interface Ran {
  // biome-ignore lint/suspicious/noExplicitAny: the file may export anything
  exports: any;
  /** What it passed to `Component`. */
  components: Definition[];
  /** What it passed to `Page`. */
  pages: Definition[];
}

/** The callbacks of a page, or of a component with canvases. */
export interface Watcher {
  updated?(): void;
  triggered?(component: ComponentNode, name: string, detail: unknown): void;
}

export interface Runtime {
  readonly realm: Realm;
  readonly timers: Timers;
  readonly framework: Framework;
  /** The instances of the pages that are open, the newest last. */
  readonly pages: object[];
  run(path: string): Ran;
  readonly app: Definition;
  /** Calls the watcher for the component and all components below it. */
  watch(component: ComponentNode, watcher: Watcher): void;
  /** Runs the function soon, unless the mini-program has been disposed by then. */
  later(run: () => void): void;
  /** How many timers and callbacks of setData are pending. */
  pending(): number;
  readonly isDisposed: boolean;
  dispose(): void;
}

/** The options of a runtime. */
export interface RuntimeOptions {
  root: string;
  aliases?: Aliases;
  globals?: Record<string, unknown>;
  report: Report | undefined;
  /** The framework's path of a file, for components that are built step by step. */
  pathOf?: (file: string) => string;
  /** The custom tab bar of the page of a page or component. Default: none. */
  tabBarOf?: (instance: object) => object | null;
}

/** Globals that a new realm lacks, and that libraries expect of every JavaScript runtime. */
const SHARED = {
  console,
  performance,
  TextDecoder,
  TextEncoder,
  URL,
  URLSearchParams,
  // Global only: Node's modules do not export it, and some test environments lack it.
  atob: globalThis.atob,
  btoa: globalThis.btoa,
  structuredClone: globalThis.structuredClone,
};

export function createRuntime(options: RuntimeOptions): Runtime {
  const { root, aliases = [], globals = {}, report } = options;
  const { pathOf = (file) => file, tabBarOf = () => null } = options;
  const prepared = takeRealm();
  const { realm } = prepared;
  const timers = createTimers(report);
  const defined = new Map<string, Omit<Ran, "exports">>();
  const watchers = new WeakMap<ComponentNode, Watcher[]>();
  const pages: object[] = [];
  const plugins = new Map<string, object>();
  let app: Definition = realm.own({ globalData: {} }) as Definition;
  let soon = 0;
  let isDisposed = false;

  function later(run: () => void): void {
    setImmediate(() => {
      if (!isDisposed) runSafely(run, report);
    });
  }

  function rejected(error: unknown): void {
    if (isDisposed) return;
    if (report) reportCallbackError(error, report);
    else reportUnhandled(sourceError(error).named("Promise"));
  }
  reportRejections(realm.classes.Promise as Class, rejected);

  function* watching(component: ComponentNode): Generator<Watcher> {
    for (let at: ComponentNode | undefined = component; at; at = hostOf(at)) {
      yield* watchers.get(at) ?? [];
    }
  }

  const framework = createFramework(prepared, {
    updated(component) {
      for (const watcher of watching(component)) watcher.updated?.();
    },
    triggered(component, name, detail) {
      for (const watcher of watching(component)) watcher.triggered?.(component, name, detail);
    },
    members: instanceMembers({ wx: () => realm.global.wx as Definition, timers, tabBarOf }),
    later(run) {
      soon++;
      later(() => {
        soon--;
        run();
      });
    },
    report,
    rejected,
  });

  const define = (kind: "components" | "pages") => (definition?: Definition) => {
    const path = modules.running();
    if (definition === undefined) return framework.builder(pathOf(path));
    const definitions = defined.get(path) ?? { components: [], pages: [] };
    definitions[kind].push(definition);
    defined.set(path, definitions);
    return undefined;
  };

  realm.define({
    ...SHARED,
    queueMicrotask: (run: () => void) =>
      queueMicrotask(() => {
        if (!isDisposed) runSafely(run, report);
      }),
    Component: define("components"),
    Page: define("pages"),
    Behavior: framework.Behavior,
    App(definition: Definition) {
      app = definition;
      const launch = realm.own(LAUNCH);
      for (const name of ["onLaunch", "onShow"]) {
        if (typeof app[name] === "function") framework.watch(app[name](launch));
      }
    },
    getApp: () => app,
    getCurrentPages: () => realm.own([...pages]),
    // Plug-ins exist on WeChat's servers only. Most pages call what they get of them later, if ever.
    requirePlugin(name: string) {
      const plugin = plugins.get(name) ?? (realm.own({}) as object);
      plugins.set(name, plugin);
      return plugin;
    },
    ...timers.scope,
    ...globals,
  });
  const modules = createModules(realm, root, aliases);

  return {
    realm,
    timers,
    framework,
    pages,
    run(given) {
      const { path, exports } = lookingOnce(() => modules.load(given));
      return { exports, ...(defined.get(path) ?? { components: [], pages: [] }) };
    },
    get app() {
      return app;
    },
    watch(component, watcher) {
      watchers.set(component, [...(watchers.get(component) ?? []), watcher]);
    },
    later,
    pending: () => soon + timers.pending(),
    get isDisposed() {
      return isDisposed;
    },
    dispose() {
      isDisposed = true;
      timers.stop();
      realm.end();
      prepareNext();
    },
  };
}
