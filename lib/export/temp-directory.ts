// The directory of one host's temp files: private, made on first use, its owner in its name.
import { readFileSync, readlinkSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirSync } from "tmp-promise";
import { removeAtExit, removed } from "../lifetime.ts";

/** A directory that exists from the first time it is asked for until it is removed. */
export interface TempDirectory {
  /** Its absolute path; makes it when there is none. */
  path(): Promise<string>;
  /** The same at once, for the synchronous functions of `wx`. */
  pathSync(): string;
  /** Its absolute path, if it was made. */
  made(): string | undefined;
  /** It is gone: the next one who asks gets a new one. */
  forget(): void;
  /** Removes it with all that is in it. */
  remove(): Promise<void>;
}

export function createTempDirectory(parent: string | undefined): TempDirectory {
  let made: string | undefined;

  function forget() {
    if (made !== undefined) removed(made);
    made = undefined;
  }

  // Synchronous throughout: one small mkdir, and nobody can come between two who ask at once.
  function make(): string {
    // Its clean-up is ours, not tmp's: that listens to `exit` alone.
    const { name } = dirSync({
      tmpdir: parent ?? tmpdir(),
      prefix: ["wx-canvas-node", ...owner()].join("-"),
      mode: 0o700,
      keep: true,
    });
    removeAtExit(name);
    return name;
  }

  function pathSync(): string {
    made ??= make();
    return made;
  }

  return {
    path: async () => pathSync(),
    pathSync,
    made: () => made,
    forget,
    async remove() {
      if (made === undefined) return;
      await rm(made, { recursive: true, force: true });
      forget();
    },
  };
}

/**
 * Who owns a directory: uid, pid namespace and start time (ticks after boot; tmp adds the pid).
 * A pid alone can be reused, and means another process in another container. Systems without
 * /proc say 0, and nobody judges such a directory from outside.
 */
function owner(): (string | number)[] {
  const uid = process.getuid?.() ?? 0;
  try {
    const namespace = readlinkSync("/proc/self/ns/pid").replace(/\D/g, "");
    const stat = readFileSync("/proc/self/stat", "latin1");
    // Field 22; fields are counted behind the command's name, which may itself contain blanks.
    const started = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? 0;
    return [uid, namespace, started];
  } catch {
    return [uid, 0, 0];
  }
}
