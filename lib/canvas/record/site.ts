// Notes where in the source a recorded call stands, if a tool asks for it, since it takes long.

let isOn = false;
let current: string | undefined;

/** Turns on or off that every call notes its place in the source. */
export function recordSites(on: boolean): void {
  isOn = on;
}

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

/** `file:line:column` of the nearest caller outside of this library; undefined when turned off. */
export function siteNow(): string | undefined {
  if (!isOn || current) return current;
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 50;
  const { stack = "" } = new Error("site");
  Error.stackTraceLimit = limit;
  const [own = "", ...callers] = stack.split("\n").slice(1).flatMap(placeOf);
  return callers.find((place) => !place.startsWith(libraryOf(own)) && !place.startsWith("node:"));
}

/** The place in a line of a stack such as `at draw (file:///app/poster.js:5:3)`. */
function placeOf(line: string): string[] {
  const place = /(?<!\S)\(?(\S+:\d+:\d+)\)?$/.exec(line)?.[1];
  return place ? [place.replace(/^\(/, "")] : [];
}

/** The folder of this library's files, as sources or built. */
function libraryOf(own: string): string {
  return own.replace(/(canvas\/record\/)?[^/]*$/, "");
}
