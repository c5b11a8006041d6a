// Finds what a preview shows: the posters and pages of a folder, and their example data.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { CanvasError, toCanvasError } from "../../errors.ts";
import { readProject } from "../../miniprogram/files/config.ts";
import type { PosterPlace } from "../../posters/index.ts";
import { usageError } from "../command.ts";
import { folderWith, placeOf } from "../places.ts";
import { isInside } from "./inside.ts";
import { IGNORED } from "./watch.ts";

/** A poster or page of the folder. */
export interface Subject {
  place: PosterPlace;
  /** The path without its extension: the paths of its cases and pictures begin with it. */
  base: string;
}

const MODULE = /\.[cm]?[jt]s$/;
const NO_POSTER = /^[._]|\.d\.[cm]?ts$|\.(?:spec|test|config)\.[cm]?[jt]s$/;

/**
 * The subjects by name: of a file, itself; of a folder of a mini-program's project, its pages; else
 * its modules.
 */
export function findSubjects(given: string): Map<string, Subject> {
  const path = resolve(given);
  const subjects = new Map<string, Subject>();
  for (const file of filesOf(given, path)) {
    const { name, place } = placeOf(file);
    const base = resolve(file).replace(/\.(?:[cm]?[jt]s|json|wxml|wxss)$/, "");
    subjects.set(uniqueName(name, base, subjects), { place, base });
  }
  if (subjects.size === 0) throw usageError(`${given}: there is no poster`);
  return subjects;
}

function filesOf(given: string, path: string): string[] {
  if (!existsSync(path) && !existsSync(`${path}.wxml`)) {
    throw usageError(`${given}: there is no such folder, module or page`);
  }
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [given];
  if (["app.json", "project.config.json"].some((name) => existsSync(join(path, name)))) {
    return pagesOf(path);
  }
  const names = readdirSync(path).filter((name) => MODULE.test(name) && !NO_POSTER.test(name));
  return names.sort().map((name) => join(path, name));
}

function pagesOf(folder: string): string[] {
  try {
    const { root, pages } = readProject(folder);
    return pages.map((page) => join(root, page)).filter((page) => existsSync(`${page}.wxml`));
  } catch (error) {
    throw usageError(`app.json cannot be read: ${toCanvasError(error).reason}`);
  }
}

/** Pages of several folders may have one name, and so may modules of several types. */
function uniqueName(name: string, base: string, taken: ReadonlyMap<string, unknown>): string {
  const folder = basename(dirname(base)).replace(/[^\w-]/g, "-");
  const names = [name, `${folder}-${name}`];
  for (let i = 2; ; i++) {
    const free = names.find((one) => !taken.has(one));
    if (free) return free;
    names.push(`${name}-${i}`);
  }
}

/**
 * The project's folder, which is watched, and whose files may be shown: the nearest one above with
 * a package.json, since it contains the modules, pictures and fonts of a poster; else that of the
 * mini-program, or of the poster. A mini-program's own project.config.json is nearer where it has
 * no package.json and a folder above has one by chance; not in the output of a compiler.
 */
export function projectOf(given: string): string {
  const path = resolve(given);
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
  const start = isFolder ? path : dirname(path);
  const above = folderWith("package.json", start);
  const own = folderWith("project.config.json", start);
  if (own && own.length > (above ?? "").length && !IGNORED.test(own.slice(above?.length))) {
    return own;
  }
  return above ?? folderWith("app.json", start) ?? start;
}

/** The cases in a file beside the poster: `invite.cases.json`, a map or a list of data. */
export function casesBeside({ base }: Subject, project: string): Record<string, unknown> {
  const file = `${base}.cases.json`;
  if (!existsSync(file) || !isInside(project, file)) return {};
  try {
    return { ...JSON.parse(readFileSync(file, "utf8")) };
  } catch (error) {
    throw new CanvasError("DATA", `${file} cannot be read: ${(error as Error).message}`);
  }
}

/**
 * The path of the picture to compare with, from a designer or accepted: beside the poster, for all
 * cases or for one.
 */
export function designOf({ base }: Subject, name: string): string | undefined {
  const accepted = acceptedPath({ base } as Subject, name);
  return [accepted, `${base}.design.png`, `${base}.design.jpg`].find((file) => existsSync(file));
}

/** The path for an accepted picture, in `__pictures__` like the baselines of picture tests. */
export function acceptedPath({ base }: Subject, name: string): string {
  const file = `${name.replace(/[^\p{L}\p{N}-]+/gu, "-").slice(0, 100) || "case"}.png`;
  return join(dirname(base), "__pictures__", basename(base), file);
}
