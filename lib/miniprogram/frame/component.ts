// A component's life: created, attached, ready; its properties, observers and events.
import { copyOf, getPath, parsePath, touches } from "./data.ts";
import { type Definition, mergeDefinition } from "./definition.ts";
import { type Canvases, type Child, equip, type Instance, mountCanvases } from "./instance.ts";
import type { FrameWorld } from "./world.ts";

/** What an event handler is called with. */
export interface ComponentEvent {
  type: string;
  // biome-ignore lint/suspicious/noExplicitAny: it is whatever the component tells
  detail: any;
  timeStamp: number;
  target: { id: string; dataset: object };
  currentTarget: { id: string; dataset: object };
}

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

export function mountComponent(
  frame: FrameWorld,
  definition: Definition,
  options: ComponentOptions = {},
): MountedComponent {
  const merged = mergeDefinition(definition);
  const { properties: declared, methods, observers, lifetimes } = merged;
  const { id = "", className = "", owner, on = {} } = options;
  const events = createEvents();
  const instance: object = {};

  const data: Record<string, unknown> = { ...merged.data };
  for (const [name, { value }] of Object.entries(declared)) data[name] = copyOf(value);

  const mount = () => mountCanvases(frame.mountCanvas, options.canvases, instance, data);

  function changed(before: Record<string, unknown>, paths: string[]) {
    mount();
    for (const { paths: watched, call } of observers) {
      if (!watched.some((one) => paths.some((path) => touches(one, path)))) continue;
      call.apply(
        instance,
        watched.map((one) => (one === "**" ? data : getPath(data, one.replace(/\.\*\*$/, "")))),
      );
    }
    for (const path of paths) {
      const name = String(parsePath(path)[0]);
      const own = Object.hasOwn(declared, name) ? declared[name]?.observer : undefined;
      const observer = typeof own === "string" ? methods[own] : own;
      if (typeof observer !== "function" || (before[name] === data[name] && path === name))
        continue;
      (observer as (...args: unknown[]) => void).call(instance, data[name], before[name], [name]);
    }
  }

  equip(instance, data, frame, changed);
  Object.assign(instance, {
    properties: data,
    is: "",
    id,
    dataset: {},
    triggerEvent(name: string, detail?: unknown) {
      const place = { id, dataset: {} };
      const event = { type: name, detail, timeStamp: Date.now(), target: place };
      on[name]?.({ ...event, currentTarget: place });
      events.tell(name, detail);
    },
    groupSetData: (run?: () => void) => run?.call(instance),
    hasBehavior: (behavior: Definition) => merged.behaviors.has(behavior),
    selectOwnerComponent: () => owner ?? null,
    ...methods,
  });

  const call = (name: string) => {
    for (const lifetime of lifetimes[name] ?? []) lifetime.call(instance as never);
  };
  const setProperties = (properties: Record<string, unknown>) => {
    const known = Object.entries(properties).filter(([name]) => Object.hasOwn(declared, name));
    instance.setData(
      Object.fromEntries(
        known.map(([name, value]) => [name, converted(declared[name]?.type, value)]),
      ),
    );
  };
  const child: Child = {
    id,
    className,
    exposed: () => (merged.export ? merged.export.call(instance) : instance),
  };

  mount();
  if (owner) frame.family.add(owner, child);
  call("created");
  if (options.properties) setProperties(options.properties);
  call("attached");
  call("ready");

  return {
    instance,
    setProperties,
    waitFor: events.waitFor,
    detach() {
      if (owner) frame.family.remove(owner, child);
      call("detached");
    },
  };
}

/** A value as the type of its property; what does not fit stays as it is. */
function converted(type: string | undefined, value: unknown): unknown {
  if (type === "String" && typeof value === "number") return String(value);
  if (type === "Number" && typeof value === "string" && value !== "") return Number(value);
  if (type === "Boolean" && typeof value !== "boolean") return Boolean(value);
  return value;
}

/** Events that came, and those who wait for them. */
function createEvents() {
  const came = new Map<string, unknown[]>();
  const waiting = new Map<string, ((detail: unknown) => void)[]>();
  return {
    tell(name: string, detail: unknown) {
      const hear = waiting.get(name)?.shift();
      if (hear) hear(detail);
      else came.set(name, [...(came.get(name) ?? []), detail]);
    },
    waitFor(name: string): Promise<unknown> {
      const details = came.get(name);
      if (details?.length) return Promise.resolve(details.shift());
      return new Promise((resolve) => {
        waiting.set(name, [...(waiting.get(name) ?? []), resolve]);
      });
    },
  };
}
