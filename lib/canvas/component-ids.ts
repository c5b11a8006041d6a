// Component instances by the id that WeChat gives them. A framework's own object for a component,
// such as Vue's `this` of uni-app, has the same id, and means the same component.

const ID = "__wxExparserNodeId__";

// The ids keep no instance alive.
const instances = new Map<string, WeakRef<object>>();
const garbage = new FinalizationRegistry<string>((id) => instances.delete(id));
let count = 0;

/** Gives a component instance its id, as a member of its own: frameworks copy it from there. */
export function identify(instance: object): void {
  const id = (++count).toString(16);
  Object.assign(instance, { [ID]: id });
  instances.set(id, new WeakRef(instance));
  garbage.register(instance, id);
}

/** The component instance whose id the value has; any other value itself. */
export function identified(value: object): object {
  if (!(ID in value)) return value;
  return instances.get(String(value[ID]))?.deref() ?? value;
}
