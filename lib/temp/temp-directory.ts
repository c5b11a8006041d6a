// The directory of one host's temp files: private, made on first use, its owner in its name.
import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { forgetAtExit, removeAtExit } from "./cleanup.ts";
import { loadTmpPromise } from "./load-tmp.ts";
import { ownPrefix } from "./owner.ts";
import { randomName } from "./random-name.ts";
import { removeDirectory } from "./removal.ts";
import { sweepOnce } from "./sweep.ts";

/** A directory that is created at its first use and exists until it is removed. */
export interface TempDirectory {
  /** Its absolute path; makes it when there is none. */
  path(): Promise<string>;
  /** The same synchronously, for the synchronous functions of `wx`. */
  pathSync(): string;
  /** Its absolute path, if it was made. */
  made(): string | undefined;
  /** To be called when the directory of that path is gone: the next call makes a new one. */
  forget(path: string): void;
  /** Removes it with all that is in it. */
  remove(): Promise<void>;
}

export function createTempDirectory(parent: string | undefined): TempDirectory {
  // Resolve it now: the process may change its working directory.
  const folder = resolve(parent ?? tmpdir());
  let made: string | undefined;
  let sweeping: Promise<void> | undefined;

  function forget(path: string) {
    forgetAtExit(path);
    if (path === made) made = undefined;
  }

  // Synchronous throughout: it is one small mkdir, and two calls at once get the same directory.
  function make(): string {
    const { dirSync } = loadTmpPromise(folder);
    const { name } = dirSync({
      tmpdir: folder,
      // Without a name, tmp makes one by Node's crypto, which takes 3 to 5 ms to load.
      name: `${ownPrefix()}-${process.pid}-${randomName().slice(0, 12)}`,
      mode: 0o700,
      // This library cleans up, not tmp, which listens to `exit` alone.
      keep: true,
    });
    removeAtExit(name);
    sweeping = sweepOnce(folder);
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
      await removeDirectory(path);
      forget(path);
    },
  };
}
