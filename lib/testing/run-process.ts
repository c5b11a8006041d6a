// Finds the process of the run: this one, or the runner that started it as a worker.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

/** The process of the runner. */
export interface RunProcess {
  /** The same for all workers of a run, and of no other run. */
  id: string;
  /** The words of its command line; empty where the system hides it. */
  command: string[];
}

let known: RunProcess | undefined;

export function runProcess(): RunProcess {
  known ??= look(runPid(process.env));
  return known;
}

/** The pid of the run's process. */
export function runPid(env: NodeJS.ProcessEnv): number {
  return isWorker(env) ? process.ppid : process.pid;
}

/**
 * Whether a runner started the process as a worker for some tests; threads share the run's process.
 */
export function isWorker(
  env: NodeJS.ProcessEnv,
  {
    isThread = !isMainThread,
    script = process.argv[1],
  }: { isThread?: boolean; script?: string | undefined } = {},
): boolean {
  if (isThread) return false;
  if (env.NODE_TEST_CONTEXT === "child-v8" || env.MOCHA_WORKER_ID !== undefined) return true;
  return WORKERS.test(String(script));
}

/** The scripts that ava, jest and vitest (up to 3 by tinypool) start their workers from. */
const WORKERS =
  /[\\/](ava[\\/]lib[\\/]worker|jest-worker|tinypool[\\/]dist|vitest[\\/]dist[\\/]workers)[\\/]/;

export function look(pid: number, proc = "/proc"): RunProcess {
  try {
    // Process ids are reused, quickly in containers; together with the start time, one is unique.
    const stat = readFileSync(`${proc}/${pid}/stat`, "latin1");
    const started = stat.slice(stat.lastIndexOf(")")).split(" ")[20];
    const command = readFileSync(`${proc}/${pid}/cmdline`, "utf8").split("\0");
    return { id: `${pid}-${started}`, command };
  } catch {
    return { id: String(pid), command: pid === process.pid ? process.argv : commandBy("ps", pid) };
  }
}

/** The command line by `ps`, for systems without /proc; empty on Windows, which has no ps. */
export function commandBy(ps: string, pid: number): string[] {
  try {
    const args = ["-ww", "-o", "args=", "-p", String(pid)];
    const line = execFileSync(ps, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return line.trim().split(/\s+/);
  } catch {
    return [];
  }
}

/** Flags with which a runner leaves tests out, without dashes and in lower case. */
const FILTERS: Record<string, string> = {
  jest:
    "t testnamepattern testpathpattern testpathpatterns testpathignorepatterns o onlychanged f " +
    "onlyfailures changedsince lastcommit findrelatedtests shard selectprojects ignoreprojects " +
    "runtestsbypath filter",
  vitest: "t testnamepattern shard changed project exclude tagsfilter",
  mocha: "g grep f fgrep i invert exclude ignore shard",
  ava: "m match",
  node: "testnamepattern testskippattern testonly testshard testrerunfailures",
};

/** The flags of a runner's command line with which not all tests run. */
export function filtersOf(command: readonly string[]): string[] {
  const text = command.slice(0, 3).join(" ");
  const runner = /[\\/ ](jest|vitest|mocha|ava)\b/.exec(text)?.[1] ?? "node";
  const filters = (FILTERS[runner] as string).split(" ");
  return command.filter((word) => {
    const flag = /^--?([a-z][\w-]*)/i.exec(word)?.[1];
    return flag !== undefined && filters.includes(flag.replaceAll("-", "").toLowerCase());
  });
}
