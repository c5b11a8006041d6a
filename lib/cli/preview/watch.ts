// Watches a project's files, except those that its posters do not use.

/** Folders without sources. A saved baseline or a run's picture must not start a new drawing. */
const IGNORED = /[\\/](?:node_modules|\.git|\.pictures|__pictures__|coverage|dist|out)(?:[\\/]|$)/;

/** Milliseconds within which saves count as one: editors write a file in several steps. */
const TOGETHER = 15;

/** Calls back after each save. Packages and outputs are not watched. */
export async function watchFolder(
  folder: string,
  changed: () => void,
): Promise<{ close(): Promise<void> }> {
  const { watch } = await import("chokidar");
  const watcher = watch(folder, {
    ignoreInitial: true,
    // Only the path below the folder counts: the folder itself may be in one named `dist`.
    ignored: (path) => IGNORED.test(path.slice(folder.length)),
  });
  let pending: NodeJS.Timeout | undefined;
  watcher.on("all", () => {
    clearTimeout(pending);
    pending = setTimeout(changed, TOGETHER);
  });
  await new Promise<void>((resolve) => watcher.once("ready", () => resolve()));
  return {
    async close() {
      clearTimeout(pending);
      await watcher.close();
    },
  };
}
