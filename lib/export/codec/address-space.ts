// The limit on the process's address space (`ulimit -v`): Node ends a process in which a new thread
// cannot reserve its part.
import { readFileSync } from "node:fs";

/** V8 reserves 10 GiB for the memory of each of four encoder threads, and more for their heaps. */
const ENOUGH_BYTES = 64 * 2 ** 30;

/** Whether the limit is too low for encoder threads. Only Linux has such a file. */
export function isAddressSpaceSmall(file = "/proc/self/limits"): boolean {
  try {
    const [, bytes] = /^Max address space +(\d+)/m.exec(readFileSync(file, "utf8")) ?? [];
    return Number(bytes) < ENOUGH_BYTES;
  } catch {
    return false;
  }
}
