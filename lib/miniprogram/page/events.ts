// Keeps the events that components have triggered, and the promises that wait for events.

/** The most events of one name that are kept for later calls of waitFor. */
const MAX_KEPT = 100;

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
    const details = kept.get(name);
    return details?.length ? [details.shift()] : undefined;
  }

  return {
    came(name, detail) {
      const resolve = waiting.get(name)?.shift();
      if (resolve) resolve(detail);
      else kept.set(name, [...(kept.get(name) ?? []), detail].slice(-MAX_KEPT));
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
