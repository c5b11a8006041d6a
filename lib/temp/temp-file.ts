// Writes bytes to a private temp file: whole, or not at all.
import { renameSync, writeFileSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { elapsedMs } from "../clock.ts";
import { countOutput } from "../concurrency.ts";
import { createSemaphore } from "../semaphore.ts";
import { assertNotAborted } from "../signal.ts";
import { newTempName } from "./layout.ts";
import { isDiskQuick, noteDiskWork } from "./quick-disk.ts";
import { retried } from "./removal.ts";
import type { TempDirectory } from "./temp-directory.ts";

/** Creates a file for its owner alone; neither follows a link nor overwrites. */
const NEW = { flag: "wx", mode: 0o600 } as const;
/**
 * Files of up to so many bytes are written in this thread while the disk is quick: the largest take
 * 0.4 ms, and twice that by way of other threads, or several milliseconds where the machine is
 * busy.
 */
const SYNC_WRITE_MAX_BYTES = 524_288;

/** Files of this process that are open at once: a slow disk must not use up the descriptors. */
const withSlot = createSemaphore(8);

/**
 * Stores the bytes under an unguessable name and resolves to its absolute path. They are written
 * under another name first, so that under the final one there never is half a file.
 */
export async function store(
  directory: TempDirectory,
  bytes: Uint8Array,
  extension: string,
  signal?: AbortSignal | null,
): Promise<string> {
  const folder = await directory.path();
  const path = join(folder, newTempName(extension));
  const part = `${path}.part`;
  try {
    if (bytes.length <= SYNC_WRITE_MAX_BYTES && isDiskQuick()) {
      const began = elapsedMs();
      writeFileSync(part, bytes, NEW);
      await retried(() => renameSync(part, path));
      noteDiskWork(began);
    } else {
      await withSlot(() => writeFile(part, bytes, NEW));
      assertNotAborted(signal);
      await retried(() => rename(part, path));
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A file that was there before us is not ours to remove.
    if (code !== "EEXIST") await rm(part, { force: true }).catch(() => {});
    // Cleaners of /tmp remove directories that look old; later exports make a new one.
    if (code === "ENOENT" || code === "ENOTDIR") directory.forget(folder);
    throw error;
  }
  countOutput(0, 1);
  return path;
}

/** Removes a temp file; one that is gone already stays gone. */
export async function remove(path: string): Promise<void> {
  await rm(path, { force: true });
}
