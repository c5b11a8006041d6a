// Finds the posters: in a folder of modules, a list of them, or a map of names.

import { readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { CanvasError, invalid, show } from "../errors.ts";
import { isUrl } from "../is-url.ts";
import { require } from "../require.ts";
import { isPosterName } from "./format.ts";
import type { PosterSource } from "./messages.ts";

/** A poster: the path of its module, or a page of a mini-program project. */
export type PosterPlace = string | URL | { root: string | URL; page: string };

/** The posters of a renderer: a folder, a list of modules, or a map of names. */
export type PosterPlaces = string | URL | readonly (string | URL)[] | Record<string, PosterPlace>;

const MODULE = /\.[cm]?[jt]s$/;
/**
 * Files that are not posters: declarations, specs, and names that begin with a dot or underscore.
 */
const NO_POSTER = /^[._]|\.d\.[cm]?ts$|\.(?:spec|test)\.[cm]?[jt]s$/;

/** The posters by name; fails with INVALID where two share a name, or there is no poster. */
export function findPosters(places: unknown): Map<string, PosterSource> {
  const found = new Map<string, PosterSource>();
  for (const [name, place] of entriesOf(places)) {
    if (!isPosterName(name)) {
      throw invalid("posters", "names of letters, digits, - and _", name);
    }
    if (found.has(name)) throw new CanvasError("INVALID", `posters: two are named ${show(name)}`);
    found.set(name, asSource(place, name));
  }
  if (found.size === 0) throw new CanvasError("INVALID", "posters: expected at least one");
  return found;
}

function entriesOf(places: unknown): [string, unknown][] {
  if (typeof places === "string" || isUrl(places)) {
    const folder = pathOf(places);
    const names = list(folder).filter((name) => MODULE.test(name) && !NO_POSTER.test(name));
    return names.map((name) => [nameOf(name), join(folder, name)]);
  }
  if (Array.isArray(places)) {
    return places.map((place) => {
      if (typeof place === "string" || isUrl(place)) return [nameOf(pathOf(place)), place];
      throw invalid("posters", "paths of modules", place);
    });
  }
  if (typeof places === "object" && places !== null) return Object.entries(places);
  throw invalid("posters", "a folder, a list of modules or a map of names", places);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (cause) {
    const reason = `posters: ${show(folder)} is no folder that can be read`;
    throw new CanvasError("INVALID", reason, { cause });
  }
}

function asSource(place: unknown, name: string): PosterSource {
  if (typeof place === "string" || isUrl(place)) {
    const path = pathOf(place);
    if (statSync(path, { throwIfNoEntry: false })?.isFile()) return pathToFileURL(path).href;
    throw new CanvasError("INVALID", `posters: ${name}: there is no module ${show(path)}`);
  }
  const { root, page } = (place ?? {}) as { root?: unknown; page?: unknown };
  if ((typeof root === "string" || isUrl(root)) && typeof page === "string") {
    return { root: pathOf(root), page };
  }
  throw invalid("posters", "paths of modules, or { root, page }", place);
}

function pathOf(place: string | URL): string {
  return resolve(isUrl(place) || place.startsWith("file:") ? fileURLToPath(place) : place);
}

function nameOf(path: string): string {
  return basename(path).replace(MODULE, "");
}

const CHILD = "wx-canvas-node/posters/child";

/**
 * Finds the module that child processes start with. This package names it by a literal, which
 * bundlers and tracers follow. In a bundle, where the literal may no longer resolve, it is resolved
 * as the posters' own imports are: from their files, and from the working directory.
 */
export function findChild(
  sources: Iterable<PosterSource>,
  own: () => string = () => require.resolve("wx-canvas-node/posters/child"),
): string {
  const files = [...sources].map((source) =>
    typeof source === "string" ? fileURLToPath(source) : join(source.root, "app.js"),
  );
  const ways = [
    own,
    ...[...files, join(process.cwd(), "index.js")].map(
      (file) => () => createRequire(file).resolve(CHILD),
    ),
  ];
  for (const way of ways) {
    try {
      const path = way();
      // A bundler may have replaced the name with the number of a module.
      if (isAbsolute(path)) return path;
    } catch {
      // The package is not installed there: try the next place.
    }
  }
  throw new CanvasError("NOT_FOUND", "child: wx-canvas-node is not installed beside the posters", {
    hint: `give the path of ${CHILD} as the option child`,
  });
}
