// The runner ava: only `t` describes a test; an `after` hook reports that a file's tests passed.
import type { ReportEnding, Runner } from "./runner.ts";

/** The used part of ava's `test`. */
export interface Ava {
  default: { after(hook: () => void): void };
}

/** The runner, or undefined if the tests are not ava's. */
export function avaRunner(
  script: string | undefined,
  report: ReportEnding,
  load: () => Promise<Ava>,
): Runner | undefined {
  if (!/[\\/]ava[\\/]lib[\\/]worker[\\/]/.test(script ?? "")) return undefined;
  // ava accepts hooks until its tests start, which is later than this. It runs `after` only when
  // all tests of the file have passed.
  load().then(
    (ava) => ava.default.after(() => report("whole", undefined)),
    () => {},
  );
  return { running: () => undefined, update: () => undefined, afterTest: () => false };
}
