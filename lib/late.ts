// Parts that are made when they are first used, so that a process that needs none starts sooner.

/** Gives what is made at its first use: to make it all would slow the import down. */
export function lazily<Made extends object>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/**
 * Gives what is loaded at its first use. A load that failed, such as for lack of descriptors, is
 * tried again.
 */
export function lateLoad<Loaded>(load: () => Promise<Loaded>): () => Promise<Loaded> {
  let loading: Promise<Loaded> | undefined;
  return () => {
    loading ??= load().catch((error) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}

/**
 * A pattern that is made at its first use. V8 checks the literals of a file when it loads it: each
 * one with classes of Unicode (`\p{…}`) takes 0.1 to 0.6 ms.
 */
export const latePattern = (source: string, flags = "u"): (() => RegExp) =>
  lazily(() => new RegExp(source, flags));

/** Defines a property that is made when it is first read; from then on it is a plain one. */
export function defineLate<Owner extends object, Name extends keyof Owner>(
  owner: Owner,
  name: Name,
  make: () => Owner[Name],
): void {
  const plain = (value: Owner[Name]): PropertyDescriptor => ({
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  });
  let made: { value: Owner[Name] } | undefined;
  Object.defineProperty(owner, name, {
    configurable: true,
    enumerable: true,
    get() {
      made ??= { value: make() };
      // A frozen owner refuses this, and keeps the getter.
      Reflect.defineProperty(owner, name, plain(made.value));
      return made.value;
    },
    set: (value: Owner[Name]) => Object.defineProperty(owner, name, plain(value)),
  });
}
