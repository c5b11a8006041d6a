// npx wx-canvas-node render: makes one picture or thousands from data, on all cores.
import { mkdir, open, rename, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { toCanvasError, withHint } from "../../errors.ts";
import { createRenderer, type Renderer, type RenderOptions } from "../../posters/index.ts";
import { type Command, usageError } from "../command.ts";
import { MAX_TIMEOUT, numberOf, wholeNumber } from "../numbers.ts";
import { placeOf } from "../places.ts";
import { fileTypeOf, type NameOf, namesOf } from "./names.ts";
import { startProgress } from "./progress.ts";
import { type Row, readRows } from "./rows.ts";

const HELP = `Usage: wx-canvas-node render <poster | page> [options]

  <poster>              a module whose default export is definePoster({ … })
  <page>                a page of a mini-program, such as miniprogram/pages/poster/poster

  --data <file>         .json (a row, or a list of rows), .jsonl, .csv with names in its
                        first line, or - for standard input; default: one row without data
  --out <name>          where pictures go: "out/{id}.jpg" with fields of the data, {row} is
                        the row's number; in a folder ("out/", the default) {row}, or
                        <poster> for one
  --resume              leaves what is there and whole
  --fail-fast           ends with the first failure
  --strict              fails where pictures or characters are missing
  --quality <number>    of JPEG, above 0, up to 1
  --pixel-ratio <number>
  --processes <number>  default: the machine's parallelism
  --timeout <ms>        for a picture; default 15000

Failures are printed with their row and do not stop the rest. Ctrl-C ends; --resume continues.
Exit codes: 0, 1 when some failed or it was ended, 2 for a wrong call.
`;

const OPTIONS = {
  data: { type: "string" },
  out: { type: "string" },
  resume: { type: "boolean", default: false },
  "fail-fast": { type: "boolean", default: false },
  strict: { type: "boolean", default: false },
  quality: { type: "string" },
  "pixel-ratio": { type: "string" },
  processes: { type: "string" },
  timeout: { type: "string" },
} as const;

export const render: Command = {
  help: HELP,
  async run(args, print, printError) {
    const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
    const [poster, ...more] = positionals;
    if (poster === undefined) throw usageError("a poster is missing");
    if (more.length > 0) throw usageError(`one poster is enough, got ${positionals.join(" ")}`);
    const { name, place } = placeOf(poster);
    const rows =
      values.data === undefined ? [{ number: 1, data: {} }] : await readRows(values.data);
    const own = rows.length === 1 ? name : "{row}";
    const { out = "out/" } = values;
    if (out === "") throw usageError("--out: expected a name, got none");
    const pattern = /[/\\]$/.test(out) ? out + own : out;
    const processes = Math.min(
      wholeNumber("processes", values.processes) ?? availableParallelism(),
      Math.max(1, rows.length),
    );
    const format: RenderOptions = {
      fileType: fileTypeOf(pattern),
      quality: numberOf("quality", values.quality, 1),
      pixelRatio: numberOf("pixel-ratio", values["pixel-ratio"]),
      strict: values.strict,
    };
    const timeout = wholeNumber("timeout", values.timeout, { most: MAX_TIMEOUT });
    const renderer = createRenderer({ posters: { [name]: place }, processes, timeout, retry: 1 });
    const { resume, "fail-fast": failFast } = values;
    const job: Batch = { renderer, name, rows, format, nameOf: namesOf(pattern), resume, failFast };
    try {
      return await runBatch(job, processes * 2, print, printError);
    } finally {
      await renderer.close();
    }
  },
};

interface Batch {
  renderer: Renderer;
  name: string;
  rows: Row[];
  format: RenderOptions;
  nameOf: NameOf;
  resume: boolean;
  failFast: boolean;
}

async function runBatch(
  batch: Batch,
  atOnce: number,
  print: (line: string) => void,
  printError: (line: string) => void,
): Promise<number> {
  const { rows } = batch;
  const begun = performance.now();
  const stop = new AbortController();
  const progress = await startProgress(rows.length, printError);
  const counts = { made: 0, skipped: 0, failed: 0, bytes: 0 };
  const onSignal = () => stop.abort("signal");
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);

  const waiting = rows.values();
  async function work(): Promise<void> {
    for (const row of waiting) {
      if (stop.signal.aborted) return;
      try {
        const bytes = await makeOne(batch, row, stop.signal, progress.say);
        if (bytes === undefined) counts.skipped++;
        else {
          counts.made++;
          counts.bytes += bytes;
        }
      } catch (error) {
        const failure = toCanvasError(error);
        if (stop.signal.aborted) return;
        counts.failed++;
        progress.say(`row ${row.number}: ${failure.code}: ${withHint(failure.reason, failure)}`);
        if (batch.failFast) stop.abort("failure");
      }
      progress.update(counts.made + counts.skipped + counts.failed, counts.failed);
    }
  }
  try {
    await Promise.all(Array.from({ length: atOnce }, work));
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
    progress.stop();
  }

  print(summary(rows.length, counts, (performance.now() - begun) / 1000));
  if (stop.signal.aborted) print("It was ended before all rows: --resume goes on.");
  return counts.failed > 0 || stop.signal.aborted ? 1 : 0;
}

/** Returns the bytes of the picture; undefined when it already exists. */
async function makeOne(
  { renderer, name, format, nameOf, resume }: Batch,
  row: Row,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<number | undefined> {
  if (row.error) throw row.error;
  const path = nameOf(row);
  const known = format.fileType === undefined ? [`${path}.png`, `${path}.jpg`] : [path];
  if (resume && (await Promise.all(known.map(isWhole))).includes(true)) return undefined;
  const { data, type, warnings } = await renderer.render(name, row.data, { ...format, signal });
  for (const { message } of warnings) say(`row ${row.number}: warning: ${message}`);
  const extension = type === "image/png" ? ".png" : ".jpg";
  await writeWhole(format.fileType === undefined ? path + extension : path, data);
  return data.length;
}

/** Writes through a `.part` file: even if the process is killed, the file is complete or absent. */
async function writeWhole(path: string, data: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.part`, data);
  await rename(`${path}.part`, path);
}

const ENDS = [Buffer.from("IEND\xae\x42\x60\x82", "latin1"), Buffer.from([0xff, 0xd9])];

/** Whether the file exists and ends as a PNG or JPEG ends. */
async function isWhole(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  if (!file) return false;
  try {
    const { size } = await file.stat();
    const { buffer } = await file.read(Buffer.alloc(8), 0, 8, Math.max(0, size - 8));
    return ENDS.some((end) => buffer.subarray(8 - end.length).equals(end));
  } finally {
    await file.close();
  }
}

function summary(
  rows: number,
  {
    made,
    skipped,
    failed,
    bytes,
  }: { made: number; skipped: number; failed: number; bytes: number },
  seconds: number,
): string {
  const parts = [`${made} made`];
  if (skipped > 0) parts.push(`${skipped} were there`);
  if (failed > 0) parts.push(`${failed} failed`);
  const size = `${(bytes / 1e6).toFixed(1)} MB in ${seconds.toFixed(1)} s`;
  return `${rows} ${rows === 1 ? "row" : "rows"}: ${parts.join(", ")}; ${size}, ${(made / seconds).toFixed(1)} a second`;
}
