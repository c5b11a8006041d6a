// Finds where a font package of npm is installed.
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const SCOPES = ["@fontsource", "@fontsource-variable"];
const folders = new Map<string, string | undefined>();
const installed = new Map<string, string[]>();

/** The package's folder, searched upwards from working directory, program and this library. */
export function packageFolder(name: string): string | undefined {
  const starts = startFolders();
  const key = JSON.stringify([name, starts]);
  if (!folders.has(key))
    folders.set(key, starts.map((start) => findAbove(start, name)).find(Boolean));
  return folders.get(key);
}

function findAbove(start: string, name: string): string | undefined {
  const places = scopesAbove(start).map((scope) => join(scope, name));
  return places.find((place) => existsSync(join(place, "unicode.json")));
}

/** The names of all font packages that are installed there, in alphabetical order. */
export function installedPackages(): readonly string[] {
  const starts = startFolders();
  const key = JSON.stringify(starts);
  const names =
    installed.get(key) ?? [...new Set(starts.flatMap(scopesAbove).flatMap(list))].sort();
  installed.set(key, names);
  return names;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Where npm installs font packages for code in that folder; the nearest place comes first. */
function scopesAbove(start: string): string[] {
  const scopes = SCOPES.map((scope) => join(start, "node_modules", scope));
  const above = dirname(start);
  return above === start ? scopes : [...scopes, ...scopesAbove(above)];
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
    const { prepareStackTrace, stackTraceLimit } = Error;
    try {
      Error.stackTraceLimit = 1;
      Error.prepareStackTrace = (_, calls) => calls[0]?.getFileName();
      own = pathOf(String(new Error().stack));
    } finally {
      Object.assign(Error, { prepareStackTrace, stackTraceLimit });
    }
  }
  return own;
}

/** The path of a file in a stack trace, which has a URL in ES modules, a path in CommonJS. */
export function pathOf(place: string): string {
  return place.startsWith("file:") ? fileURLToPath(place) : place;
}
