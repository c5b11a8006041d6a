// Ends a child process, and its group, when its parent is gone, even while its own code loops.
import { Worker } from "node:worker_threads";

/** Milliseconds between two checks. */
const INTERVAL = 250;

/**
 * It runs in a thread, because only another thread runs while the main one loops. It compares the
 * parent's pid (a process whose parent ends gets another one) and, for Windows, checks whether that
 * process exists.
 */
const SCRIPT = `
  const { workerData: { parent, interval } } = require("node:worker_threads");
  setInterval(() => {
    try {
      if (process.ppid === parent) return process.kill(parent, 0);
    } catch (error) {
      if (error.code !== "ESRCH") return;
    }
    try {
      process.kill(-process.pid, "SIGKILL");
    } catch {
      process.kill(process.pid, "SIGKILL");
    }
  }, interval);`;

/** Starts the thread that watches the parent, the process with that pid. */
export function watchParent(parent: number): void {
  const limits = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1 };
  new Worker(SCRIPT, {
    eval: true,
    workerData: { parent, interval: INTERVAL },
    resourceLimits: limits,
    execArgv: [],
  }).unref();
}
