// Where a host's files lie in its temp directory, and how `wxfile://` paths name them.
import { basename, join } from "node:path";
import { randomName } from "./random-name.ts";

/** The scheme of the paths that phones give. */
const SCHEME = "wxfile://";
/** The folder of `wxfile://usr/…`, the files that drawing code writes. */
export const USER_FOLDER = "usr";
/** What `wx.env` calls the folder that drawing code may write to. */
export const USER_DATA_PATH: string = `${SCHEME}${USER_FOLDER}`;
/** The folder of `wxfile://store_…`, the files that it saved. */
export const SAVED_FOLDER = "store";

/** An unguessable name for a file that is deleted with its host. */
export function newTempName(extension: string): string {
  return `tmp_${randomName()}.${extension}`;
}

/** An unguessable name for a saved file; the extension has its dot, or is empty. */
export function newSavedName(extension: string): string {
  return `store_${randomName()}${extension}`;
}

/** A temp file's path as drawing code gets it: itself, or under the scheme that phones use. */
export function toPublicPath(path: string, form: "absolute" | "wxfile"): string {
  return form === "wxfile" ? SCHEME + basename(path) : path;
}

/** What stands behind the scheme, if the path has it. */
export function behindScheme(path: string): string | undefined {
  return path.startsWith(SCHEME) ? path.slice(SCHEME.length) : undefined;
}

/** The place in the temp directory that such a name means; undefined for any other name. */
export function placeOf(name: string): { folder: string; path: string } | undefined {
  const [first] = name.split("/", 1);
  if (first === USER_FOLDER) return { folder: USER_FOLDER, path: name };
  if (first !== name) return undefined;
  if (name.startsWith("tmp_")) return { folder: "", path: name };
  if (name.startsWith("store_")) return { folder: SAVED_FOLDER, path: join(SAVED_FOLDER, name) };
  return undefined;
}

/** What `wxfile://` paths look like, for messages. */
export const PATH_FORMS: string = `${SCHEME}tmp_…, ${SCHEME}store_… or ${SCHEME}${USER_FOLDER}/…`;
