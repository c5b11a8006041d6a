// Reads the resident set (memory in use) of another process from the operating system.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * Milliseconds between two checks of a process. It depends on the system: each `ps` is a process.
 */
export function lookInterval(platform: NodeJS.Platform = process.platform): number {
  return platform === "linux" ? 50 : 500;
}

/**
 * Calls back with all bytes that the process has in memory: V8's heap, Buffers and Skia. Does not
 * call back if the process is gone, nor on systems with neither /proc nor ps (Windows).
 */
export function residentBytes(
  pid: number,
  answer: (bytes: number) => void,
  platform: NodeJS.Platform = process.platform,
): void {
  if (platform === "linux") {
    const bytes = residentNow(pid, platform);
    if (bytes > 0) answer(bytes);
    return;
  }
  execFile("ps", ["-o", "rss=", "-p", String(pid)], (error, kibibytes) => {
    if (!error) answer(Number(kibibytes) * 1024);
  });
}

/**
 * The same at once: 0 if the process is gone, and on systems without /proc. `VmRSS` is in KiB for
 * any size of a page.
 */
export function residentNow(pid: number, platform: NodeJS.Platform = process.platform): number {
  if (platform !== "linux") return 0;
  let status = "";
  try {
    status = readFileSync(`/proc/${pid}/status`, "latin1");
  } catch {
    // The process has ended.
  }
  // A process that is ending has no VmRSS.
  const kibibytes = /^VmRSS:\s*(\d+) kB/m.exec(status)?.[1];
  return Number(kibibytes ?? 0) * 1024;
}
