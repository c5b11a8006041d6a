// Looks for inputs that crash the engine: `npm run fuzz -- [seconds] [kind] [seed] [case]`;
// `TRACE=1` prints the calls of a single case.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ALL = ["context", "engine", "pictures", "structure", "svg", "fonts", "objects", "servers"];
const CASES = 400;
/** A case that takes longer hangs, unless its process hardly had a processor. */
const PATIENCE = 20_000;

const [seconds = "60", only, given, one] = process.argv.slice(2);
const first = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
const deadline = Date.now() + Number(seconds) * 1000;
const child = fileURLToPath(new URL("child.ts", import.meta.url));

/** Of cases that are measured: milliseconds, milliseconds that the loop was blocked, megabytes. */
let worst = [0, 0, 0];

interface Run {
  /** How the process ended; undefined when all cases are done. */
  crash: string | undefined;
  last: number;
}

/** Milliseconds that the process was on a processor; endless where the system cannot be asked. */
function cpuMs(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
    // Fields 14 and 15, in ticks of a hundredth of a second.
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Runs cases in a process of their own, at the lowest priority. */
function run(kind: string, seed: number, from: number, count: number): Promise<Run> {
  const args = ["--import=@oxc-node/core/register", child, kind, seed, from, count].map(String);
  const process_ = spawn("nice", ["-n", "10", process.execPath, ...args]);
  let last = from;
  let errors = "";
  let hang = false;
  const watch = () => {
    const before = cpuMs(process_.pid);
    const look = () => {
      const used = cpuMs(process_.pid) - before;
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
  let cases = 0;
  let crashes = 0;
  for (let seed = first; Date.now() < deadline; seed++) {
    for (const kind of kinds) {
      for (let from = 0; from < CASES && Date.now() < deadline; ) {
        const { crash, last } = await run(kind, seed, from, CASES - from);
        cases += last - from + 1;
        from = last + 1;
        if (!crash) continue;
        crashes++;
        console.log(`${kind} ${seed} ${last}: ${crash}`);
      }
    }
  }
  const [time = 0, block = 0, grown = 0] = worst.map(Math.ceil);
  const figures = time > 0 ? `; at most ${time} ms, ${block} ms at once, ${grown} MB` : "";
  console.log(`${cases} cases, ${crashes} crashes${figures}`);
  process.exitCode = crashes > 0 ? 1 : 0;
}
