// Makes a PNG file in little time: each stripe is encoded as soon as it is read, in the smallest
// format that holds it. Where stripes differ in that, the smaller ones are encoded again.

import type { Run } from "./executor.ts";
import type { Task, TaskResult } from "./instance.ts";
import { assemble } from "./png-file.ts";
import { bytesOf, type Rows } from "./stripes.ts";
import { ANY } from "./wasm.ts";

/**
 * The most pixels of a picture whose first stripe is encoded in the calling thread. If that has at
 * most FLAT_BYTES for each pixel, the others are encoded there, too: they take less than 1 ms, and
 * messages to threads take as long. So many pixels are encoded again there.
 */
const MIDDLING = 400_000;
const FLAT_BYTES = 0.25;

export async function encodeQuickly(
  { width, height }: { width: number; height: number },
  stripes: readonly Rows[],
  run: Run,
): Promise<Uint8Array<ArrayBuffer>> {
  const runAll = (some: readonly Rows[], format: number, here: boolean) =>
    run(
      some.map(([from, to]): Task => {
        const prior = Math.min(from, 1);
        return {
          call: "pngQuick",
          args: [width, to - from, prior, format, to === height ? 1 : 0],
          parts: [bytesOf(width, [from - prior, to])],
          after: to * width * 4,
          here,
        };
      }),
    );
  const first = width * height <= MIDDLING ? stripes.slice(0, 1) : [];
  const results = await runAll(first, ANY, true);
  const isFlat = results.some(
    ({ bytes }) => bytes.length * stripes.length <= width * height * FLAT_BYTES,
  );
  results.push(...(await runAll(stripes.slice(first.length), ANY, isFlat)));
  // Formats are numbered from the largest on.
  const kind = Math.min(...results.map(formatOf));
  const others = [...results.keys()].filter((i) => formatOf(results[i] as TaskResult) !== kind);
  const stripesAgain = others.map((i) => stripes[i] as Rows);
  const rows = stripesAgain.reduce((sum, [from, to]) => sum + to - from, 0);
  const again = await runAll(stripesAgain, kind, rows * width <= MIDDLING);
  for (const [k, i] of others.entries()) results[i] = again[k] as TaskResult;
  return assemble(width, height, { kind, depth: 8, colours: new Uint32Array(0) }, results);
}

function formatOf({ values }: TaskResult): number {
  return values[2] as number;
}
