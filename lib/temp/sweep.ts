// Removes what killed processes have left in a folder, and nothing else.
import { opendirSync, type Stats } from "node:fs";
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { createCache } from "../cache.ts";
import { ownerIsDead } from "./owner.ts";
import { removeDirectory } from "./removal.ts";

/** Sweeps of this process, under way or done; a folder is swept again after an hour. */
const sweeps = createCache<Promise<void>>({ maxBytes: 1_000_000, maxAgeMs: 3_600_000 });

/** Sweeps the folder, once for all hosts; resolves when that is done, even if it failed. */
export function sweepOnce(folder: string): Promise<void> {
  const sweeping = sweeps.get(folder) ?? sweep(folder).catch(() => {});
  sweeps.set(folder, sweeping, { noUpdateTTL: true });
  return sweeping;
}

/** So many entries are read at once. */
const AT_ONCE = 256;

/**
 * Reads the first entries in this thread, which takes some microseconds; to start Node's threads
 * for them takes 1 to 6 ms. A shared folder may have 100,000 more: those are read in threads.
 */
async function sweep(folder: string): Promise<void> {
  const entries = opendirSync(folder, { bufferSize: AT_ONCE });
  try {
    let entry = entries.readSync();
    for (let read = 1; entry; read++) {
      if (ownerIsDead(entry.name)) await removeLeftovers(join(folder, entry.name));
      entry = read < AT_ONCE ? entries.readSync() : await entries.read();
    }
  } finally {
    entries.closeSync();
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
