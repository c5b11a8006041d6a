// Finds where a font package of npm is installed.
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const folders = new Map<string, string | undefined>();

/** The package's folder, searched upwards from working directory, program and this library. */
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
    // The working directory was removed.
    return undefined;
  }
}

let own: string | undefined;

/** The path of this file or its bundle: only stack traces have it in both ESM and CommonJS. */
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

/** The path of a file in a stack trace, which has a URL in ES modules, a path in CommonJS. */
export function pathOf(place: string): string {
  return place.startsWith("file:") ? fileURLToPath(place) : place;
}
