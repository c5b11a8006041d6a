// Watches single files by the folders that they are in: editors replace a file, and it may be
// created later.
import { type FSWatcher, statSync, watch } from "node:fs";
import { dirname, join, sep } from "node:path";

export interface FilesWatcher {
  add(file: string): void;
  close(): void;
}

interface WatchedFolder {
  watcher: FSWatcher;
  /** Another one than the folder has now: it was replaced, as when a package is installed. */
  inode: number;
}

/** Calls back when one of the files is changed, created or removed; with an error if it cannot. */
export function watchFiles(changed: () => void, failed: (error: unknown) => void): FilesWatcher {
  const files = new Set<string>();
  const folders = new Map<string, WatchedFolder>();

  /** Watches the folder of the path, or the nearest one above it that exists. */
  function watchAround(path: string): void {
    const folder = dirname(path);
    const inode = statSync(folder, { throwIfNoEntry: false })?.ino;
    const watched = folders.get(folder);
    if (watched && watched.inode === inode) return;
    watched?.watcher.close();
    folders.delete(folder);
    if (inode !== undefined) begin(folder, inode);
    else if (folder !== path) watchAround(folder);
  }

  function begin(folder: string, inode: number): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => onEvent(folder, name));
      // A folder that is removed is an error on Windows, and an event elsewhere.
      watcher.on("error", () => onEvent(folder, null));
      folders.set(folder, { watcher, inode });
    } catch (error) {
      failed(error);
    }
  }

  function onEvent(folder: string, name: string | null): void {
    // An event of the folder itself has its own name, which is that of no file in it.
    const path = join(folder, name ?? "");
    const concerned = [...files].filter(
      (file) => file === path || file.startsWith(path + sep) || dirname(file) === folder,
    );
    for (const file of concerned) watchAround(file);
    if (concerned.some((file) => file === path || file.startsWith(path + sep))) changed();
  }

  return {
    add(file) {
      files.add(file);
      watchAround(file);
    },
    close() {
      for (const { watcher } of folders.values()) watcher.close();
    },
  };
}
