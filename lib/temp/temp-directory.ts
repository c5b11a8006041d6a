// The directory of one host's temp files: private, made on first use, its owner in its name.
import { lstat, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dirSync } from "tmp-promise";
import { forgetAtExit, removeAtExit } from "./cleanup.ts";
import { ownerIsDead, ownPrefix } from "./owner.ts";

/** A directory that exists from the first time it is asked for until it is removed. */
export interface TempDirectory {
  /** Its absolute path; makes it when there is none. */
  path(): Promise<string>;
  /** The same at once, for the synchronous functions of `wx`. */
  pathSync(): string;
  /** Its absolute path, if it was made. */
  made(): string | undefined;
  /** That one is gone: the next one who asks gets a new one. */
  forget(path: string): void;
  /** Removes it with all that is in it. */
  remove(): Promise<void>;
}

export function createTempDirectory(parent: string | undefined): TempDirectory {
  const folder = parent ?? tmpdir();
  let made: string | undefined;
  let sweeping: Promise<void> | undefined;

  function forget(path: string) {
    forgetAtExit(path);
    if (path === made) made = undefined;
  }

  // Synchronous throughout: one small mkdir, and nobody can come between two who ask at once.
  function make(): string {
    // Its clean-up is ours, not tmp's: that listens to `exit` alone.
    const { name } = dirSync({
      tmpdir: folder,
      prefix: ownPrefix(),
      mode: 0o700,
      keep: true,
    });
    removeAtExit(name);
    sweeping = sweep(folder);
    return name;
  }

  function pathSync(): string {
    made ??= make();
    return made;
  }

  return {
    async path() {
      const path = pathSync();
      await sweeping;
      return path;
    },
    pathSync,
    made: () => made,
    forget,
    async remove() {
      await sweeping;
      if (made === undefined) return;
      const path = made;
      await rm(path, { recursive: true, force: true });
      forget(path);
    },
  };
}

/** Removes what processes that were killed have left in the folder, and nothing else. */
async function sweep(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter(ownerIsDead)) {
    const path = join(folder, name);
    try {
      const stats = await lstat(path);
      const isPrivate = (stats.mode & 0o777) === 0o700 && stats.uid === process.getuid?.();
      if (!stats.isDirectory() || !isPrivate) continue;
      await rm(path, { recursive: true, force: true });
    } catch {
      // Another process was faster, or it is not ours to remove.
    }
  }
}
