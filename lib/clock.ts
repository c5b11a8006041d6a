// A clock for measuring, which never goes back.

/**
 * Milliseconds since the process started. `performance.now()` says the same, but the first export
 * of a process would wait 1 ms for Node's perf_hooks to load.
 */
export const elapsedMs = (): number => process.uptime() * 1000;
