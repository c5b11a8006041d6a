// npm run bench [-- --rows A,H --rounds 7 --posters 100 --only sharp,canvas --no-memory]
// Rounds are interleaved: each contender once, then all again, so that a busy moment meets everyone.

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { contenders, us } from "./contenders.ts";
import { inspect, measure, perform, type Sample } from "./measure.ts";
import { chart, type Result, table } from "./report.ts";
import { type Row, rows } from "./rows.ts";

const { values: options } = parseArgs({
  options: {
    rows: { type: "string", default: "A,B,C,D,E,F,G,H,I,J" },
    rounds: { type: "string", default: "7" },
    posters: { type: "string", default: "100" },
    only: { type: "string", default: "" },
    memory: { type: "boolean", default: true },
    out: { type: "string", default: fileURLToPath(new URL("results", import.meta.url)) },
  },
  allowNegative: true,
});

const posters = Number(options.posters);
const chosen = options.rows.split(",");
const folder = await mkdtemp(join(tmpdir(), "bench-"));
const skipped: Record<string, string> = {};
const everyone = (
  await contenders((name, reason) => {
    skipped[name] = reason;
  })
).filter(
  ({ name }) =>
    !options.only ||
    name.startsWith(us) ||
    options.only.split(",").some((part) => name.includes(part)),
);
for (const [name, reason] of Object.entries(skipped)) console.log(`skipped: ${name} (${reason})`);

const results: Result[] = [];
for (const [index, row] of rows(posters).entries()) {
  if (!chosen.includes(row.id)) continue;
  console.error(`${row.id}: ${row.title} …`);
  results.push(...(await compete(row, index)));
}
await rm(folder, { recursive: true });

console.log(table(results));
await mkdir(options.out, { recursive: true });
const machine = {
  cpu: cpus()[0]?.model,
  cores: availableParallelism(),
  memory: totalmem(),
  node: process.version,
};
await writeFile(
  join(options.out, "bench.json"),
  JSON.stringify({ machine, skipped, results }, null, 2),
);
await writeFile(join(options.out, "bench.svg"), chart(results));
process.exit();

async function compete(row: Row, index: number): Promise<Result[]> {
  const canvases = row.draw();
  const field = everyone
    .filter(({ type }) => !type || type === row.type)
    .map((contender) => ({
      contender,
      own: canvases.map((canvas) => contender.prepare(canvas)),
      samples: [] as Sample[],
    }));
  const outcomes = [];
  for (const { contender, own } of field) {
    // The warm-up: until the compilers have settled, or for long work once.
    const until = performance.now() + 300;
    do await perform(contender, own, row, folder);
    while (performance.now() < until);
    outcomes.push(await inspect(canvases, row, folder));
  }
  const rounds = Math.min(Number(options.rounds), row.rounds ?? Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++) {
    for (const { contender, own, samples } of field) {
      samples.push(await measure(contender, own, row, folder));
    }
  }
  const found: Result[] = [];
  for (const [i, { contender, samples }] of field.entries()) {
    const walls = samples.map(({ wall }) => wall);
    found.push({
      row: row.id,
      title: row.title,
      contender: contender.name,
      wall: median(walls),
      spread: [Math.min(...walls), Math.max(...walls)],
      cpu: median(samples.map(({ cpu }) => cpu)),
      block: Math.max(...samples.map(({ block }) => block)),
      bytes: 0,
      ...outcomes[i],
      ...(options.memory ? { memory: await peak(index, contender.name) } : {}),
    });
  }
  return found;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** Megabytes that the exports add to a process that has drawn the pictures. */
async function peak(index: number, name: string): Promise<number> {
  const run = async (times: number) => {
    const script = fileURLToPath(new URL("memory.ts", import.meta.url));
    const args = [
      "--import=@oxc-node/core/register",
      script,
      String(index),
      name,
      String(times),
      String(posters),
    ];
    return Number((await promisify(execFile)(process.execPath, args)).stdout) / 1024;
  };
  return (await run(3)) - (await run(0));
}
