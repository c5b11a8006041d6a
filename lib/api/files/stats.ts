// What is known about files and folders, and what lies below a folder.
import type { Stats as SystemStats } from "node:fs";
import { join, posix } from "node:path";
import { disk, type Procedure } from "../../sources/file-system.ts";
import { namesIn } from "../../sources/open.ts";

/** What is known about a file or a folder; times in seconds. */
export interface Stats {
  mode: number;
  size: number;
  lastAccessedTime: number;
  lastModifiedTime: number;
  isDirectory(): boolean;
  isFile(): boolean;
}

/** One of a folder's files, with its path from there. */
export interface FileStats {
  path: string;
  stats: Stats;
}

export function described(stats: SystemStats): Stats {
  return {
    mode: stats.mode,
    size: stats.size,
    lastAccessedTime: seconds(stats.atimeMs),
    lastModifiedTime: seconds(stats.mtimeMs),
    isDirectory: () => stats.isDirectory(),
    isFile: () => stats.isFile(),
  };
}

export const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

/** The folder itself as "/", and everything below it, however much; links are not followed. */
export function* tree(folder: string): Procedure<FileStats[]> {
  const found: FileStats[] = [];
  const waiting = ["/"];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const place = path === "/" ? folder : join(folder, path);
    const stats = yield* disk.lstat(place);
    found.push({ path, stats: described(stats) });
    if (!stats.isDirectory()) continue;
    const names = yield* namesIn(place, place);
    // The last one that waits is the next one looked at.
    for (const name of names.reverse()) waiting.push(posix.join(path, name));
  }
  return found;
}
