// Opens a page of a project, and implements the functions of `Page`.
import type { Canvas } from "../../engine/engine.ts";
import { CanvasError, invalid, withApiNameSync } from "../../errors.ts";
import { canvasToTempFilePath } from "../../export/canvas-to-temp-file-path.ts";
import type { HostContext } from "../../host-context.ts";
import { dispose } from "../../known-symbols.ts";
import { withApiName } from "../../settle.ts";
import { dispatch } from "../framework/events.ts";
import type { ComponentNode } from "../framework/glass-easel.ts";
import { descendants } from "../framework/tree.ts";
import type { Instance } from "../instance.ts";
import { copyOut } from "../realm/realm.ts";
import type { Runtime } from "../runtime.ts";
import { sourceError } from "../source-error.ts";
import type { Styler } from "../styles/styler.ts";
import { createPageCanvases, type PageCanvases, type Sizes } from "./canvases.ts";
import { createEventChannel } from "./event-channel.ts";
import { createEvents } from "./events.ts";
import { find, requireNode } from "./find.ts";
import { firstRender, isIdle, until, type WaitOptions } from "./idle.ts";
import { createPageImages } from "./images.ts";
import { createLifecycle } from "./lifecycle.ts";
import type { Page } from "./page.ts";
import { type ExportedPicture, pictureAt } from "./pictures.ts";
import type { PageRecord } from "./record.ts";

/** What a page is made of. */
export interface PageParts {
  host: HostContext;
  runtime: Runtime;
  styler: Styler;
  component: ComponentNode;
  /** The tab bar of the mini-program's own, which is attached before the page. */
  tabBar: ComponentNode | undefined;
  path: string;
  query: object;
  sizes: Sizes;
  record: PageRecord;
  /** Called when the page is closed. */
  closed(): void;
}

/** The parts of an open page that its project works with. */
export interface Opened {
  page: Page;
  root: ComponentNode;
  tabBar: ComponentNode | undefined;
  canvases: PageCanvases;
  record: PageRecord;
  styler: Styler;
}

/** Opens the page. If its code throws, the page is closed and the error thrown. */
export async function openPage(parts: PageParts, opened: (opened: Opened) => void): Promise<Page> {
  const { host, runtime, styler, component, tabBar, path, query, sizes, record } = parts;
  const { framework, realm } = runtime;
  const instance = component.getMethodCaller() as Instance;
  const events = createEvents();
  const life = createLifecycle(framework, component);
  const canvases = createPageCanvases(host, component, styler, sizes, (message) =>
    record.warn("canvas", message),
  );
  const images = createPageImages(host, (message) => record.warn("image", message));
  const leaveRegistry = host.registry.openPage(instance);
  let isClosed = false;
  let isReadying = false;
  let isOpening = true;

  function syncNodes(): void {
    const nodes = descendants(component);
    canvases.sync(nodes, isOpening);
    images.sync(nodes);
  }

  function sync(): void {
    if (isClosed) return;
    syncNodes();
    if (isReadying) return;
    isReadying = true;
    runtime.later(() => {
      isReadying = false;
      framework.attempt(life.ready);
    });
  }

  function assertOpen(): void {
    if (runtime.isDisposed) throw new CanvasError("DISPOSED", "the mini-program has been disposed");
    if (isClosed) throw new CanvasError("DISPOSED", `the page ${path} has been closed`);
  }

  const pending = () => host.pending() + runtime.pending();

  async function idle(options?: WaitOptions): Promise<void> {
    const look = () => {
      assertOpen();
      return isIdle(pending);
    };
    await until("idle", look, options);
  }

  async function exportCanvas(selector: string, options: object = {}): Promise<ExportedPicture> {
    const entry = canvases.entryOf(requireNode(component, selector));
    if (!entry) throw invalid("selector", "the selector of a canvas", selector);
    const { tempFilePath } = await host.track(() =>
      canvasToTempFilePath(host, { ...options, canvas: entry.canvas }, undefined),
    );
    return (await pictureAt(host, tempFilePath)) as ExportedPicture;
  }

  /** The paths of the pictures; without any, those that come after a second or more. */
  async function takePaths(): Promise<string[]> {
    const paths = record.takePictures();
    const { timers } = runtime;
    if (paths.length > 0 || !timers.isLate()) return paths;
    const look = () => {
      assertOpen();
      return !timers.isLate() || undefined;
    };
    await until("its timers", look);
    await idle();
    return record.takePictures();
  }

  async function exported(): Promise<ExportedPicture[]> {
    const pictures = new Map<string, ExportedPicture>();
    for (const path of await takePaths()) {
      const picture = await pictureAt(host, path);
      const key = picture && (await host.paths.readable(path));
      if (key !== undefined && !pictures.has(key)) pictures.set(key, picture as ExportedPicture);
    }
    return [...pictures.values()];
  }

  function close(): void {
    if (isClosed) return;
    try {
      framework.attempt(() => {
        life.close();
        if (tabBar) framework.detach(tabBar);
      });
    } catch (error) {
      throw sourceError(error).named("close");
    } finally {
      isClosed = true;
      canvases.unmount();
      images.stop();
      leaveRegistry();
      runtime.pages.splice(runtime.pages.indexOf(instance), 1);
      parts.closed();
    }
  }

  const page: Page = {
    instance,
    get data() {
      return copyOut(instance.data) as Record<string, unknown>;
    },
    path,
    warnings: record.warnings,
    select: (selector) =>
      withApiNameSync("select", () => {
        const node = find(component, selector);
        if (!node) return null;
        const selected = node.asGeneralComponent();
        if (!selected) return (canvases.entryOf(node)?.canvas ?? null) as Canvas | null;
        return exposed(selected, instance);
      }),
    trigger: (selector, type, detail = {}) =>
      withApiNameSync("trigger", () => {
        assertOpen();
        const node = requireNode(component, selector);
        try {
          framework.attempt(() => dispatch(node, type, realm.own(detail)));
        } catch (error) {
          throw sourceError(error);
        }
      }),
    waitFor: (what, options) =>
      withApiName("waitFor", async () => {
        if (what === "idle") return idle(options);
        if (typeof what === "function") {
          return until(
            "what the function waits for",
            async () => {
              assertOpen();
              return (await what(page)) || undefined;
            },
            options,
          );
        }
        if (typeof what !== "string") throw invalid("what", 'an event, a function or "idle"', what);
        const look = () => {
          const came = events.take(what);
          if (!came) assertOpen();
          return came;
        };
        const [detail] = await until(`the event ${JSON.stringify(what)}`, look, options);
        return copyOut(detail);
      }),
    export: ((selector?: string, options?: object) =>
      withApiName("export", async () => {
        await idle();
        return selector === undefined ? exported() : exportCanvas(selector, options);
      })) as Page["export"],
    close,
    [dispose]: close,
  };

  opened({ page, root: component, tabBar, canvases, record, styler });
  runtime.pages.push(instance);
  const channel = createEventChannel();
  Object.assign(instance, {
    route: path,
    options: query,
    __route__: path,
    getOpenerEventChannel: () => channel,
  });
  runtime.watch(component, {
    updated: sync,
    triggered: (_, name, detail) => events.came(name, detail),
  });
  try {
    framework.attempt(() => {
      syncNodes();
      if (tabBar) framework.attach(tabBar);
      life.load(query);
    });
    await firstRender(runtime.timers);
    assertOpen();
    framework.attempt(() => {
      tabBar?.triggerLifetime("ready", []);
      life.rendered();
      isOpening = false;
      if (canvases.isIncomplete) syncNodes();
    });
  } catch (error) {
    try {
      close();
    } catch {
      // A page that cannot be opened may not be able to close either; the first error counts.
    }
    throw error;
  }
  return page;
}

/** The result of the owner's `selectComponent`: the instance, or what the component exports. */
function exposed(component: ComponentNode, instance: Instance): unknown {
  const selected = component.getMethodCaller() as { _$export?(source: unknown): unknown };
  return selected._$export?.(instance) ?? selected;
}
