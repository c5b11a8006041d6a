// Makes a PNG file in little time: each stripe is encoded as soon as it is read, in the smallest
// format that holds it. Where stripes differ in that, the smaller ones are encoded again.

import type { Run } from "./executor.ts";
import type { Task, TaskResult } from "./instance.ts";
import { assemble } from "./png-file.ts";
import { bytesOf, type Rows } from "./stripes.ts";
import { ANY } from "./wasm.ts";

export async function encodeQuickly(
  { width, height }: { width: number; height: number },
  stripes: readonly Rows[],
  run: Run,
): Promise<Uint8Array<ArrayBuffer>> {
  const taskOf = ([from, to]: Rows, format: number): Task => {
    const prior = Math.min(from, 1);
    return {
      call: "pngQuick",
      args: [width, to - from, prior, format, to === height ? 1 : 0],
      parts: [bytesOf(width, [from - prior, to])],
      after: to * width * 4,
    };
  };
  const results = await run(stripes.map((rows) => taskOf(rows, ANY)));
  // Formats are numbered from the largest on.
  const kind = Math.min(...results.map(formatOf));
  const others = [...results.keys()].filter((i) => formatOf(results[i] as TaskResult) !== kind);
  const again = await run(others.map((i) => taskOf(stripes[i] as Rows, kind)));
  for (const [k, i] of others.entries()) results[i] = again[k] as TaskResult;
  return assemble(width, height, { kind, depth: 8, colours: new Uint32Array(0) }, results);
}

function formatOf({ values }: TaskResult): number {
  return values[2] as number;
}
