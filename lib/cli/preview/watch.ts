// Watches what the pictures of a preview are made of: the project, and used files anywhere else.
import { sep } from "node:path";
import { realPathOf } from "./inside.ts";
import { watchFiles } from "./watch-files.ts";

/**
 * Folders of a project in which only used files are watched: a saved baseline or a run's picture
 * must not start a new drawing.
 */
export const IGNORED: RegExp =
  /[\\/](?:node_modules|\.git|\.pictures|__pictures__|coverage|dist|out)(?:[\\/]|$)/;

/** Milliseconds within which saves count as one: editors write a file in several steps. */
const TOGETHER = 15;

export interface ProjectWatcher {
  /** Adds files that a picture was made of. They may be anywhere, and need not exist yet. */
  add(files: readonly string[]): void;
  close(): Promise<void>;
}

/**
 * Calls back after each change in the folder, and of each file that was added. Warns of what cannot
 * be watched, such as when the system allows no more watchers.
 */
export async function watchProject(
  folder: string,
  changed: () => void,
  warn: (line: string) => void,
): Promise<ProjectWatcher> {
  const { watch } = await import("chokidar");
  // Only the path below the folder counts: the folder itself may be in one named `dist`.
  const isIgnored = (path: string) => IGNORED.test(path.slice(folder.length));
  let pending: NodeJS.Timeout | undefined;
  const changedSoon = () => {
    clearTimeout(pending);
    pending = setTimeout(changed, TOGETHER);
  };
  const inside = watch(folder, { ignoreInitial: true, ignored: isIgnored });
  const failed = (error: unknown) => warn(`not all files are watched: ${(error as Error).message}`);
  inside.on("all", changedSoon).on("error", failed);
  await new Promise<void>((resolve) => inside.once("ready", () => resolve()));
  const others = watchFiles(changedSoon, failed);
  const added = new Set<string>();

  return {
    add(files) {
      for (const file of files) {
        if (added.has(file)) continue;
        added.add(file);
        for (const path of new Set([file, realPathOf(file)])) {
          if (!path.startsWith(folder + sep) || isIgnored(path)) others.add(path);
        }
      }
    },
    async close() {
      clearTimeout(pending);
      others.close();
      await inside.close();
    },
  };
}
