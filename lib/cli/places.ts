// Finds the poster that a command line names: a module, or a page of a mini-program project.
import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import type { PosterPlace } from "../posters/index.ts";
import { usageError } from "./command.ts";

/** A poster and its name. */
export interface NamedPlace {
  name: string;
  place: PosterPlace;
}

const MODULE = /\.[cm]?[jt]s$/;

/** The poster at a path: a module's file, or a page without its extension, as in app.json. */
export function placeOf(given: string): NamedPlace {
  const path = resolve(given);
  const page = path.replace(/\.(?:js|ts|json|wxml|wxss)$/, "");
  const name = basename(page)
    .replace(MODULE, "")
    .replace(/[^\w-]/g, "-");
  if (existsSync(`${page}.wxml`)) {
    const root = folderWith("app.json", dirname(page));
    if (!root) throw usageError(`${given} is a page, but no app.json is above it`);
    return { name, place: { root, page: relative(root, page).split(sep).join("/") } };
  }
  if (MODULE.test(path) && statSync(path, { throwIfNoEntry: false })?.isFile()) {
    return { name, place: path };
  }
  throw usageError(`${given} is neither a module (.js, .ts) nor a page with a .wxml`);
}

/** The nearest folder that contains the file: `start`, or one above it. */
export function folderWith(file: string, start: string): string | undefined {
  let folder = start;
  while (!existsSync(join(folder, file))) {
    if (folder === dirname(folder)) return undefined;
    folder = dirname(folder);
  }
  return folder;
}
