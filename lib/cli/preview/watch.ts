// Whatever is saved in a project, but for what its posters do not use.

/** Folders whose files are no sources; a saved baseline or picture of a run draws nothing anew. */
const IGNORED = /[\\/](?:node_modules|\.git|\.pictures|__pictures__|coverage|dist|out)(?:[\\/]|$)/;

/** Milliseconds in which saves count as one: editors write a file in several steps. */
const TOGETHER = 15;

/** Calls back after each save; packages and outputs are not looked at. */
export async function watchFolder(
  folder: string,
  changed: () => void,
): Promise<{ close(): Promise<void> }> {
  const { watch } = await import("chokidar");
  const watcher = watch(folder, {
    ignoreInitial: true,
    // Below the folder itself, wherever that lies.
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
