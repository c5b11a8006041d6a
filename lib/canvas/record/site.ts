// Where in the source a recorded call stands: noted only when a tool asks for it, since it takes long.

let isOn = false;
let current: string | undefined;

/** Has every call from now on note its place, or none. */
export function recordSites(on: boolean): void {
  isOn = on;
}

/** Where the calls of this work stand, whose own stack does not show it. */
export function withSite(site: string | undefined, work: () => void): void {
  const before = current;
  current = site;
  try {
    work();
  } finally {
    current = before;
  }
}

/** `file:line:column` of the caller that is no file of this library; undefined unless asked for. */
export function siteNow(): string | undefined {
  if (!isOn || current) return current;
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 50;
  const { stack = "" } = new Error("site");
  Error.stackTraceLimit = limit;
  const [own = "", ...callers] = stack.split("\n").slice(1).flatMap(placeOf);
  return callers.find((place) => !place.startsWith(libraryOf(own)) && !place.startsWith("node:"));
}

/** Of a line such as `at draw (file:///app/poster.js:5:3)`. */
function placeOf(line: string): string[] {
  const place = /(?<!\S)\(?(\S+:\d+:\d+)\)?$/.exec(line)?.[1];
  return place ? [place.replace(/^\(/, "")] : [];
}

/** The folder of this library's files, as sources or built. */
function libraryOf(own: string): string {
  return own.replace(/(canvas\/record\/)?[^/]*$/, "");
}
