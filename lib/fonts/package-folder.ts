// Where a font package of npm is installed.
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const folders = new Map<string, string | undefined>();

/** Where the package is installed: above the working directory, the program, or this library. */
export function packageFolder(name: string): string | undefined {
  const starts = startFolders();
  const key = JSON.stringify([name, starts]);
  if (!folders.has(key))
    folders.set(key, starts.map((start) => findAbove(start, name)).find(Boolean));
  return folders.get(key);
}

function findAbove(start: string, name: string): string | undefined {
  for (const scope of ["@fontsource", "@fontsource-variable"]) {
    const place = join(start, "node_modules", scope, name);
    if (existsSync(join(place, "unicode.json"))) return place;
  }
  const above = dirname(start);
  return above === start ? undefined : findAbove(above, name);
}

function startFolders(): string[] {
  const program = process.argv[1];
  const starts = [workingDirectory(), program && dirname(resolve(program)), dirname(ownFile())];
  return starts.filter((start): start is string => start !== undefined && start !== "");
}

function workingDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    // It was removed.
    return undefined;
  }
}

let own: string | undefined;

/** This file, or what it was bundled into; modules of both kinds have only stack traces in common. */
function ownFile(): string {
  if (own === undefined) {
    const { prepareStackTrace } = Error;
    try {
      Error.prepareStackTrace = (_, calls) => calls[0]?.getFileName();
      own = pathOf(String(new Error().stack));
    } finally {
      Error.prepareStackTrace = prepareStackTrace;
    }
  }
  return own;
}

/** What stack traces call a file: a URL in modules, a path in CommonJS. */
export function pathOf(place: string): string {
  return place.startsWith("file:") ? fileURLToPath(place) : place;
}
