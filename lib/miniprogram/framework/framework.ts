// Runs a mini-program's pages and components on WeChat's component framework, in its realm.
import { identify } from "../../canvas/component-ids.ts";
import { type Report, reportCallbackError } from "../../settle.ts";
import {
  copyOf,
  type Definition,
  pageAsComponent,
  type Translation,
  translated,
} from "./definition.ts";
import { createDescriptors } from "./descriptor.ts";
import { type ComponentEvent, plainEvent } from "./events.ts";
import type { Builder, ComponentNode, ShadowRoot, TreeEvent, TreeNode } from "./glass-easel.ts";
import type { Prepared } from "./prepared.ts";

/** Functions that the framework calls while it runs. */
export interface FrameworkHooks {
  /** Called when data has changed, and with it perhaps the tree. */
  updated(component: ComponentNode): void;
  /** Called when a component has triggered an event. */
  triggered(component: ComponentNode, name: string, detail: unknown): void;
  /** Functions and values that every page and component has. */
  members: Record<string, unknown>;
  /** Runs the function soon, unless the mini-program has been disposed by then. */
  later(run: () => void): void;
  report: Report | undefined;
  /** Takes the rejection of a promise that the mini-program's code returned. */
  rejected: Report;
}

/** The files of a component besides the code with its definition. */
export interface ComponentFiles {
  /** Its .json, with the paths in `usingComponents` absolute. */
  config?: Record<string, unknown> | undefined;
  /** The value of its compiled WXML. */
  template?: { groups: Record<string, unknown>; content: unknown } | undefined;
}

export interface Framework {
  /** `Behavior` of mini-programs. */
  Behavior: (definition?: Definition) => unknown;
  /** Starts a component that is built step by step, as `Component()` without a definition does. */
  builder(path: string): Builder;
  /** Sets the files of a component, before it is registered. */
  prepare(path: string, files: ComponentFiles): void;
  register(path: string, definition: Definition, kind: "components" | "pages"): void;
  has(path: string): boolean;
  /** Creates a component, in the tree of its owner or on its own. */
  create(path: string, owner?: ComponentNode, url?: string): ComponentNode;
  /** Sets properties, as WXML does; unknown names are ignored. */
  setProperties(component: ComponentNode, properties: Record<string, unknown>): void;
  /** Attaches the component, which runs `attached`. */
  attach(component: ComponentNode, owner?: ComponentNode): void;
  detach(component: ComponentNode): void;
  isAttached(component: ComponentNode): boolean;
  /**
   * Runs the function; throws the first error that the mini-program's code has thrown meanwhile.
   */
  attempt<Result>(run: () => Result): Result;
  /**
   * Reports the rejection of a promise that the mini-program's code returned and the framework
   * drops.
   */
  watch(result: unknown): unknown;
  /** Calls a handler of WXML with the event as mini-programs see it. */
  callHandler(
    caller: object,
    event: TreeEvent,
    handler: (event: ComponentEvent) => unknown,
  ): unknown;
  /** The listener of WXS for the changes of a property, called as WeChat does. */
  changeListener(listener: ChangeListener): ChangeListener;
}

/** Takes the values, and the component and the node, or their descriptors. */
type ChangeListener = (now: unknown, before: unknown, ...nodes: never[]) => unknown;

type Callable = (
  this: { _$: ComponentNode } & Record<string, unknown>,
  ...args: unknown[]
) => unknown;

export function createFramework(prepared: Prepared, hooks: FrameworkHooks): Framework {
  const { realm, glassEasel } = prepared;
  const { easel, adapter } = glassEasel;
  prepared.later = hooks.later;
  const environment = new adapter.MiniProgramEnv();
  const space = environment.createCodeSpace("", true);
  const backend = Object.assign(new easel.EmptyComposedBackendContext(), {
    render: (done: (error: null) => void) => hooks.later(() => done(null)),
  });
  environment.associateBackend(backend);
  space.getComponentSpace().updateComponentOptions({
    // Properties may have the name of a member of the framework's node, such as `dataset`.
    writeFieldsToNode: false,
    // Handlers that the code assigns to its instance later, as uni-app does, are called.
    useMethodCallerListeners: true,
  });
  const registered = new Set<string>();
  const describe = createDescriptors(realm);

  let thrown: unknown[] | undefined;
  function failed(error: unknown): false {
    if (thrown) thrown.push(error);
    else reportCallbackError(error, hooks.report);
    return false;
  }
  easel.addGlobalErrorListener(failed);
  easel.addGlobalWarningListener(() => false);

  for (const name of ["setData", "applyDataUpdates", "groupUpdates"]) {
    const update = easel.Component.prototype[name] as (...args: unknown[]) => unknown;
    easel.Component.prototype[name] = function (this: unknown, ...args: unknown[]) {
      const result = Reflect.apply(update, this, args);
      callListeners();
      hooks.updated(this as ComponentNode);
      return result;
    };
  }
  const caller = adapter.component.ComponentCaller.prototype as Record<string, Callable>;
  const { triggerEvent } = caller as { triggerEvent: Callable };
  Object.assign(caller, {
    ...hooks.members,
    triggerEvent(this: { _$: ComponentNode }, name: string, detail: unknown, options = {}) {
      Reflect.apply(triggerEvent, this, [name, detail, options]);
      hooks.triggered(this._$, name, detail);
    },
  });

  function newComponent(path: string): Builder {
    return space.component(path).init(function () {
      identify(this);
    });
  }

  /** Calls of WXS listeners for nodes in trees that are being created. */
  let waiting: { node: TreeNode; call: () => unknown }[] = [];

  function callListeners(): void {
    const all = waiting;
    waiting = all.filter(({ node }) => !easel.Element.isAttached(node));
    for (const { node, call } of all) {
      try {
        if (easel.Element.isAttached(node)) call();
      } catch (error) {
        failed(error);
      }
    }
  }

  function watch(result: unknown): unknown {
    const then = (result as PromiseLike<unknown> | null | undefined)?.then;
    if (typeof then === "function") {
      Reflect.apply(then, result, [undefined, hooks.rejected]);
    }
    return result;
  }

  const translation: Translation = {
    classes: realm.classes,
    watch,
    behavior(given) {
      if (given instanceof adapter.behavior.Behavior) return given;
      // Built-in behaviors are named by strings: wx://form-field.
      if (typeof given !== "object" || given === null) return undefined;
      return behavior(given) as object;
    },
  };

  function behavior(definition?: Definition): unknown {
    if (definition === undefined) return space.behavior();
    return space.behavior().definition(translated(definition, translation)).register();
  }

  return {
    Behavior: Object.assign(behavior, {
      trait: (...args: []) => space.traitBehavior(...args),
    }),
    builder(path) {
      registered.add(path);
      return newComponent(path);
    },
    prepare(path, { config = {}, template }) {
      space.addComponentStaticConfig(path, config);
      if (!template) return;
      const { groups, content } = template;
      space.addCompiledTemplate(path, {
        groupList: groups,
        content,
        // Needed for handlers on native nodes to be called.
        fallbackListenerOnNativeNode: true,
      });
    },
    register(path, definition, kind) {
      const isPage = kind === "pages";
      const { component, fields } = isPage
        ? pageAsComponent(definition)
        : { component: definition, fields: {} };
      const builder = newComponent(path).definition(translated(component, translation));
      builder.init(function () {
        Object.assign(this, copyOf(fields));
      });
      builder.register();
      registered.add(path);
    },
    has: (path) => registered.has(path),
    create(path, owner, url = path) {
      const components = space.getComponentSpace();
      if (!owner) return components.createComponentByUrl("page", `/${url}`, null, backend);
      const definition = components.getComponentByUrl(`/${path}`, "");
      const tree = owner.getShadowRoot() as ShadowRoot;
      return tree.createComponentByDef("component", definition);
    },
    setProperties(component, properties) {
      const proxy = easel.Component.getDataProxy(component);
      for (const [name, value] of Object.entries(properties)) proxy.replaceProperty(name, value);
      component.applyDataUpdates();
    },
    attach(component, owner) {
      const tree = owner?.getShadowRoot();
      if (tree) tree.appendChild(component);
      else easel.Element.pretendAttached(component);
      callListeners();
      // The others have been removed before they were attached.
      waiting = [];
    },
    detach(component) {
      easel.Element.pretendDetached(component);
      component.destroyBackendElement();
    },
    isAttached: easel.Element.isAttached,
    attempt(run) {
      const outer = thrown;
      thrown = [];
      try {
        const result = run();
        if (thrown.length > 0) throw thrown[0];
        return result;
      } finally {
        thrown = outer;
      }
    },
    watch,
    callHandler(instance, event, handler) {
      const own = realm.own(plainEvent(event)) as object;
      // Handlers of WXS read it.
      const node = event.currentTarget as TreeNode;
      Object.defineProperty(own, "instance", { get: () => describe(node), configurable: true });
      const args = [own];
      // Handlers of WXS take the component, too.
      if (handler.length > 1) args.push(describe((instance as { _$: ComponentNode })._$));
      return watch(Reflect.apply(handler, instance, args));
    },
    changeListener:
      (listener) =>
      (now, before, ...nodes: TreeNode[]) => {
        const call = () => listener(now, before, ...(nodes.map(describe) as never[]));
        const [, node] = nodes;
        if (!node || easel.Element.isAttached(node)) return call();
        // It may select other nodes, which do not exist before the whole tree does.
        waiting.push({ node, call });
        return undefined;
      },
  };
}
