// Loads tmp-promise, which needs the system's temp folder at once and cannot be loaded without it.
import { require } from "../require.ts";

type TmpPromise = typeof import("tmp-promise");

/** What `os.tmpdir()` reads, on POSIX systems and on Windows. */
const VARIABLES = ["TMPDIR", "TEMP", "TMP"] as const;

/** Not in a `try`, where rollup would leave out the `require`. */
const load = (): TmpPromise => require("tmp-promise");

/**
 * Loads tmp-promise, with the first temp file: a process that exports to memory needs none. While
 * it loads, the host's folder stands in for the system's, which need not exist.
 */
export function loadTmpPromise(folder: string): TmpPromise {
  const { env } = process;
  const before = VARIABLES.map((name) => [name, env[name]] as const);
  try {
    for (const name of VARIABLES) env[name] = folder;
    return load();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete env[name];
      else env[name] = value;
    }
  }
}
