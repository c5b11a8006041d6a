// So many at a time: what is on its way holds descriptors, connections and memory.

/** Runs a task when it is its turn. */
export type Slots = <T>(task: () => Promise<T>) => Promise<T>;

export function createSlots(places: number): Slots {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (task) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
