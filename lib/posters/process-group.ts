// The processes that a poster's code starts: they are in the group of its own process.

/**
 * Sends a signal to the process's group. There is none where the process did not begin one, as on
 * Windows, or where all of it has ended.
 */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // There is no group.
  }
}
