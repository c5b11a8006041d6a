// Finds the canvas that a name means: per component instance, or for the page.
import type { Canvas } from "../engine/engine.ts";
import { CanvasError, invalid, show } from "../errors.ts";
import type { Size } from "../limits.ts";
import { identified } from "./component-ids.ts";
import type { CanvasQueue } from "./queue.ts";

/** A canvas as an export, a drawing context or a query finds it. */
export interface CanvasEntry {
  readonly canvas: Canvas;
  /** The name that the legacy functions find it by; a 2D node has none. */
  readonly canvasId?: string | undefined;
  /** What the page shows of it, when it was mounted. */
  readonly element?: MountedElement | undefined;
  /** Its size in logical pixels, now; backing size ÷ logical size is its own ratio. */
  logicalSize(): Size;
  /** Its queue: draws, exports, reads of pixels and new sizes, in the order they were asked for. */
  readonly enqueue: CanvasQueue;
  /** Gives up its pixels; absent when they are not the host's to give up. */
  release?(): void;
}

/** Its own pixels per logical pixel, now, in both directions. */
export function ratioOf({ canvas, logicalSize }: CanvasEntry): { x: number; y: number } {
  const logical = logicalSize();
  return { x: canvas.width / logical.width, y: canvas.height / logical.height };
}

/** What a selector finds a mounted canvas by, and where it stands. */
export interface MountedElement {
  id: string | undefined;
  className: string | undefined;
  type: "2d" | undefined;
  left: number;
  top: number;
}

/** The canvases of one host, by name and by themselves. */
export interface Registry {
  /** Puts the canvas into a scope; throws INVALID when its canvasId is taken there. */
  add(entry: CanvasEntry, component: object | undefined): void;
  /**
   * The canvas of that name in that scope. For an open page: one of its own, or else of the host.
   * Without a component: one of the host, or else of the open pages, the newest page first.
   */
  find(canvasId: string, component: object | undefined): CanvasEntry | undefined;
  /** Everything in that scope, in the order it was added. */
  all(component: object | undefined): Iterable<CanvasEntry>;
  /** Everything on the page and in all components. */
  everywhere(): CanvasEntry[];
  /** Adds a canvas without a place and a name, such as an offscreen one, while others hold it. */
  addUnnamed(entry: CanvasEntry): void;
  /** The entry of a canvas that this host knows, under any name. */
  entryOf(canvas: Canvas): CanvasEntry | undefined;
  /** Takes it out of its scope and gives up its pixels. */
  remove(entry: CanvasEntry, component: object | undefined): void;
  /**
   * Opens a page, whose instance is a scope like that of a component; returns a function that
   * closes it.
   */
  openPage(instance: object): () => void;
  /** Removes every canvas, those of components too. */
  clear(): void;
}

/** Makes a registry that calls `known` with each canvas that is added. */
export function createRegistry(known: (canvas: Canvas) => void): Registry {
  const page = createScope();
  const components = new WeakMap<object, Scope>();
  const byCanvas = new WeakMap<Canvas, CanvasEntry>();
  const openPages: object[] = [];
  // Neither keeps a component alive: its canvases go when it is collected.
  const scopes = new Set<WeakRef<Scope>>();
  const garbage = new FinalizationRegistry<WeakRef<Scope>>((ref) => scopes.delete(ref));

  const scopeOf = (component: object | undefined) =>
    component === undefined ? page : components.get(component);

  const allScopes = (): Scope[] => [page, ...[...scopes].flatMap((ref) => ref.deref() ?? [])];

  function addScope(component: object): Scope {
    const scope = createScope();
    const ref = new WeakRef(scope);
    components.set(component, scope);
    scopes.add(ref);
    garbage.register(scope, ref);
    return scope;
  }

  function removeFrom(scope: Scope | undefined, entry: CanvasEntry) {
    if (!scope?.entries.delete(entry)) return;
    if (entry.canvasId !== undefined) scope.names.delete(entry.canvasId);
    if (byCanvas.get(entry.canvas) === entry) byCanvas.delete(entry.canvas);
    if (entry.release) entry.enqueue(entry.release);
  }

  return {
    add(entry, component) {
      const scope = scopeOf(component) ?? addScope(component as object);
      const { canvasId } = entry;
      if (canvasId !== undefined) {
        if (scope.names.has(canvasId)) {
          const where = component === undefined ? "on the page" : "in this component";
          throw new CanvasError("INVALID", `canvasId: ${show(canvasId)} is already taken ${where}`);
        }
        scope.names.set(canvasId, entry);
      }
      scope.entries.add(entry);
      byCanvas.set(entry.canvas, entry);
      known(entry.canvas);
    },
    find(canvasId, component) {
      const found = scopeOf(component)?.names.get(canvasId);
      if (found) return found;
      if (component !== undefined) {
        return openPages.includes(component) ? page.names.get(canvasId) : undefined;
      }
      for (const opened of openPages.toReversed()) {
        const shown = scopeOf(opened)?.names.get(canvasId);
        if (shown) return shown;
      }
      return undefined;
    },
    all: (component) => scopeOf(component)?.entries ?? [],
    everywhere: () => allScopes().flatMap(({ entries }) => [...entries]),
    addUnnamed(entry) {
      byCanvas.set(entry.canvas, entry);
      known(entry.canvas);
    },
    entryOf: (canvas) => byCanvas.get(canvas),
    remove: (entry, component) => removeFrom(scopeOf(component), entry),
    openPage(instance) {
      openPages.push(instance);
      return () => {
        const place = openPages.indexOf(instance);
        if (place >= 0) openPages.splice(place, 1);
      };
    },
    clear() {
      for (const scope of allScopes()) {
        for (const entry of scope.entries) removeFrom(scope, entry);
      }
    },
  };
}

interface Scope {
  names: Map<string, CanvasEntry>;
  entries: Set<CanvasEntry>;
}

function createScope(): Scope {
  return { names: new Map(), entries: new Set() };
}

const pages = new WeakSet<object>();

/** Marks an instance of a page: from now on it means the page's scope. */
export function markAsPage(instance: object): void {
  pages.add(instance);
}

/**
 * The scope that a second argument means. The page is meant by any false value, as on a phone, by
 * an instance of a page, and by the global object, which is `this` in a function of sloppy code.
 */
export function asComponent(value: unknown): object | undefined {
  if (!value || value === globalThis) return undefined;
  if (typeof value !== "object" && typeof value !== "function") {
    throw invalid("component", "a component instance", value);
  }
  const instance = identified(value);
  return pages.has(instance) ? undefined : instance;
}

/** The canvas that the name means, or WeChat's failure for none. */
export function requireCanvas(
  registry: Registry,
  canvasId: unknown,
  component: object | undefined,
): CanvasEntry {
  const isName = typeof canvasId === "string";
  const entry = isName ? registry.find(canvasId, component) : undefined;
  if (entry) return entry;
  const hint = isName
    ? whyNone(registry, canvasId, component)
    : "neither canvasId nor canvas was given";
  throw new CanvasError("NOT_FOUND", "canvas is empty", { hint });
}

/** Says that no canvas has that name, and what usually was meant. */
function whyNone(registry: Registry, canvasId: string, component: object | undefined): string {
  const where = component ? "in this component" : "on the page";
  const none = `no canvas ${where} has the canvasId ${show(canvasId)}`;
  for (const { element, canvasId: other } of registry.everywhere()) {
    if (element?.type === "2d" && element.id === canvasId) {
      return `${none}: it is the id of a canvas of type "2d", whose node is passed as \`canvas\``;
    }
    if (other !== canvasId) continue;
    return component
      ? `${none}, but another scope has: host.markAsPage(object) says that an object is the page`
      : `${none}, but a component has: pass the component as the second argument`;
  }
  return none;
}

/** A canvasId as registering functions take it: any string. */
export function asCanvasId(value: unknown, expected = "a string"): string {
  if (typeof value === "string") return value;
  throw invalid("canvasId", expected, value);
}
