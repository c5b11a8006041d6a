// Lists and removes everything below a folder, however much it is, while other work runs.
import { join, posix } from "node:path";
import type { Procedure } from "../../procedure.ts";
import { disk, lstatAll, unlinkAll } from "../../sources/file-system.ts";
import { namesIn } from "../../sources/open.ts";
import { described, type FileStats } from "./stats.ts";

/** Files that are asked for at once: enough to be quick, and few enough for other work to run. */
const AT_ONCE = 16;

/** Lists the folder itself as "/", and everything below it, without a limit; follows no links. */
export function* tree(folder: string): Procedure<FileStats[]> {
  const found: FileStats[] = [];
  const waiting: FileStats[] = [{ path: "/", stats: described(yield* disk.lstat(folder)) }];
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    found.push(entry);
    if (!entry.stats.isDirectory()) continue;
    const place = entry.path === "/" ? folder : join(folder, entry.path);
    // The last waiting entry is taken next, so the reversed names come out in order.
    const names = (yield* namesIn(place, place)).reverse();
    for (let i = 0; i < names.length; i += AT_ONCE) {
      const some = names.slice(i, i + AT_ONCE);
      const stats = yield* lstatAll(some.map((name) => join(place, name)));
      for (const [n, one] of stats.entries()) {
        const path = posix.join(entry.path, some[n] as string);
        waiting.push({ path, stats: described(one) });
      }
    }
  }
  return found;
}

/**
 * Removes the folder and everything below it; links are removed, not followed. Node's own removal
 * asks for all files of a folder at once, which blocks the loop for half a second per 100,000.
 */
export function* removeTree(folder: string): Procedure<void> {
  const folders = [folder];
  for (const place of folders) {
    const names = yield* namesIn(place, place);
    for (let i = 0; i < names.length; i += AT_ONCE) {
      const paths = names.slice(i, i + AT_ONCE).map((name) => join(place, name));
      const stats = yield* lstatAll(paths);
      const isFolder = (_: string, n: number) => stats[n]?.isDirectory() === true;
      folders.push(...paths.filter(isFolder));
      yield* unlinkAll(paths.filter((path, n) => !isFolder(path, n)));
    }
  }
  for (const place of folders.reverse()) yield* disk.rmdir(place);
}
