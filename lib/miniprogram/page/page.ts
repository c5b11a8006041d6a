// An open page of a project, and how it is driven.
import type { Canvas } from "../../engine.ts";
import { CanvasError, invalid, withApiNameSync } from "../../errors.ts";
import { canvasToTempFilePath } from "../../export/canvas-to-temp-file-path.ts";
import type { CanvasToTempFilePathOptions } from "../../export/options.ts";
import type { HostContext } from "../../host-context.ts";
import { withApiName } from "../../settle.ts";
import { dispatch } from "../framework/events.ts";
import type { ComponentNode } from "../framework/glass-easel.ts";
import type { Instance } from "../instance.ts";
import { copyOut } from "../realm/realm.ts";
import type { Runtime } from "../runtime.ts";
import type { Styler } from "../styles/styler.ts";
import { createPageCanvases, type PageCanvases, type Sizes } from "./canvases.ts";
import { createEvents } from "./events.ts";
import { find, requireNode } from "./find.ts";
import { isIdle, until, type WaitOptions } from "./idle.ts";
import { createLifecycle } from "./lifecycle.ts";
import { type ExportedPicture, pictureAt } from "./pictures.ts";
import type { PageRecord, PageWarning } from "./record.ts";

/** An open page of a mini-program's project. */
export interface Page extends Disposable {
  /** What its code sees as `this`; as a component argument it means the page's own canvases. */
  readonly instance: Instance;
  /** A copy of its data. */
  // biome-ignore lint/suspicious/noExplicitAny: it is whatever the page has
  readonly data: Record<string, any>;
  /** Its path in the package, without a query. */
  readonly path: string;
  /**
   * What its user would have seen, and what was left out of its pictures: toasts, modals, pictures
   * that could not be loaded, requests that were refused.
   */
  readonly warnings: readonly PageWarning[];
  /**
   * The first component or canvas that the selector means: an instance, or what it exports; a
   * canvas node, or the engine's canvas behind a legacy canvas. `null` where there is none.
   *
   * @param selector `#id`, `.class`, a tag; `.a .b`, `.a > .b`; `.a >>> .b` into components. `#name`
   * also means the canvas of that canvas-id
   */
  // biome-ignore lint/suspicious/noExplicitAny: it is whatever the component is
  select(selector: string): any;
  /**
   * Has an event come up on a node, as a finger would: bound handlers run, taps and touches bubble,
   * until one catches them. The fingers of touch events are in the detail: `{ touches: [{ x, y }] }`.
   *
   * @throws {CanvasError} `NOT_FOUND` when the selector means nothing; and what a handler throws
   * @example
   * page.trigger("#save", "tap");
   */
  trigger(selector: string, type: string, detail?: unknown): void;
  /**
   * Waits for an event that a component triggers, for a function to give something truthy, or for
   * `"idle"`: no draw, export, picture, request or timer below one second is pending. Of loops without
   * end, such as a chart's animation, only the first three seconds count.
   *
   * @returns the detail of the event, or what the function gave
   * @throws {CanvasError} `ABORTED` after the timeout, by default 30 seconds
   */
  // biome-ignore lint/suspicious/noExplicitAny: it is whatever the component tells
  waitFor(what: string | ((page: Page) => unknown), options?: WaitOptions): Promise<any>;
  /**
   * Waits for `"idle"`, then gives the pictures that the page has exported, saved or previewed since it
   * was opened or since this was last called: each once, the oldest first.
   *
   * @example
   * const [picture] = await page.export();
   */
  export(): Promise<ExportedPicture[]>;
  /** The same for a canvas that the page only draws: waits for `"idle"` and exports it. */
  export(
    selector: string,
    options?: Omit<CanvasToTempFilePathOptions, "canvas" | "canvasId">,
  ): Promise<ExportedPicture>;
  /** Takes the page off the screen, and its canvases with it. */
  close(): void;
}

/** What a page is made of. */
export interface PageParts {
  host: HostContext;
  runtime: Runtime;
  styler: Styler;
  component: ComponentNode;
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
  canvases: PageCanvases;
  record: PageRecord;
  styler: Styler;
}

/** Opens the page; what its code throws on the way is thrown, and leaves nothing behind. */
export function openPage(parts: PageParts, opened: (opened: Opened) => void): Page {
  const { host, runtime, styler, component, path, query, sizes, record } = parts;
  const { framework, realm } = runtime;
  const instance = component.getMethodCaller() as Instance;
  const events = createEvents();
  const life = createLifecycle(framework, component);
  const canvases = createPageCanvases(host, component, styler, sizes, (message) =>
    record.warn("canvas", message),
  );
  const leaveRegistry = host.registry.openPage(instance);
  let isClosed = false;
  let isReadying = false;
  let isOpening = true;

  function sync(): void {
    if (isClosed) return;
    canvases.sync(isOpening);
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

  async function exported(): Promise<ExportedPicture[]> {
    const pictures = new Map<string, ExportedPicture>();
    for (const path of record.takePictures()) {
      const picture = await pictureAt(host, path);
      const key = picture && (await host.paths.readable(path));
      if (key !== undefined && !pictures.has(key)) pictures.set(key, picture as ExportedPicture);
    }
    return [...pictures.values()];
  }

  function close(): void {
    if (isClosed) return;
    try {
      framework.attempt(life.close);
    } finally {
      isClosed = true;
      canvases.unmount();
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
        framework.attempt(() => dispatch(node, type, realm.own(detail)));
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
    [Symbol.dispose]: close,
  };

  opened({ page, root: component, canvases, record, styler });
  runtime.pages.push(instance);
  Object.assign(instance, { route: path, options: query, __route__: path });
  runtime.watch(component, {
    updated: sync,
    triggered: (_, name, detail) => events.came(name, detail),
  });
  try {
    framework.attempt(() => {
      canvases.sync(isOpening);
      life.open(query);
      isOpening = false;
      canvases.sync(isOpening);
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

/** What `selectComponent` of its owner gives: the instance, or what the component exports. */
function exposed(component: ComponentNode, instance: Instance): unknown {
  const selected = component.getMethodCaller() as { _$export?(source: unknown): unknown };
  return selected._$export?.(instance) ?? selected;
}
