// Run as a child: peak memory of one contender's exports of one row, in a process of its own.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contenders } from "./contenders.ts";
import { perform } from "./measure.ts";
import { rows } from "./rows.ts";

const [index, name, times, posters] = process.argv.slice(2);
const row = rows(Number(posters))[Number(index)];
const contender = (await contenders(() => {})).find((one) => one.name === name);
if (row && contender) {
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  const own = row.draw().map((canvas) => contender.prepare(canvas));
  for (let i = 0; i < Number(times); i++) {
    await perform(contender, own, row, folder);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await rm(folder, { recursive: true });
}
// Kilobytes, as the system counts them.
console.log(process.resourceUsage().maxRSS);
process.exit();
