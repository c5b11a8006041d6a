// Removes directories in turns, and retries what a scanner may hold for a moment, as on Windows.
import { opendirSync, rmdirSync, unlinkSync } from "node:fs";
import { rm, rmdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { elapsedMs } from "../clock.ts";
import { sleep } from "../timers.ts";
import { folderEntries } from "./folder-entries.ts";
import { isDiskQuick, noteDiskWork } from "./quick-disk.ts";

/** Options that remove everything; what is held is tried again, for 1.5 s in all. */
export const REMOVAL = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 } as const;

/** Files that are removed at once: enough to be quick, and few enough for other work to run. */
const AT_ONCE = 32;

/** Removes the directory with all that is in it; one that is gone already stays gone. */
export async function removeDirectory(path: string): Promise<void> {
  try {
    const began = elapsedMs();
    if (isDiskQuick() && removeFew(path)) noteDiskWork(began);
    else await removeInTurns(path);
  } catch {
    // It tries again what is held, and says why it cannot remove it.
    await rm(path, REMOVAL);
  }
}

/** Most files that are removed in this thread. */
const FEW = 8;

/** Removes a folder of few files now; false if it holds more, or folders. */
function removeFew(folder: string): boolean {
  const files: string[] = [];
  const entries = opendirSync(folder, { bufferSize: FEW + 1 });
  try {
    for (let entry = entries.readSync(); entry; entry = entries.readSync()) {
      if (entry.isDirectory() || files.length === FEW) return false;
      files.push(join(folder, entry.name));
    }
  } finally {
    entries.closeSync();
  }
  for (const file of files) unlinkSync(file);
  rmdirSync(folder);
  return true;
}

/**
 * Removes a folder with all that is in it; links are removed, not followed. Node's `rm` asks for
 * all files of a folder at once, which blocks the loop for a third of a second per 100,000.
 */
async function removeInTurns(folder: string): Promise<void> {
  let files: string[] = [];
  const removeFiles = async () => {
    await Promise.allSettled(files.map((file) => unlink(file)));
    files = [];
  };
  for await (const entry of folderEntries(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await removeInTurns(path);
    else if (files.push(path) === AT_ONCE) await removeFiles();
  }
  await removeFiles();
  await rmdir(folder);
}

/** The codes that Windows gives while another program holds a file. */
const HELD: readonly unknown[] = ["EACCES", "EBUSY", "EPERM"];
/** As many retries, and as long. */
const DELAYS_MS = [100, 200, 300, 400, 500];

/** Retries an operation that Node does not retry by itself. */
export async function retried(attempt: () => void | Promise<void>): Promise<void> {
  for (const delay of DELAYS_MS) {
    try {
      return await attempt();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (process.platform !== "win32" || !HELD.includes(code)) throw error;
      await sleep(delay);
    }
  }
  return await attempt();
}
