// Finds what a preview shows: the posters and pages of a folder, and their example data.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { PosterPlace } from "../../posters/index.ts";
import { usageError } from "../command.ts";
import { placeOf } from "../places.ts";

/** A poster or page of the folder. */
export interface Subject {
  place: PosterPlace;
  /** The path without its extension: the paths of its cases and pictures begin with it. */
  base: string;
}

const MODULE = /\.[cm]?[jt]s$/;
const NO_POSTER = /^[._]|\.d\.[cm]?ts$|\.(?:spec|test|config)\.[cm]?[jt]s$/;

/**
 * The subjects by name: of a file, itself; of a folder with app.json, its pages; else its modules.
 */
export function findSubjects(given: string): Map<string, Subject> {
  const path = resolve(given);
  const subjects = new Map<string, Subject>();
  const add = (one: string) => {
    const { name, place } = placeOf(one);
    const base = resolve(one).replace(/\.(?:[cm]?[jt]s|json|wxml|wxss)$/, "");
    subjects.set(subjects.has(name) ? `${basename(dirname(base))}-${name}` : name, { place, base });
  };
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) add(path);
  else if (existsSync(join(path, "app.json"))) for (const page of pagesOf(path)) add(page);
  else {
    const names = readdirSync(path).filter((name) => MODULE.test(name) && !NO_POSTER.test(name));
    for (const name of names.sort()) add(join(path, name));
  }
  if (subjects.size === 0) throw usageError(`${given}: there is no poster`);
  return subjects;
}

function pagesOf(root: string): string[] {
  try {
    const { pages = [] } = JSON.parse(readFileSync(join(root, "app.json"), "utf8"));
    return pages
      .map((page: string) => join(root, page))
      .filter((page: string) => existsSync(`${page}.wxml`));
  } catch (error) {
    throw usageError(`app.json cannot be read: ${(error as Error).message}`);
  }
}

/** The cases in a file beside the poster: `invite.cases.json`, a map or a list of data. */
export function casesBeside({ base }: Subject): Record<string, unknown> {
  const file = `${base}.cases.json`;
  return existsSync(file) ? { ...JSON.parse(readFileSync(file, "utf8")) } : {};
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
