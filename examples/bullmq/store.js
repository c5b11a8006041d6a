// Pictures by their key in a folder: files are whole or absent. An object store can replace it.
import { randomUUID } from "node:crypto";
import { access, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A store whose folder may be shared by any number of processes. */
export async function createFileStore(folder) {
  const unfinished = join(folder, ".unfinished");
  await mkdir(unfinished, { recursive: true });
  return {
    has: (key) =>
      access(join(folder, key)).then(
        () => true,
        () => false,
      ),
    async put(key, bytes) {
      const part = join(unfinished, randomUUID());
      await writeFile(part, bytes);
      await rename(part, join(folder, key));
    },
  };
}
