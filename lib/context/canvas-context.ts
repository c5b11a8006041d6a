// The legacy drawing context: it records calls, and paints nothing before draw().
import { OWN_METHODS, PROPERTIES, type Property, SETTERS, WECHAT_SETTERS } from "./members.ts";
import { METHODS, RECORDING, type Recorded } from "./methods.ts";
import type { Recording } from "./recording.ts";
import type { CanvasContext } from "./types.ts";

/**
 * A context whose members record. Its prototype is its own, so that code that writes to `__proto__`
 * changes no other context. What it records is another object, since the fields of objects with
 * prototypes of their own are slow.
 */
export function contextOf(recording: Recording): CanvasContext {
  return Object.create(Object.create(members), { [RECORDING]: { value: recording } });
}

// Vue 3 makes plain objects in its data reactive, by proxies that break private fields.
const members: object = { [Symbol.toStringTag]: "CanvasContext" };

for (const [name, method] of Object.entries(METHODS)) define(name, method);
for (const method of OWN_METHODS) {
  define(method, function (...given) {
    return Reflect.apply(this[RECORDING][method], this[RECORDING], given);
  });
}
for (const setter of WECHAT_SETTERS) {
  define(setter, function (value) {
    this[RECORDING].set(SETTERS.get(setter) as Property, value);
  });
}
for (const property of PROPERTIES) {
  Object.defineProperty(members, property, {
    get(this: Recorded) {
      return this[RECORDING].get(property);
    },
    set(this: Recorded, value: unknown) {
      this[RECORDING].set(property, value);
    },
  });
}

function define(name: string, value: (this: Recorded, ...given: unknown[]) => unknown): void {
  // Writable: drawing code replaces methods.
  Object.defineProperty(members, name, { value, writable: true, configurable: true });
}
