// Describes files and folders for wx.
import type { Stats as SystemStats } from "node:fs";

/** Facts about a file or a folder; times are in seconds. */
export interface Stats {
  mode: number;
  /** In bytes. */
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
