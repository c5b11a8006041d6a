// Removes and renames files that a scanner may hold for a moment, as on Windows.
import { setTimeout } from "node:timers/promises";

/** Options that remove everything; what is held is tried again, for 1.5 s in all. */
export const REMOVAL = { recursive: true, force: true, maxRetries: 5, retryDelay: 100 } as const;

/** The codes that Windows gives while another program holds a file. */
const HELD: readonly unknown[] = ["EACCES", "EBUSY", "EPERM"];
/** As many retries, and as long. */
const DELAYS_MS = [100, 200, 300, 400, 500];

/** Retries an operation that Node does not retry by itself. */
export async function retried(attempt: () => void | Promise<void>): Promise<void> {
  for (const delay of DELAYS_MS) {
    try {
      return await attempt();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (process.platform !== "win32" || !HELD.includes(code)) throw error;
      await setTimeout(delay);
    }
  }
  return await attempt();
}
