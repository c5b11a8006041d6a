// Removes what killed processes have left in a folder, and nothing else.
import type { Stats } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { createCache } from "../cache.ts";
import { ownerIsDead } from "./owner.ts";
import { removeDirectory } from "./removal.ts";

/** Sweeps of this process, under way or done; a folder is swept again after an hour. */
const sweeps = createCache<Promise<void>>({ maxBytes: 1_000_000, maxAgeMs: 3_600_000 });

/** Sweeps the folder, once for all hosts; resolves when that is done, even if it failed. */
export function sweepOnce(folder: string): Promise<void> {
  const sweeping = sweeps.get(folder) ?? sweep(folder);
  sweeps.set(folder, sweeping, { noUpdateTTL: true });
  return sweeping;
}

async function sweep(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const [i, name] of names.entries()) {
    // Asking for an owner is quick, but a shared folder may have 100,000 of them.
    if (i % 256 === 255) await setImmediate();
    if (!ownerIsDead(name)) continue;
    const path = join(folder, name);
    try {
      const stats = await lstat(path);
      if (!stats.isDirectory() || !isOwn(stats)) continue;
      await removeDirectory(path);
    } catch {
      // Another process was faster, or it is not ours to remove.
    }
  }
}

/**
 * Whether this user owns the directory. Windows has neither users in numbers nor mode bits: there,
 * a directory of another user cannot be removed.
 */
function isOwn({ mode, uid }: Stats): boolean {
  return !process.getuid || ((mode & 0o777) === 0o700 && uid === process.getuid());
}
