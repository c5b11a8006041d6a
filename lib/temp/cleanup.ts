// What a process leaves behind when it ends: nothing. Directories are removed at exit and on signals.
import { rmSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const directories = new Set<string>();

/** Has the directory removed when this process ends, or this worker does by itself. */
export function removeAtExit(directory: string): void {
  if (directories.size === 0) listen();
  directories.add(directory);
}

/** The directory has been removed by its owner. */
export function forgetAtExit(directory: string): void {
  directories.delete(directory);
  if (directories.size === 0) stopListening();
}

/** The signals that end a process by default and that can be heard. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function listen(): void {
  process.on("exit", removeAll);
  // Signals are the main thread's; a worker's directories go with its own exit.
  if (isMainThread) for (const signal of SIGNALS) process.on(signal, onSignal);
}

function stopListening(): void {
  process.off("exit", removeAll);
  if (isMainThread) for (const signal of SIGNALS) process.off(signal, onSignal);
}

function removeAll(): void {
  for (const directory of directories) {
    try {
      rmSync(directory, { recursive: true, force: true });
    } catch {
      // The process is ending; the next host sweeps what is left.
    }
  }
  directories.clear();
}

/** Acts only where the signal would have ended the process: an application that listens decides. */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listeners(signal).some((listener) => listener !== onSignal)) return;
  removeAll();
  stopListening();
  process.kill(process.pid, signal);
}
