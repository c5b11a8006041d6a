// Removes directories in turns, and retries what a scanner may hold for a moment, as on Windows.
import { opendir, rm, rmdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

/** Options that remove everything; what is held is tried again, for 1.5 s in all. */
export const REMOVAL = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 } as const;

/** Files that are removed at once: enough to be quick, and few enough for other work to run. */
const AT_ONCE = 32;

/** Removes the directory with all that is in it; one that is gone already stays gone. */
export async function removeDirectory(path: string): Promise<void> {
  // What cannot be removed in turns, `rm` tries again, and says why.
  await removeInTurns(path).catch(() => rm(path, REMOVAL));
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
  for await (const entry of await opendir(folder, { bufferSize: AT_ONCE })) {
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
      await setTimeout(delay);
    }
  }
  return await attempt();
}
