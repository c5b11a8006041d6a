// Reduces pictures in the encoder's threads, to the same pixels wherever WebAssembly runs.

import type { Executor } from "./executor.ts";
import type { EncodeJob, Original } from "./job.ts";
import { bytesOf, copyOf, cut, type Rows } from "./stripes.ts";

/** About how many of the original's pixels give a stripe of the result. */
const STRIPE = 600_000;
/** Pixels of the result that the kernel reaches to each side. */
const LOBES = 3;
/** Sums of so many pixels still fit the encoder's 16 bits. */
const MAX_BOX = 128;

/** One side of a reduction: positions are those of boxes of pixels, which are averaged first. */
interface Side {
  /**
   * Pixels of a box: half of those that make a pixel of the result, for a kernel as of twice the
   * size.
   */
  box: number;
  /** Where the first pixel of the result lies. */
  start: number;
  step: number;
}

/** The job of the picture of `original`, at the size of the job. */
export async function reduce(
  { original, ...job }: EncodeJob & { original: Original },
  executor: Executor,
): Promise<EncodeJob> {
  const { width, height, part } = original;
  const x = sideOf(part.x, part.width, job.width);
  const y = sideOf(part.y, part.height, job.height);
  const perStripe = Math.ceil((STRIPE / width) * (job.height / part.height));
  const stripes = cut(job.height, perStripe);
  const source = { width, height, read: job.read };
  const results = await executor(source, [], (run) =>
    run(
      stripes.map(([from, to]) => {
        const [top, bottom] = neighbours(y, [from, to], height);
        const start = y.start + from * y.step - top / y.box;
        return {
          call: "reduce",
          args: [
            ...[width, bottom - top, x.box, y.box],
            ...[x.start, x.step, job.width, start, y.step, to - from],
          ],
          parts: [bytesOf(width, [top, bottom])],
          after: bottom * width * 4,
        };
      }),
    ),
  );
  const pixels = Buffer.concat(results.map(({ bytes }) => bytes));
  return {
    ...job,
    *read(pieces) {
      for (const piece of pieces) yield copyOf(pixels, job.width, piece);
    },
  };
}

function sideOf(from: number, length: number, outLength: number): Side {
  const ratio = length / outLength;
  const box = Math.min(MAX_BOX, Math.max(1, Math.floor(ratio / 2)));
  return { box, start: (from + ratio / 2) / box - 0.5, step: ratio / box };
}

/** The rows of the original that rows of the result are made of: whole boxes. */
function neighbours({ box, start, step }: Side, [from, to]: Rows, height: number): Rows {
  const reach = LOBES * Math.max(1, step);
  const first = Math.max(0, Math.floor(start + from * step - reach));
  const last = Math.ceil(start + (to - 1) * step + reach);
  return [Math.min(first * box, height - 1), Math.min(height, (last + 1) * box)];
}
