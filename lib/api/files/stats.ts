// Describes files and folders for wx, and lists everything below a folder.
import type { Stats as SystemStats } from "node:fs";
import { join, posix } from "node:path";
import type { Procedure } from "../../procedure.ts";
import { disk, lstatAll } from "../../sources/file-system.ts";
import { namesIn } from "../../sources/open.ts";

/** Facts about a file or a folder; times are in seconds. */
export interface Stats {
  mode: number;
  size: number;
  lastAccessedTime: number;
  lastModifiedTime: number;
  isDirectory(): boolean;
  isFile(): boolean;
}

/** A file or folder, with its path from the listed folder. */
export interface FileStats {
  path: string;
  stats: Stats;
}

type Kind = Pick<Stats, "isDirectory" | "isFile">;

const kind = (isDirectory: boolean, isFile: boolean): Kind => ({
  isDirectory: () => isDirectory,
  isFile: () => isFile,
});

/** Shared by all files: a list of 100,000 must be small, or collecting garbage blocks the loop. */
const [FOLDER, FILE, OTHER] = [kind(true, false), kind(false, true), kind(false, false)];

export function described(stats: SystemStats): Stats {
  const { isDirectory, isFile } = stats.isDirectory() ? FOLDER : stats.isFile() ? FILE : OTHER;
  return {
    mode: stats.mode,
    size: stats.size,
    lastAccessedTime: seconds(stats.atimeMs),
    lastModifiedTime: seconds(stats.mtimeMs),
    isDirectory,
    isFile,
  };
}

export const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

/** Files that are queried at once: enough to be quick, and few enough for other work to run. */
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
      for (const [n, name] of some.entries()) {
        const path = posix.join(entry.path, name);
        waiting.push({ path, stats: described(stats[n] as SystemStats) });
      }
    }
  }
  return found;
}
