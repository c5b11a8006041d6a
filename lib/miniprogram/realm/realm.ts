// Creates a JavaScript realm: changes that its code makes to built-in prototypes stay in it.
import { isDate, isPromise, isTypedArray } from "node:util/types";
import { createContext, Script } from "node:vm";
import { BUILT_INS, EXCHANGED } from "./built-ins.ts";

/** A realm. It separates programs against accidents; it is not a sandbox. */
export interface Realm {
  /** Its global object, for reading. */
  readonly global: Record<string, unknown>;
  /** Its built-in classes, by name. */
  readonly classes: Readonly<Record<string, Class>>;
  /** Adds global names. */
  define(values: object): void;
  /** Runs a script of {@link functionOf} and returns its function. */
  run(script: Script): (...args: unknown[]) => unknown;
  /**
   * Converts data and functions of the library to the realm's own; objects of classes stay as they
   * are.
   */
  own(value: unknown): unknown;
  /**
   * An empty object of the realm for many members, in V8's dictionary mode. Each realm has hidden
   * classes of its own, and making them takes 2.5 µs for each member that is added to an ordinary
   * object; reading a member of a dictionary takes 6 ns longer.
   */
  dictionary(): Record<string, unknown>;
  /** Stops all callbacks and promise results of the library to the realm's code. */
  end(): void;
}

/** Objects with more members than this are copied to dictionaries. */
const MANY = 32;

const VALUES = new Script(`[globalThis, { Promise, ${BUILT_INS} }]`);
/** A promise that never settles, for code of a realm that has ended. */
const never = () => new Promise<never>(() => {});

export type Class = new (...args: unknown[]) => object;

export function createRealm(): Realm {
  const context = createContext();
  const [global, values] = VALUES.runInContext(context) as [
    Record<string, unknown>,
    Record<string, unknown>,
  ];
  const classes = { ...values } as Record<(typeof EXCHANGED)[number], Class>;
  for (const name of EXCHANGED) answerForBoth(classes[name], globalThis[name] as Class);

  const wrapped = new WeakMap<object, object>();
  let hasEnded = false;

  function dictionary(): Record<string, unknown> {
    return Object.setPrototypeOf(Object.create(null), classes.Object.prototype);
  }

  function own(value: unknown): unknown {
    if (typeof value === "function") return bridged(value as Callback);
    if (typeof value !== "object" || value === null) return value;
    const known = wrapped.get(value);
    if (known) return known;
    if (isPromise(value)) return ownPromise(value);
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Array.prototype) return ownMembers(value, new classes.Array());
    if (prototype === Object.prototype || prototype === null) {
      const isLarge = Object.keys(value).length > MANY;
      return ownMembers(value, isLarge ? dictionary() : new classes.Object());
    }
    if (isTypedArray(value)) {
      // A Buffer becomes a Uint8Array. The test leaves arrays of the realm itself as they are.
      const name = value[Symbol.toStringTag] as "Uint8Array";
      return value instanceof globalThis[name] ? new classes[name](value) : value;
    }
    if (prototype === ArrayBuffer.prototype) {
      return (new classes.Uint8Array(new Uint8Array(value as ArrayBuffer)) as Uint8Array).buffer;
    }
    if (isDate(value) && prototype === Date.prototype) return new classes.Date(value.getTime());
    return value;
  }

  function ownMembers(value: object, copy: object): object {
    // Stored before its members are copied: one of them may be the object itself.
    wrapped.set(value, copy);
    let hasFunction = false;
    for (const [name, member] of Object.entries(value)) {
      hasFunction ||= typeof member === "function";
      (copy as Record<string, unknown>)[name] = own(member);
    }
    // Plain data is copied anew each time; an object with functions, such as a query, keeps one
    // copy.
    if (!hasFunction) wrapped.delete(value);
    return copy;
  }

  /**
   * A promise with converted results. It keeps the members of a task, and its rejection can be
   * unhandled.
   */
  function ownPromise(promise: Promise<unknown>): unknown {
    const members = Object.entries(promise).map(([name, member]) => [name, own(member)]);
    const answer = promise.then(
      (value) => (hasEnded ? never() : own(value)),
      (error) => (hasEnded ? never() : Promise.reject(error)),
    );
    return Object.assign(answer, Object.fromEntries(members));
  }

  function bridged(call: Callback): object {
    const known = wrapped.get(call);
    if (known) return known;
    const bridge = function (this: unknown, ...args: unknown[]) {
      return own(Reflect.apply(call, this, args.map(outgoing)));
    };
    wrapped.set(call, bridge);
    wrapped.set(bridge, bridge);
    return bridge;
  }

  /**
   * Converts an argument of a call into the library, so that callbacks get the realm's own values.
   */
  function outgoing(arg: unknown): unknown {
    if (typeof arg === "function") return listening(arg as Callback);
    // The global object is `this` in a plain function of sloppy code.
    if (arg === global) return undefined;
    if (typeof arg !== "object" || arg === null) return arg;
    const given = arg as Record<string, unknown>;
    let copy: Record<string, unknown> | undefined;
    for (const name of ["success", "fail", "complete"]) {
      try {
        const callback = given[name];
        if (typeof callback !== "function") continue;
        copy ??= { ...given };
        const listen = listening(callback as Callback);
        copy[name] = (result: unknown) => Reflect.apply(listen, given, [result]);
      } catch {
        // A getter threw: the library reads the option again, and reports the error.
      }
    }
    return copy ?? arg;
  }

  function listening(callback: Callback): Callback {
    return function (this: unknown, ...args) {
      return hasEnded ? undefined : Reflect.apply(callback, this, args.map(own));
    };
  }

  function define(given: object): void {
    // Assigned to the context object: the interceptors of the global object make each assignment
    // slow.
    Object.assign(context, given);
    for (const [name, value] of Object.entries(given)) {
      if (Object.hasOwn(values, name)) values[name] = value;
    }
  }
  define({ global });
  return {
    global,
    define,
    classes,
    run: (script) => script.runInContext(context)(...BUILT_INS.map((name) => values[name])),
    own,
    dictionary,
    end() {
      hasEnded = true;
    },
  };
}

/**
 * Converts data of a realm to the library's own; functions and objects of classes stay as they are.
 */
export function copyOut(value: unknown, copies: Map<unknown, unknown> = new Map()): unknown {
  if (typeof value !== "object" || value === null || !isData(value)) return value;
  if (copies.has(value)) return copies.get(value);
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [] : {};
  copies.set(value, copy);
  for (const [name, member] of Object.entries(value)) {
    (copy as Record<string, unknown>)[name] = copyOut(member, copies);
  }
  return copy;
}

/** Whether the value is an array or a plain object. */
export function isData(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

type Callback = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Makes `value instanceof Class` in the realm true for the library's objects of that class, too.
 */
function answerForBoth(inner: Class, outer: Class): void {
  const ordinary = Function.prototype[Symbol.hasInstance];
  Object.defineProperty(inner, Symbol.hasInstance, {
    value(this: unknown, value: unknown) {
      return ordinary.call(this, value) || (this === inner && value instanceof outer);
    },
    configurable: true,
  });
}
