// A JavaScript realm of its own: what its code does to built-in prototypes stays in it.
import { isDate, isPromise, isTypedArray } from "node:util/types";
import { createContext, Script } from "node:vm";

/** A realm. It keeps accidents apart; it is not a sandbox. */
export interface Realm {
  /** Its global object, to be read. */
  readonly global: Record<string, unknown>;
  /** Gives it further global names. */
  define(values: object): void;
  run(script: Script): unknown;
  /** Data and functions of the library as the realm's own; what has a class stays as it is. */
  own(value: unknown): unknown;
  /** Answers of the library reach its code no more. */
  end(): void;
}

/** Whose values the library and the realm exchange. */
const BUILT_INS = [
  "Object",
  "Function",
  "Array",
  "Promise",
  "Date",
  "RegExp",
  "Map",
  "Set",
  "Error",
  "TypeError",
  "RangeError",
  "SyntaxError",
  "ArrayBuffer",
  "Uint8Array",
  "Uint8ClampedArray",
  "Uint16Array",
  "Uint32Array",
  "Int8Array",
  "Int16Array",
  "Int32Array",
  "Float32Array",
  "Float64Array",
] as const;

const GLOBAL = new Script("globalThis");
/** The answer for code that is not there any more. */
const never = () => new Promise<never>(() => {});

type Class = new (...args: unknown[]) => object;

export function createRealm(): Realm {
  const context = createContext();
  const global = GLOBAL.runInContext(context) as Record<string, unknown>;
  const classes = global as Record<(typeof BUILT_INS)[number], Class>;
  for (const name of BUILT_INS) answerForBoth(classes[name], globalThis[name] as unknown as Class);

  const wrapped = new WeakMap<object, object>();
  let hasEnded = false;

  function own(value: unknown): unknown {
    if (typeof value === "function") return bridged(value as Callback);
    if (typeof value !== "object" || value === null) return value;
    const known = wrapped.get(value);
    if (known) return known;
    if (isPromise(value)) return ownPromise(value);
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Array.prototype) return ownMembers(value, new classes.Array());
    if (prototype === Object.prototype || prototype === null) {
      return ownMembers(value, new classes.Object());
    }
    if (isTypedArray(value)) {
      // A Buffer is one of the library's Uint8Arrays.
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
    // Known before its members are copied: one of them may be the object itself.
    wrapped.set(value, copy);
    let hasFunction = false;
    for (const [name, member] of Object.entries(value)) {
      hasFunction ||= typeof member === "function";
      (copy as Record<string, unknown>)[name] = own(member);
    }
    // Data is copied as it is each time; what has functions, such as a query, stays the same
    // object.
    if (!hasFunction) wrapped.delete(value);
    return copy;
  }

  /**
   * The promise itself with converted results: it may be a task, and its rejection may be
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

  /** An argument of a call into the library: what it is called back with is the realm's own. */
  function outgoing(arg: unknown): unknown {
    if (typeof arg === "function") return listening(arg as Callback);
    // What `this` is in a plain function of sloppy code.
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
        // The library reads it again, and says so.
      }
    }
    return copy ?? arg;
  }

  function listening(callback: Callback): Callback {
    return function (this: unknown, ...args) {
      return hasEnded ? undefined : Reflect.apply(callback, this, args.map(own));
    };
  }

  // Not by way of the global object, whose interceptors make each assignment slow.
  const define = (values: object) => void Object.assign(context, values);
  define({ global });
  return {
    global,
    define,
    run: (script) => script.runInContext(context),
    own,
    end() {
      hasEnded = true;
    },
  };
}

/** Data of a realm as the library's own; what has a class, and functions, stay as they are. */
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

/** A list, or an object without a class. */
export function isData(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

type Callback = (this: unknown, ...args: unknown[]) => unknown;

/** `value instanceof Class` is true in the realm for the library's objects of that class, too. */
function answerForBoth(inner: Class, outer: Class): void {
  const ordinary = Function.prototype[Symbol.hasInstance];
  Object.defineProperty(inner, Symbol.hasInstance, {
    value(this: unknown, value: unknown) {
      return ordinary.call(this, value) || (this === inner && value instanceof outer);
    },
    configurable: true,
  });
}
