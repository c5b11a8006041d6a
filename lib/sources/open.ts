// Opens a local file so that what is read is what was checked, whatever is swapped in between.
import { constants } from "node:fs";
import { type FileHandle, open, readlink, realpath } from "node:fs/promises";
import { CanvasError, show } from "../errors.ts";
import type { Paths } from "./paths.ts";

/** A file that may be read, open. */
export interface OpenFile extends AsyncDisposable {
  /** Its real path. */
  readonly path: string;
  /** Changes when its content does: real path, size and time of change. */
  readonly identity: string;
  /** All its bytes; fails when there are more than allowed. */
  read(maxBytes: number): Promise<Buffer>;
  close(): Promise<void>;
}

/**
 * Does not follow a link put in the file's place, nor wait for the writer of a pipe. Windows knows
 * neither flag; undefined counts as 0 here.
 */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Opens the file of that path, if the host may read it. */
export async function openReadable(paths: Paths, given: string): Promise<OpenFile> {
  const path = await paths.readable(given);
  const handle = await open(path, FLAGS).catch((cause) => {
    throw new CanvasError("SOURCE", `${show(given)}: it cannot be opened`, { cause });
  });
  try {
    const opened = await pathOf(handle, path);
    if (!(await paths.mayRead(opened))) throw refused(given, "it was moved while it was opened");
    const stat = await handle.stat({ bigint: true });
    if (!stat.isFile()) throw refused(given, "it is no file");
    const close = () => handle.close();
    return {
      path,
      identity: `${path}\0${stat.size}\0${stat.mtimeNs}\0${stat.ctimeNs}`,
      async read(maxBytes) {
        if (stat.size > maxBytes) throw refused(given, `it has more than ${maxBytes} bytes`);
        const bytes = Buffer.allocUnsafe(Number(stat.size));
        // What grows meanwhile is cut; what shrinks is shorter, and found to be cut off.
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
        return bytes.subarray(0, bytesRead);
      },
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Where the open file lies: as the system knows it, or else by looking once more. */
async function pathOf(handle: FileHandle, path: string): Promise<string> {
  return readlink(`/proc/self/fd/${handle.fd}`).catch(() => realpath(path));
}

function refused(given: string, why: string): CanvasError {
  return new CanvasError("SOURCE", `${show(given)}: ${why}`);
}
