// The child process of the benchmark, which measures one contender alone. For rows of one picture
// it reports the peak memory of two exports; for rows of many at once, all that is measured of one
// round, with each poster drawn anew.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contenders } from "./contenders.ts";
import {
  inspect,
  measure,
  type Outcome,
  peakOf,
  perform,
  performTogether,
  type Sample,
  sweep,
  sweepAll,
} from "./measure.ts";
import { stamped } from "./pictures.ts";
import { type Row, rows } from "./rows.ts";

export interface Report extends Partial<Sample & Outcome> {
  /** Megabytes. */
  memory: number | undefined;
}

const [ids = "", name, posters] = process.argv.slice(2);
const all = rows(Number(posters));
const contender = (await contenders(() => {})).find((one) => one.name === name);
const folder = await mkdtemp(join(tmpdir(), "bench-"));
const reports: Report[] = [];
for (const row of ids.split(",").map((index) => all[Number(index)] as Row)) {
  if (contender) reports.push(await (row.together ? many(row) : few(row)));
}
await sweepAll();
await rm(folder, { recursive: true });
console.log(JSON.stringify(reports));
process.exit();

async function few(row: Row): Promise<Report> {
  if (!contender) return { memory: undefined };
  const own = row.draw().map((canvas) => contender.prepare(canvas));
  const memory = await peakOf(async () => {
    for (let i = 0; i < 2; i++) {
      await sweep(await perform(contender, own, row, folder));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
  return { memory };
}

async function many(row: Row): Promise<Report> {
  const { together = 1 } = row;
  const [picture] = row.draw();
  if (!picture || !contender) return { memory: undefined };
  const own = contender.prepare(picture);
  const perform = (count: number) => performTogether(contender, own, row, folder, count);
  // The warm-up: two posters, then some at once, so that the process gets its memory, which counts.
  await sweep(await perform(2));
  let sample: (Sample & { outcome: string[] }) | undefined;
  const memory = await peakOf(async () => {
    await sweep(await perform(Math.min(8, together)));
    sample = await measure(() => perform(together));
  });
  if (!sample) return { memory };
  const { outcome: files, ...times } = sample;
  const found = await inspect((i) => stamped(picture, i), files, row);
  await sweep(files);
  return { memory, ...times, ...found };
}
