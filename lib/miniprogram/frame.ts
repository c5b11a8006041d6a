// The frame: runs mini-program files without WXML. The caller names each component's canvases.
import { resolve } from "node:path";
import * as z from "zod/mini";
import { markAsPage } from "../canvas/registry.ts";
import { CanvasError, invalid, show, withApiNameSync } from "../errors.ts";
import type { Host } from "../host.ts";
import { dispose } from "../known-symbols.ts";
import { lazily } from "../late.ts";
import { anObject, callback, checked, text } from "../option-parts.ts";
import type { Report } from "../settle.ts";
import { parse, type SchemaOf } from "../validate.ts";
import { createAnimation } from "./api/animation.ts";
import { intersectionObservers } from "./api/intersection.ts";
import type {
  Canvases,
  ComponentOptions,
  Frame,
  FrameOptions,
  MountedComponent,
  OpenPage,
  OpenPageOptions,
} from "./frame-types.ts";
import type { Definition } from "./framework/definition.ts";
import { plainEvent } from "./framework/events.ts";
import type { ComponentNode } from "./framework/glass-easel.ts";
import type { Instance } from "./instance.ts";
import { createEvents } from "./page/events.ts";
import { createLifecycle } from "./page/lifecycle.ts";
import { createRuntime } from "./runtime.ts";

/**
 * Makes a frame for your own trusted code: it is not a sandbox, and it reads no WXML. Name the
 * canvases that WXML would contain where you mount a page or component. For a project with WXML,
 * use {@link openMiniProgram}.
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
export function createFrame(host: Pick<Host, "wx" | "mountCanvas">, options?: FrameOptions): Frame {
  return withApiNameSync("createFrame", () => build(host, options));
}

const frameSchema = lazily(() =>
  z.object({
    root: z.optional(text()),
    globals: z._default(anObject<Record<string, unknown>>(), {}),
    onError: z.optional(callback<Report>()),
  } satisfies SchemaOf<FrameOptions>),
);

const componentSchema = lazily(() =>
  z.object({
    id: z._default(text(), ""),
    className: z._default(text(), ""),
    properties: z.optional(anObject<Record<string, unknown>>()),
    on: z._default(anObject<NonNullable<ComponentOptions["on"]>>(), {}),
    owner: z.optional(anObject()),
    canvases: canvasesPart(),
  } satisfies SchemaOf<ComponentOptions>),
);

const pageSchema = lazily(() =>
  z.object({
    query: z._default(anObject<Record<string, string>>(), {}),
    route: z._default(text(), ""),
    canvases: canvasesPart(),
  } satisfies SchemaOf<OpenPageOptions>),
);

function canvasesPart() {
  const areCanvases = (value: unknown) => typeof value === "function" || Array.isArray(value);
  return z.optional(checked<NonNullable<Canvases>>(areCanvases, "a list, or a function"));
}

function build(host: Pick<Host, "wx" | "mountCanvas">, options: FrameOptions | undefined): Frame {
  if (typeof host?.mountCanvas !== "function") throw invalid("host", "a host", host);
  const given = parse(frameSchema, options, { strict: "options" });
  const { root = process.cwd(), globals, onError } = given;
  const runtime = createRuntime({
    root: resolve(root),
    globals,
    report: onError,
  });
  const { framework, realm } = runtime;
  const createIntersectionObserver = intersectionObservers(host.wx);
  const wx = { createAnimation, createIntersectionObserver, ...host.wx };
  realm.define({ wx: realm.own(wx), ...globals });
  const paths = new WeakMap<Definition, string>();
  let defined = 0;

  /** The framework's path of a definition; the definition is registered on first use. */
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
    if (typeof given === "object" && given !== null) return given;
    const [what, api] = kind === "pages" ? ["page", "openPage"] : ["component", "mountComponent"];
    if (typeof given !== "string") throw invalid(what, "a definition or a path", given).named(api);
    const definition = runtime.run(given)[kind].at(-1);
    if (definition) return definition;
    throw new CanvasError("SOURCE", `${show(given)}: it defines none of the ${kind}`, { api });
  }

  /**
   * Mounts the canvases now and after each change of the data; existing ones are resized.
   */
  function mountCanvases(component: ComponentNode, instance: Instance, canvases: Canvases): void {
    const mount = () => {
      const list = typeof canvases === "function" ? canvases(instance.data) : (canvases ?? []);
      for (const canvas of list) host.mountCanvas({ ...canvas, component: instance });
    };
    mount();
    runtime.watch(component, { updated: mount });
  }

  function mountComponent(given: Definition | string, options?: ComponentOptions) {
    const { id, className, owner, on, properties, canvases } = withApiNameSync(
      "mountComponent",
      () => parse(componentSchema, options),
    );
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

  function openPage(given: Definition | string, options?: OpenPageOptions): OpenPage {
    const read = withApiNameSync("openPage", () => parse(pageSchema, options));
    const { query, route, canvases } = read;
    const path = register(given, "pages");
    return framework.attempt(() => {
      const component = framework.create(path);
      const instance = component.getMethodCaller() as Instance;
      const life = createLifecycle(framework, component);
      markAsPage(instance);
      Object.assign(instance, { route, options: query });
      mountCanvases(component, instance, canvases);
      runtime.pages.push(instance);
      life.load(realm.own(query) as object);
      life.rendered();
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
    [dispose]: runtime.dispose,
  };
}
