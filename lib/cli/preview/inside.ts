// Keeps the files that a preview serves and writes inside of the project.
import { realpathSync } from "node:fs";
import { dirname, isAbsolute, relative, sep } from "node:path";

/** Whether the path, without symbolic links, is in the folder; the file need not exist. */
export function isInside(folder: string, path: string): boolean {
  const below = relative(realPathOf(folder), realPathOf(path));
  // On Windows the path of another drive stays absolute.
  return below !== ".." && !below.startsWith(`..${sep}`) && !isAbsolute(below);
}

/** The path without symbolic links, as far as it exists. */
export function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : realPathOf(parent) + path.slice(parent.length);
  }
}
