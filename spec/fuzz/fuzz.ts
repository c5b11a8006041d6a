// Looks for inputs that crash the engine: `npm run fuzz -- [seconds] [kind] [seed] [case]`; the
// seconds are those of a processor. `TRACE=1` prints the calls of a single case.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ALL = ["context", "engine", "pictures", "structure", "svg", "fonts", "objects", "servers"];
const CASES = 400;
/** A case that takes longer hangs, unless its process hardly had a processor. */
const PATIENCE = 20_000;
/** Rounds that run at a time: those of servers wait most of the time. */
const OVERLAPPING: Record<string, number> = { servers: 8 };

const [seconds = "60", only, given, one] = process.argv.slice(2);
const first = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
const child = fileURLToPath(new URL("child.ts", import.meta.url));

/** Of cases that are measured: milliseconds, milliseconds that the loop was blocked, megabytes. */
let worst = [0, 0, 0];

interface Run {
  /** How the process ended; undefined when all cases are done. */
  crash: string | undefined;
  last: number;
}

/**
 * Milliseconds that the process, and those of its children that have ended, were on a processor;
 * undefined where the system cannot be asked.
 */
function cpuMs(pid: number | undefined): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
    // Fields 14 to 17, in ticks of a hundredth of a second.
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * 10, 0);
  } catch {
    return undefined;
  }
}

/** Seconds of a processor so far, of all rounds that have ended; by the clock where unknown. */
const spent = () => (cpuMs(process.pid) ?? performance.now()) / 1000;

/** Runs cases in a process of their own, at the lowest priority. */
function run(kind: string, seed: number, from: number, count: number): Promise<Run> {
  const args = ["--import=@oxc-node/core/register", child, kind, seed, from, count].map(String);
  const process_ = spawn("nice", ["-n", "10", process.execPath, ...args]);
  let last = from;
  let errors = "";
  let hang = false;
  const watch = () => {
    const before = cpuMs(process_.pid) ?? 0;
    const look = () => {
      const used = (cpuMs(process_.pid) ?? Number.POSITIVE_INFINITY) - before;
      if (used < PATIENCE / 4 && ++waited < 10) timer = setTimeout(look, PATIENCE);
      else {
        hang = true;
        process_.kill("SIGKILL");
      }
    };
    let waited = 0;
    return setTimeout(look, PATIENCE);
  };
  let timer = watch();
  process_.stdout.on("data", (text) => {
    for (const line of String(text).trimEnd().split("\n")) {
      if (!line.startsWith("=")) last = Number(line);
      else worst = worst.map((most, i) => Math.max(most, Number(line.split(" ")[i + 1])));
    }
    clearTimeout(timer);
    timer = watch();
  });
  process_.stderr.on("data", (text) => {
    errors = (errors + text).slice(-4000);
  });
  return new Promise((resolve) => {
    process_.on("close", (code, signal) => {
      clearTimeout(timer);
      const how = hang
        ? `hangs for ${PATIENCE} ms`
        : `${signal ?? `exit ${code}`} ${errors}`.trim();
      resolve({ crash: code === 0 ? undefined : how, last });
    });
  });
}

if (one !== undefined && only !== undefined) {
  console.log(await run(only, first, Number(one), 1));
} else {
  console.log(`seed ${first}`);
  const kinds = only === undefined ? ALL : [only];
  let [cases, crashes, round] = [0, 0, 0];
  const isOver = () => spent() >= Number(seconds);
  const runRounds = async () => {
    while (!isOver()) {
      const kind = kinds[round % kinds.length] as string;
      const seed = first + Math.floor(round++ / kinds.length);
      for (let from = 0; from < CASES && !isOver(); ) {
        const { crash, last } = await run(kind, seed, from, CASES - from);
        cases += last - from + 1;
        from = last + 1;
        if (!crash) continue;
        crashes++;
        console.log(`${kind} ${seed} ${last}: ${crash}`);
      }
    }
  };
  const places = OVERLAPPING[only ?? ""] ?? 1;
  await Promise.all(Array.from({ length: places }, runRounds));
  const [time = 0, block = 0, grown = 0] = worst.map(Math.ceil);
  const figures = time > 0 ? `; at most ${time} ms, ${block} ms at once, ${grown} MB` : "";
  console.log(
    `${cases} cases, ${crashes} crashes${figures}; ${Math.round(spent())} s of a processor`,
  );
  process.exitCode = crashes > 0 ? 1 : 0;
}
