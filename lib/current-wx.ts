// The one global `wx` of a process in which each request has a host of its own.
import { AsyncLocalStorage } from "node:async_hooks";

/** The wx of the host in whose `run` the current code is. */
const current = new AsyncLocalStorage<object>();

/**
 * Runs the callback. In it, and in everything asynchronous that it starts, this wx is the current
 * one.
 */
export function runWith<Result>(wx: object, callback: () => Result): Result {
  return current.run(wx, callback);
}

/**
 * Makes a wx that looks its members up on the current one at each call. Functions that code takes
 * off it once, such as `const { createCanvasContext } = wx`, follow, too. What code sets on it
 * holds for all hosts.
 *
 * @param fallback the wx outside of every `run`
 */
export function createCurrentWx<Wx extends object>(fallback: Wx): Wx {
  const now = () => (current.getStore() ?? fallback) as Wx & Record<PropertyKey, unknown>;
  const followers = new Map<PropertyKey, (...args: unknown[]) => unknown>();

  function follower(name: PropertyKey): (...args: unknown[]) => unknown {
    let follow = followers.get(name);
    if (!follow) {
      follow = (...args) => (now()[name] as (...args: unknown[]) => unknown)(...args);
      followers.set(name, follow);
    }
    return follow;
  }

  function read(own: object, name: PropertyKey): unknown {
    if (Object.hasOwn(own, name)) return Reflect.get(own, name);
    const value = now()[name];
    return typeof value === "function" && Object.hasOwn(now(), name) ? follower(name) : value;
  }

  return new Proxy<Wx>(Object.create(null), {
    get: read,
    has: (own, name) => name in own || name in now(),
    ownKeys: (own) => [...new Set([...Reflect.ownKeys(now()), ...Reflect.ownKeys(own)])],
    getOwnPropertyDescriptor(own, name) {
      const descriptor = Reflect.getOwnPropertyDescriptor(own, name);
      if (descriptor || !Object.hasOwn(now(), name)) return descriptor;
      const value = read(own, name);
      return { value, writable: true, enumerable: true, configurable: true };
    },
  });
}
