// Removes what killed processes have left in a folder, and nothing else.
import type { Stats } from "node:fs";
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { createCache } from "../cache.ts";
import { folderEntries } from "./folder-entries.ts";
import { ownerIsDead } from "./owner.ts";
import { removeDirectory } from "./removal.ts";

/** Sweeps of this process, under way or done; a folder is swept again after an hour. */
const sweeps = createCache<Promise<void>>({ maxBytes: 1_000_000, maxAgeMs: 3_600_000 });

/** Sweeps the folder, once for all hosts; resolves when that is done, even if it failed. */
export function sweepOnce(folder: string): Promise<void> {
  const sweeping = sweeps().get(folder) ?? sweep(folder).catch(() => {});
  sweeps().set(folder, sweeping, { noUpdateTTL: true });
  return sweeping;
}

async function sweep(folder: string): Promise<void> {
  for await (const { name } of folderEntries(folder)) {
    if (ownerIsDead(name)) await removeLeftovers(join(folder, name));
  }
}

async function removeLeftovers(path: string): Promise<void> {
  try {
    const stats = await lstat(path);
    if (stats.isDirectory() && isOwn(stats)) await removeDirectory(path);
  } catch {
    // Another process was faster, or it is not ours to remove.
  }
}

/**
 * Whether this user owns the directory. Windows has neither users in numbers nor mode bits: there,
 * a directory of another user cannot be removed.
 */
function isOwn({ mode, uid }: Stats): boolean {
  return !process.getuid || ((mode & 0o777) === 0o700 && uid === process.getuid());
}
