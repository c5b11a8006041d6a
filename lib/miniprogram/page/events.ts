// Keeps the events that components have triggered, and the promises that wait for events.

/** The most events of one name that are kept for later calls of waitFor. */
const MAX_KEPT = 100;
/** The most names of which events are kept; the oldest name goes first. */
const MAX_NAMES = 1000;

export interface Events {
  came(name: string, detail: unknown): void;
  /** Takes the oldest kept event of that name; returns its detail in a list. */
  take(name: string): [detail: unknown] | undefined;
  /** Resolves to the detail of the next event of that name, or of one that came before. */
  waitFor(name: string): Promise<unknown>;
}

export function createEvents(): Events {
  const kept = new Map<string, unknown[]>();
  const waiting = new Map<string, ((detail: unknown) => void)[]>();

  function take(name: string): [detail: unknown] | undefined {
    return takeFirst(kept, name);
  }

  function keep(name: string, detail: unknown): void {
    const details = kept.get(name) ?? [];
    if (details.push(detail) > MAX_KEPT) details.shift();
    kept.set(name, details);
    if (kept.size > MAX_NAMES) kept.delete(kept.keys().next().value as string);
  }

  return {
    came(name, detail) {
      const [resolve] = takeFirst(waiting, name) ?? [];
      if (resolve) resolve(detail);
      else keep(name, detail);
    },
    take,
    waitFor(name) {
      const before = take(name);
      if (before) return Promise.resolve(before[0]);
      return new Promise((resolve) => {
        waiting.set(name, [...(waiting.get(name) ?? []), resolve]);
      });
    },
  };
}

/** Takes the first of that name out; a name without any leaves the map. */
function takeFirst<T>(lists: Map<string, T[]>, name: string): [T] | undefined {
  const list = lists.get(name);
  if (!list) return undefined;
  const first = list.shift() as T;
  if (list.length === 0) lists.delete(name);
  return [first];
}
