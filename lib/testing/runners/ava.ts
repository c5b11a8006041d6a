// ava: its tests tell nothing but through `t`; a hook behind a file's tests says that they passed.
import type { ReportEnding, Runner } from "./runner.ts";

/** What is used of ava's `test`. */
export interface Ava {
  default: { after(hook: () => void): void };
}

/** Undefined where the tests are not ava's. */
export function avaRunner(
  script: string | undefined,
  report: ReportEnding,
  load: () => Promise<Ava>,
): Runner | undefined {
  if (!/[\\/]ava[\\/]lib[\\/]worker[\\/]/.test(script ?? "")) return undefined;
  // ava takes hooks until its tests start, which is later than this; it runs `after` only when
  // all tests of the file have passed.
  load().then(
    (ava) => ava.default.after(() => report("whole", undefined)),
    () => {},
  );
  return { running: () => undefined, update: () => undefined, afterTest: () => false };
}
