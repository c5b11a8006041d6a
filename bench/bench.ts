// The benchmark: measures this library and its peers. Rounds are interleaved: each contender takes
// a turn, then all again, so that a busy moment affects all of them.
//
// npm run bench [-- --quick --rows A,H,start-up --rounds 7 --patience 11 --posters 100
//   --only sharp,canvas --no-memory --keep]

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import type { Canvas } from "@napi-rs/canvas";
import { chart } from "./chart.ts";
import type { Report } from "./child.ts";
import { type Contender, contenders, us } from "./contenders.ts";
import { barTable, changes, keep, verdicts } from "./judge.ts";
import {
  collect,
  inspect,
  measure,
  median,
  type Outcome,
  perform,
  type Sample,
  sweep,
  sweepAll,
} from "./measure.ts";
import { stamped, stampOf } from "./pictures.ts";
import { type Facts, facts, type Result, table } from "./report.ts";
import { type Row, rows } from "./rows.ts";
import { studies } from "./studies.ts";

/** To judge a single change in three minutes: the rows and peers that show most. */
const isQuick = process.argv.includes("--quick");
const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    rows: {
      type: "string",
      default: isQuick
        ? "A,B,C,D,E,G,H,start-up,records,pages"
        : `A,B,C,D,E,F,G,H,I,J,${Object.keys(studies).join()}`,
    },
    rounds: { type: "string", default: isQuick ? "5" : "7" },
    patience: { type: "string", default: isQuick ? "1" : "11" },
    posters: { type: "string", default: "100" },
    only: {
      type: "string",
      default: isQuick ? "sharp,@napi-rs/image Fast,canvas encode,node-canvas" : "",
    },
    memory: { type: "boolean", default: !isQuick },
    keep: { type: "boolean", default: false },
    out: { type: "string", default: fileURLToPath(new URL("results", import.meta.url)) },
  },
  allowNegative: true,
});

const LEAST_ROUNDS = 3;
/** How many times as many rounds a row gets at most, if its spread crosses a bar. */
const AGAIN = 3;
/** Seconds after which no row gets more of them in a quick run. */
const QUICK = 75;
/**
 * Milliseconds. A quick contender exports several times a turn, until TURN has passed: first to
 * warm up, then measured. A contender that takes longer than LONG for one export needs no warm-up:
 * its effect would not be seen.
 */
const TURN = isQuick ? 40 : 100;
const LONG = 500;

/**
 * Milliseconds. A contender that takes longer for all rounds is measured in fewer: its lag is no
 * tie.
 */
const patience = Number(options.patience) * 1000;
const rounds = Number(options.rounds);
const posters = Number(options.posters);
const chosen = options.rows.split(",");
const began = performance.now();
const load = loadavg()[0];
const folder = await mkdtemp(join(tmpdir(), "bench-"));
const skipped: Record<string, string> = {};
const everyone = (
  await contenders((name, reason) => {
    skipped[name] = reason;
  })
).filter(
  ({ name }) =>
    !options.only ||
    (name.startsWith(us) && !(isQuick && name.endsWith("small"))) ||
    options.only.split(",").some((part) => name === part || name.endsWith(part)),
);
for (const [name, reason] of Object.entries(skipped)) console.log(`skipped: ${name} (${reason})`);

const results: Result[] = [];
const all = rows(posters);
for (const row of all) {
  if (!chosen.includes(row.id)) continue;
  say(`${row.id}: ${row.title} …`);
  results.push(...(await (row.together ? crowd(row) : compete(row))));
}
if (options.memory) await weigh(chosen);
const studied: Facts[] = [];
for (const [name, study] of Object.entries(studies)) {
  if (!chosen.includes(name)) continue;
  say(`${name} …`);
  studied.push(await study());
}
await sweepAll();
await rm(folder, { recursive: true });

const versions = ["@napi-rs/canvas", "sharp", "@napi-rs/image", "canvas", "skia-canvas"].map(
  (name) => [name, versionOf(name)],
);
const machine = {
  cpu: cpus()[0]?.model,
  cores: availableParallelism(),
  memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  node: process.version,
  loadBefore: load?.toFixed(2),
  minutes: ((performance.now() - began) / 60_000).toFixed(1),
  ...Object.fromEntries(versions),
};
if (skipped.canvas) {
  console.log(`Without node-canvas (${skipped.canvas}): no row says whether it is faster.`);
}
console.log(
  Object.entries(machine)
    .map(([name, value]) => `${name} ${value}`)
    .join(", "),
);
console.log(`\n${barTable(results)}`);
const kept = new URL("../docs/performance.json", import.meta.url);
const earlier = await readFile(kept, "utf8").catch(() => undefined);
if (earlier) console.log(`\n${changes(results, JSON.parse(earlier))}`);
console.log(table(results));
console.log(facts(studied));
await mkdir(options.out, { recursive: true });
const json = JSON.stringify({ machine, skipped, results, studies: studied }, null, 2);
await writeFile(join(options.out, "bench.json"), json);
await writeFile(join(options.out, "bench.svg"), chart(results));
if (options.keep) await writeFile(kept, keep(machine, results));
process.exit();

function say(text: string): void {
  console.error(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}`);
}

function fieldOf(row: Row): Contender[] {
  return everyone.filter(
    ({ type, without }) => (!type || type === row.job.type) && !without?.includes(row.id),
  );
}

/** A contender in a row that is measured in this process. */
interface Entry {
  contender: Contender;
  posters(seed: number): unknown[];
  release(own: unknown[]): void;
  outcome: Outcome;
  /** In how many rounds it takes part, and how many milliseconds one turn of it takes. */
  turns: number;
  once: number;
  samples: Sample[];
  /** Of each round. */
  medians: (number | null)[];
}

/** Measures a row in this process, with the contenders' turns interleaved. */
async function compete(row: Row): Promise<Result[]> {
  const canvases = row.draw();
  const field: Entry[] = [];
  for (const contender of fieldOf(row)) {
    const own = canvases.map((canvas) => contender.prepare(canvas));
    const posters = (seed: number) =>
      row.anew ? own.map((one) => contender.compose(one as never, stampOf(seed))) : own;
    /**
     * Releases the posters, as code that draws anew for each request should: otherwise the next one
     * gets new memory.
     */
    const release = (own: unknown[]) => {
      if (row.anew) for (const poster of own as { width: number }[]) poster.width = 0;
    };
    // The warm-up runs until the compilers have settled, or once for long work.
    const start = performance.now();
    let once = 0;
    let files: string[] = [];
    do {
      await sweep(files);
      const own = posters(0);
      const before = performance.now();
      files = await perform(contender, own, row, folder);
      once = performance.now() - before;
      release(own);
    } while (performance.now() - start < 200);
    const outcome = await inspect(
      (i) => (row.anew ? stamped(canvases[i], 0) : canvases[i]) as Canvas,
      files,
      row,
    );
    await sweep(files);
    const turns = Math.min(rounds, Math.max(LEAST_ROUNDS, Math.floor(patience / once)));
    field.push({
      contender,
      posters,
      release,
      outcome,
      turns,
      once,
      samples: [],
      medians: [],
    });
  }
  const isOpen = () => {
    const times = field.map(({ contender: { name }, medians }) => ({
      contender: name,
      rounds: medians,
    }));
    const { id, job } = row;
    return verdicts({ id, type: job.type }, times).some(({ holds }) => holds === undefined);
  };
  const mayGoOn = () => !isQuick || performance.now() - began < QUICK * 1000;
  for (
    let round = 0;
    round < rounds || (round < rounds * AGAIN && mayGoOn() && isOpen());
    round++
  ) {
    // Each round starts with another contender, so that the order varies.
    const order = [...field.slice(round % field.length), ...field.slice(0, round % field.length)];
    for (const { contender, posters, release, samples, turns, once, medians } of order) {
      if (round >= turns && turns < rounds) {
        medians.push(null);
        continue;
      }
      const first = samples.length;
      await collect();
      const isLong = once >= LONG;
      // Warm up again: after a collection the next one begins soon, and new memory is expensive in
      // a virtual machine. A program that works regularly has neither problem.
      const start = performance.now();
      while (!isLong && performance.now() - start < TURN) {
        const own = posters(0);
        await sweep(await perform(contender, own, row, folder));
        release(own);
      }
      for (let i = 0, sum = 0; i === 0 || (sum < TURN && !isLong); i++) {
        const own = posters(samples.length + 1);
        const sample = await measure(() => perform(contender, own, row, folder));
        sum += sample.wall;
        samples.push(sample);
        await sweep(sample.outcome);
        release(own);
      }
      medians.push(median(samples.slice(first).map(({ wall }) => wall)));
    }
  }
  return field.map(({ contender, samples, medians, outcome }) =>
    summary(row, contender, samples, medians, outcome),
  );
}

/**
 * Measures a row with each turn in a process of its own, since memory matters here; turns are
 * interleaved as well.
 */
async function crowd(row: Row): Promise<Result[]> {
  const field = fieldOf(row).map((contender) => ({ contender, reports: [] as Report[], turns: 1 }));
  for (let round = 0; round < rounds; round++) {
    for (const entry of field) {
      if (round >= entry.turns) continue;
      const [report] = await child([all.indexOf(row)], entry.contender.name);
      if (!report?.wall) continue;
      entry.reports.push(report);
      entry.turns = Math.floor(patience / report.wall);
    }
  }
  return field
    .filter(({ reports }) => reports.length > 0)
    .map(({ contender, reports }) => {
      const walls = reports.map(({ wall = null }) => wall);
      const result = summary(row, contender, reports as Sample[], walls, reports[0] as Outcome);
      return { ...result, memory: median(reports.map(({ memory = Number.NaN }) => memory)) };
    });
}

/**
 * Measures the peak memory of the other rows in child processes: photos each in their own, the rest
 * together.
 */
async function weigh(ids: string[]): Promise<void> {
  for (const group of ["A", "B", "CDEG", "F", "H"]) {
    const indices = [...all.keys()].filter((i) => group.includes(all[i]?.id ?? "-"));
    for (const contender of everyone) {
      const own = indices.filter((i) => {
        const row = all[i] as Row;
        return ids.includes(row.id) && fieldOf(row).includes(contender);
      });
      if (own.length === 0) continue;
      say(`memory of ${contender.name}: ${group}`);
      const reports = await child(own, contender.name);
      for (const [k, { memory }] of reports.entries()) {
        const title = all[own[k] ?? -1]?.title;
        const result = results.find(
          (one) =>
            one.contender === contender.name && one.title === title && group.includes(one.row),
        );
        if (result && memory !== undefined) result.memory = memory;
      }
    }
  }
}

function summary(
  { id, title, job }: Row,
  { name }: Contender,
  samples: readonly Sample[],
  medians: readonly (number | null)[],
  { bytes, differing, psnr }: Outcome,
): Result {
  const walls = samples.map(({ wall }) => wall);
  return {
    row: id,
    title,
    type: job.type,
    contender: name,
    measured: samples.length,
    rounds: medians.map((ms) => ms && Number(ms.toPrecision(4))),
    wall: median(walls),
    spread: [Math.min(...walls), Math.max(...walls)],
    cpu: median(samples.map(({ cpu }) => cpu)),
    block: Math.max(...samples.map(({ block }) => block)),
    bytes,
    ...(differing !== undefined && { differing }),
    ...(psnr !== undefined && { psnr }),
  };
}

async function child(indices: readonly number[], name: string): Promise<Report[]> {
  const script = fileURLToPath(new URL("child.ts", import.meta.url));
  const node = ["--expose-gc", "--import=@oxc-node/core/register", script];
  const args = [...node, indices.join(), name, String(posters)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

function versionOf(name: string): string {
  for (const folder of ["node_modules", "../node_modules"]) {
    try {
      const file = new URL(`${folder}/${name}/package.json`, import.meta.url);
      return JSON.parse(readFileSync(file, "utf8")).version;
    } catch {
      // The package is not in this folder.
    }
  }
  return "not there";
}
