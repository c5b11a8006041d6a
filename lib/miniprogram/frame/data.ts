// Data of pages and components: paths into it, and who observes what.

/** `a.b[0].c` as its steps. */
export function parsePath(path: string): (string | number)[] {
  const steps: (string | number)[] = [];
  for (const [, name, index] of path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)) {
    steps.push(index === undefined ? (name as string) : Number(index));
  }
  return steps;
}

/** Sets what the path leads to; what is missing on the way is made. */
export function setPath(data: Record<string, unknown>, path: string, value: unknown): void {
  const steps = parsePath(path);
  let place = data as Record<string | number, unknown>;
  for (const [i, step] of steps.entries()) {
    if (step === "__proto__" || step === "constructor" || step === "prototype") return;
    if (i === steps.length - 1) {
      place[step] = value;
      return;
    }
    const next = place[step];
    if (typeof next !== "object" || next === null) {
      place[step] = typeof steps[i + 1] === "number" ? [] : {};
    }
    place = place[step] as Record<string | number, unknown>;
  }
}

/** What the path leads to. */
export function getPath(data: unknown, path: string): unknown {
  return parsePath(path).reduce<unknown>(
    (place, step) => (place as Record<string | number, unknown> | null | undefined)?.[step],
    data,
  );
}

/** An observer: the paths it watches, and what it calls. */
export interface Observer {
  paths: string[];
  call: (...values: unknown[]) => unknown;
}

/** `{ "a, b.**": call }` as observers. */
export function parseObservers(observers: unknown): Observer[] {
  return Object.entries((observers ?? {}) as Record<string, unknown>).flatMap(([key, call]) =>
    typeof call === "function"
      ? [{ paths: key.split(",").map((path) => path.trim()), call: call as Observer["call"] }]
      : [],
  );
}

/** Whether setting the changed path touches what the observer watches. */
export function touches(watched: string, changed: string): boolean {
  if (watched === "**") return true;
  const isDeep = watched.endsWith(".**");
  const path = parsePath(isDeep ? watched.slice(0, -3) : watched);
  const steps = parsePath(changed);
  const isAt = path.every((step, i) => i >= steps.length || String(step) === String(steps[i]));
  // A part of what is watched has changed: only deep observers hear of it.
  return isAt && (steps.length <= path.length || isDeep);
}

/** A copy of initial data, so that instances do not share it; functions and classes stay. */
export function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (typeof value !== "object" || value === null) return value;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copyOf(part)])) as T;
}
