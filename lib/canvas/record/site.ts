// Notes where in the source a recorded call stands, if a tool asks for it, since it takes long.

let isOn = false;
let current: string | undefined;

/** Turns on or off that every call notes its place in the source. */
export function recordSites(on: boolean): void {
  isOn = on;
}

export const recordsSites = (): boolean => isOn;

/** Sets the place of the calls that this work makes, since its own stack does not show it. */
export function withSite(site: string | undefined, work: () => void): void {
  const before = current;
  current = site;
  try {
    work();
  } finally {
    current = before;
  }
}

/**
 * `file:line:column` of the nearest caller outside of this library, where the file may be a path or
 * a URL; undefined when turned off. Node applies source maps to stacks, where it has them.
 */
export function siteNow(): string | undefined {
  if (!isOn || current) return current;
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 50;
  // Code may have replaced how stacks are made.
  const stack = String(new Error("site").stack);
  Error.stackTraceLimit = limit;
  const [own = "", ...callers] = stack.split("\n").slice(1).flatMap(placeOf);
  return callers.find((place) => !place.startsWith(libraryOf(own)) && !place.startsWith("node:"));
}

/** The place in a line of a stack such as `at draw (file:///app/poster.js:5:3)`. */
export function placeOf(line: string): string[] {
  const call = line.trim().replace(/^at (?:async )?/, "");
  const bracket = call.indexOf(" (");
  const place = bracket >= 0 && call.endsWith(")") ? call.slice(bracket + 2, -1) : call;
  // The place of an `eval` is no file: `eval at draw (…), <anonymous>:1:1`.
  return !place.startsWith("eval at ") && /:\d{1,9}:\d{1,9}$/.test(place) ? [place] : [];
}

/** The folder of this library's files, as sources or built. */
function libraryOf(own: string): string {
  const end = Math.max(own.lastIndexOf("/"), own.lastIndexOf("\\")) + 1;
  return own.slice(0, end).replace(/canvas[\\/]record[\\/]$/, "");
}
