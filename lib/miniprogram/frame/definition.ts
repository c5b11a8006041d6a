// What Component and Behavior are given, made one: behaviors come before what uses them.
import { copyOf, type Observer, parseObservers } from "./data.ts";

type Functions = Record<string, (...args: never[]) => unknown>;

/** What a mini-program passes to `Component`, `Behavior`, `Page` and `App`. */
// biome-ignore lint/suspicious/noExplicitAny: it is whatever the code wrote
export type Definition = Record<string, any>;

/** A property: what it is when nothing is given, and its own observer. */
export interface Property {
  /** The name of the type. */
  type: string;
  value: unknown;
  observer: unknown;
}

/** A component with its behaviors mixed in. */
export interface Merged {
  properties: Record<string, Property>;
  data: Record<string, unknown>;
  methods: Functions;
  observers: Observer[];
  /** Of one name, those of behaviors are called first. */
  lifetimes: Record<string, ((...args: never[]) => unknown)[]>;
  behaviors: Set<Definition>;
  export: (() => unknown) | undefined;
}

const LIFETIMES = ["created", "attached", "ready", "moved", "detached", "error"];

export function mergeDefinition(definition: Definition): Merged {
  const merged: Merged = {
    properties: {},
    data: {},
    methods: {},
    observers: [],
    lifetimes: {},
    behaviors: new Set(),
    export: undefined,
  };
  mixIn(merged, definition);
  return merged;
}

function mixIn(merged: Merged, definition: Definition): void {
  for (const behavior of definition.behaviors ?? []) {
    // Built-in behaviors are named by strings: wx://form-field.
    if (typeof behavior !== "object" || behavior === null || merged.behaviors.has(behavior))
      continue;
    merged.behaviors.add(behavior);
    mixIn(merged, behavior);
  }
  for (const [name, property] of Object.entries(definition.properties ?? {})) {
    merged.properties[name] = asProperty(property);
  }
  Object.assign(merged.data, copyOf(definition.data ?? {}));
  Object.assign(merged.methods, definition.methods);
  merged.observers.push(...parseObservers(definition.observers));
  for (const name of LIFETIMES) {
    const lifetime = definition.lifetimes?.[name] ?? definition[name];
    if (typeof lifetime !== "function") continue;
    merged.lifetimes[name] = [...(merged.lifetimes[name] ?? []), lifetime];
  }
  if (typeof definition.export === "function") merged.export = definition.export;
}

/** https://developers.weixin.qq.com/miniprogram/dev/reference/api/Component.html */
const BLANKS: Record<string, () => unknown> = {
  String: () => "",
  Number: () => 0,
  Boolean: () => false,
  Array: () => [],
};

function asProperty(property: unknown): Property {
  const isShort = typeof property !== "object" || property === null;
  const { type, value, observer } = (isShort ? { type: property } : property) as {
    type?: unknown;
    value?: unknown;
    observer?: unknown;
  };
  // Old code names types by strings.
  const name = typeof type === "function" ? type.name : String(type);
  const blank = (Object.hasOwn(BLANKS, name) ? BLANKS[name]?.() : undefined) ?? null;
  return { type: name, value: value === undefined ? blank : value, observer };
}
