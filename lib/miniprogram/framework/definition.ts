// Translates what mini-programs pass to Component, Page and Behavior for WeChat's framework.
import { type Class, isData } from "../realm/realm.ts";

/** What a mini-program passes to `Component`, `Behavior`, `Page` and `App`. */
// biome-ignore lint/suspicious/noExplicitAny: the code may write anything
export type Definition = Record<string, any>;

type Method = (this: Record<string, unknown>, ...args: unknown[]) => unknown;

/** What the translation needs from the realm and the framework. */
export interface Translation {
  /** The realm's classes, which are the types of properties. */
  classes: Readonly<Record<string, Class>>;
  /** The framework's behavior for an entry of `behaviors`; undefined for built-in ones. */
  behavior(given: unknown): object | undefined;
  /** Takes a result that is otherwise dropped, and reports its rejection if it is a promise. */
  watch(result: unknown): unknown;
}

const LIFETIMES = ["created", "attached", "ready", "moved", "detached", "error"];
const TYPES = ["String", "Number", "Boolean", "Object", "Array", "Function"];

/**
 * Translates a component's or behavior's definition: method names become functions, types the
 * realm's.
 */
export function translated(definition: Definition, translation: Translation): Definition {
  const { behaviors, properties, observers, lifetimes, pageLifetimes, methods } = definition;
  const kept = { ...definition };
  for (const name of LIFETIMES) delete kept[name];
  const named = (method: unknown): Method | undefined => asMethod(method, translation);
  const top = Object.fromEntries(LIFETIMES.map((name) => [name, definition[name]]));
  return {
    ...kept,
    ...(behaviors && { behaviors: listOf(behaviors).map(translation.behavior).filter(Boolean) }),
    ...(properties && {
      properties: entries(properties, (p, name) => property(name, p, translation)),
    }),
    ...(observers && !Array.isArray(observers) && { observers: entries(observers, named) }),
    ...(methods && { methods: entries(methods, (m) => (typeof m === "function" ? m : undefined)) }),
    lifetimes: entries({ ...top, ...lifetimes }, named),
    pageLifetimes: entries(pageLifetimes ?? {}, named),
  };
}

/**
 * A page's definition as a component's: functions become methods, other members fields.
 */
export function pageAsComponent(definition: Definition): {
  component: Definition;
  fields: Definition;
} {
  const { data, behaviors, options, ...members } = definition;
  const isMethod = ([, member]: [string, unknown]) => typeof member === "function";
  const all = Object.entries(members);
  return {
    component: {
      ...(data && { data }),
      ...(behaviors && { behaviors }),
      ...(options && { options }),
      ...(members.observers && { observers: members.observers }),
      methods: Object.fromEntries(all.filter(isMethod)),
    },
    fields: Object.fromEntries(all.filter((member) => !isMethod(member))),
  };
}

/** A copy of initial data, so that instances do not share it; functions and classes stay. */
export function copyOf<T>(value: T): T {
  if (typeof value !== "object" || value === null || !isData(value)) return value;
  if (Array.isArray(value)) return value.map(copyOf) as T;
  const copy = Object.create(Object.getPrototypeOf(value));
  for (const [name, member] of Object.entries(value)) copy[name] = copyOf(member);
  return copy;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A copy of the object with each member translated; members that become undefined are left out. */
function entries(
  object: object,
  translate: (member: unknown, name: string) => unknown,
): Record<string, unknown> {
  const all = Object.entries(object).map(([name, member]) => [name, translate(member, name)]);
  return Object.fromEntries(all.filter(([, member]) => member !== undefined));
}

/**
 * A method, given as a function or by its name.
 *
 * https://developers.weixin.qq.com/miniprogram/dev/framework/custom-component/component.html
 */
function asMethod(method: unknown, { watch }: Translation): Method | undefined {
  if (typeof method === "function") {
    return function (...args) {
      return watch(Reflect.apply(method, this, args));
    };
  }
  if (typeof method !== "string") return undefined;
  return function (...args) {
    const found = this[method];
    return typeof found === "function" ? watch(Reflect.apply(found, this, args)) : undefined;
  };
}

function property(name: string, given: unknown, translation: Translation): object {
  const isShort = typeof given !== "object" || given === null;
  const { type, optionalTypes, value, observer } = (
    isShort ? { type: given } : given
  ) as Definition;
  const call = asMethod(observer, translation);
  return {
    type: typeOf(type, translation),
    ...(Array.isArray(optionalTypes) && {
      optionalTypes: optionalTypes.map((one) => typeOf(one, translation)),
    }),
    ...(value !== undefined && { value: copyOf(value) }),
    ...(call && {
      observer(this: Record<string, unknown>, now: unknown, before: unknown) {
        call.call(this, now, before, [name]);
      },
    }),
  };
}

/**
 * The realm's constructor of a type. Definitions from another realm have its constructors; old code
 * has names.
 */
function typeOf(type: unknown, { classes }: Translation): unknown {
  const name = typeof type === "function" ? type.name : String(type);
  return TYPES.includes(name) ? classes[name] : null;
}
