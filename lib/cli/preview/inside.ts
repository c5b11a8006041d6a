// Keeps the files that a preview serves and writes inside of the project.
import { realpathSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";

/** Whether the path, without symbolic links, is in the folder; the file need not exist. */
export function isInside(folder: string, path: string): boolean {
  const below = relative(realPathOf(folder), realPathOf(path));
  // On Windows the path of another drive stays absolute.
  return below !== ".." && !below.startsWith(`..${sep}`) && !isAbsolute(below);
}

/** The path without symbolic links, as far as it exists. */
export function realPathOf(path: string): string {
  const parts = path.split(sep);
  for (let count = parts.length; count > 0; count--) {
    try {
      const existing = realpathSync(parts.slice(0, count).join(sep) || sep);
      return join(existing, ...parts.slice(count));
    } catch {
      // It does not exist: the folder that it would be in may.
    }
  }
  return path;
}
