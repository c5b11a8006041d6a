// Parts that are made when they are first used, so that a process that needs none starts sooner.

/** Defines a property that is made when it is first read; from then on it is a plain one. */
export function defineLate<Owner extends object, Name extends keyof Owner>(
  owner: Owner,
  name: Name,
  make: () => Owner[Name],
): void {
  const set = (value: Owner[Name]) => {
    Object.defineProperty(owner, name, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
    return value;
  };
  Object.defineProperty(owner, name, {
    configurable: true,
    enumerable: true,
    get: () => set(make()),
    set,
  });
}
