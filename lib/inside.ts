// Tests whether one path lies in another; all rules about folders use this test.
import { isAbsolute, relative, sep } from "node:path";

/** Whether the path is the folder or lies below it; both absolute and normalised. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
