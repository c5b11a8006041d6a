// Evaluates WeChat's component framework, glass-easel and its adapter, in a realm.
import type { Script } from "node:vm";
import { readText } from "../files/source.ts";
import { frameworkFiles } from "../peers.ts";
import { functionOf } from "../realm/compile.ts";
import type { Realm } from "../realm/realm.ts";

/** A node of a page's tree: a component, a native node such as a canvas, a shadow root, a block. */
export interface TreeNode {
  /** The name of a native node, or the path of a component. */
  readonly is: string;
  /** The tag of a component in WXML. */
  readonly tagName?: string;
  id: string;
  class: string;
  readonly style: string;
  readonly dataset: Record<string, unknown>;
  readonly attributes: { name: string; value: unknown }[];
  readonly parentNode: TreeNode | null;
  readonly childNodes: TreeNode[];
  /** The tree of the component whose WXML contains it. */
  readonly ownerShadowRoot: ShadowRoot | null;
  /** The framework's own; no function of it says which events have listeners. */
  readonly _$eventTarget?: { listeners?: Record<string, unknown> | null };
  getComposedParent(): TreeNode | null;
  asNativeNode(): NativeNode | null;
  asGeneralComponent(): ComponentNode | null;
  collectMarks(): Record<string, unknown>;
  setNodeClass(names: string): void;
  addListener(name: string, listener: (event: TreeEvent) => void): void;
  triggerEvent(name: string, detail: unknown, options: object): void;
  appendChild(child: TreeNode): void;
  removeChild(child: TreeNode): void;
}

/** A node of WeChat's own, such as `<view>` or `<input>`. */
export interface NativeNode extends TreeNode {
  /** The functions that set the data of its two-way bindings, by their attributes. */
  getModelBindingListeners(): Record<string, (value: unknown) => void>;
}

/** The root of a component's own tree. */
export interface ShadowRoot extends TreeNode {
  getHostNode(): ComponentNode;
  createComponentByDef(tagName: string, definition: object): ComponentNode;
}

/** A component in the tree. */
export interface ComponentNode extends TreeNode {
  readonly tagName: string;
  getShadowRoot(): ShadowRoot | null;
  /** The `this` of its code. */
  getMethodCaller(): object;
  triggerLifetime(name: string, args: unknown[]): void;
  triggerPageLifetime(name: string, args: unknown[]): void;
  applyDataUpdates(): void;
  getExternalClasses(): Record<string, string[] | undefined>;
  destroyBackendElement(): void;
}

/** An event as listeners of the tree receive it. */
export interface TreeEvent {
  type: string;
  timeStamp: number;
  detail: unknown;
  mark: unknown;
  target: { id: string; dataset: object };
  currentTarget: { id: string; dataset: object };
  extraFields?: Record<string, unknown>;
}

/** Builds a component step by step. */
export interface Builder {
  definition(definition: object): Builder;
  init(run: (this: object) => void): Builder;
  register(): unknown;
}

/** Where the components of one mini-program are registered. */
export interface CodeSpace {
  component(path: string): Builder;
  behavior(): Builder;
  traitBehavior(): unknown;
  addComponentStaticConfig(path: string, config: object): void;
  addCompiledTemplate(path: string, template: object): void;
  getComponentSpace(): {
    updateComponentOptions(options: object): void;
    createComponentByUrl(
      tagName: string,
      url: string,
      generics: null,
      context: object,
    ): ComponentNode;
    getComponentByUrl(path: string, from: string): object;
  };
}

/** The used exports of the two packages. */
export interface GlassEasel {
  easel: {
    Component: {
      isComponent(node: unknown): node is ComponentNode;
      getDataProxy(node: ComponentNode): { replaceProperty(name: string, value: unknown): boolean };
      prototype: Record<string, (...args: unknown[]) => unknown>;
    };
    Element: {
      pretendAttached(node: TreeNode): void;
      pretendDetached(node: TreeNode): void;
      isAttached(node: TreeNode): boolean;
    };
    EmptyComposedBackendContext: new () => object;
    addGlobalErrorListener(listener: (error: unknown) => boolean): void;
    addGlobalWarningListener(listener: (message: string) => boolean): void;
  };
  adapter: {
    MiniProgramEnv: new () => {
      createCodeSpace(id: string, isMain: boolean): CodeSpace;
      associateBackend(context: object): unknown;
    };
    component: { ComponentCaller: { prototype: Record<string, unknown> } };
    behavior: { Behavior: new () => object };
  };
}

const PARAMETERS = { names: ["require", "exports", "process", "setTimeout", "console"] };

/** The scripts of both packages, compiled once in a process. */
let scripts: [easel: Script, adapter: Script] | undefined;

function compileFramework(): [easel: Script, adapter: Script] {
  const [easel, adapter] = frameworkFiles().map((path) =>
    functionOf(readText(path), path, PARAMETERS),
  );
  return [easel as Script, adapter as Script];
}

/** Evaluates both packages; `later` runs what they defer. */
export function evaluateGlassEasel(realm: Realm, later: (run: () => void) => void): GlassEasel {
  scripts ??= compileFramework();
  const [easel, adapter] = scripts;
  // In development mode, its checks and measurements take longer than its work.
  const production = { env: { NODE_ENV: "production" } };
  const evaluate = <Exports>(script: Script, require: (name: string) => unknown) => {
    const exports = realm.own({}) as Exports;
    realm.run(script)(require, exports, production, later, console);
    return exports;
  };
  const core = evaluate<GlassEasel["easel"]>(easel, () => undefined);
  return { easel: core, adapter: evaluate(adapter, () => core) };
}
