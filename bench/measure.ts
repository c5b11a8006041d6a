// Measures one turn of a contender, and inspects the files that it made.

import { readFileSync, writeFileSync } from "node:fs";
import { readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Canvas } from "@napi-rs/canvas";
import sharp from "sharp";
import type { Contender } from "./contenders.ts";
import { stampOf } from "./pictures.ts";
import type { Row } from "./rows.ts";

export interface Sample {
  /**
   * Milliseconds of wall time, of CPU time of all threads, and the longest that the event loop
   * stood still.
   */
  wall: number;
  cpu: number;
  block: number;
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Exports all pictures of a row once; resolves to the paths of their files. */
export async function perform(
  contender: Contender,
  own: unknown[],
  row: Row,
  folder: string,
): Promise<string[]> {
  const run = async (i: number) => {
    const file = join(folder, `${i}.${row.job.type}`);
    const path = await contender.run(own[i] as never, file, row.job);
    return typeof path === "string" ? path : file;
  };
  const files: string[] = [];
  for (let i = 0; i < own.length; i++) files.push(await run(i));
  return files;
}

/**
 * Exports many posters at once: each request draws its own, has it exported, and releases it as
 * soon as it may.
 */
export async function performTogether(
  contender: Contender,
  own: unknown,
  row: Row,
  folder: string,
  count: number,
): Promise<string[]> {
  const request = async (i: number) => {
    const file = join(folder, `${i}.${row.job.type}`);
    const poster = contender.compose(own as never, stampOf(i));
    const exporting = contender.run(poster as never, file, row.job);
    if (contender.freezes) poster.width = 0;
    const path = await exporting;
    poster.width = 0;
    return typeof path === "string" ? path : file;
  };
  const asked: Promise<string>[] = [];
  for (let i = 0; i < count; i++) {
    asked.push(request(i));
    // Requests come as from a socket: the next one in the loop's next turn, whether or not this one
    // is answered.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return Promise.all(asked);
}

const LITTLE = 65_536;
const kept: string[] = [];

/**
 * Removes files, so that every contender makes new ones: overwriting one has another cost. Little
 * ones stay until the end, since file systems (ext4) are slow at making files for minutes after
 * many were removed.
 */
export async function sweep(files: readonly string[]): Promise<void> {
  for (const file of files) {
    if ((await stat(file)).size > LITTLE) await rm(file);
    else kept.push(await aside(file));
  }
}

/** Removes the little files, at the end of the benchmark. */
export async function sweepAll(): Promise<void> {
  await Promise.all(kept.splice(0).map((file) => rm(file)));
}

/** Renames the file to a name that no contender writes to. */
async function aside(file: string): Promise<string> {
  const name = `${file}.${kept.length}`;
  await rename(file, name);
  return name;
}

/** Collects garbage, so that the engines free what is no longer used. */
export async function collect(): Promise<void> {
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Runs the work and measures it. */
export async function measure<T>(work: () => Promise<T>): Promise<Sample & { outcome: T }> {
  // Wait: threads of the collector and of other contenders go on for a while, at the cost of
  // contenders that have threads themselves.
  await new Promise((resolve) => setTimeout(resolve, 20));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.reset();
  const cpu = process.cpuUsage();
  const began = performance.now();
  const outcome = await work();
  const wall = performance.now() - began;
  const used = process.cpuUsage(cpu);
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  return {
    wall,
    cpu: (used.user + used.system) / 1000,
    block: Math.max(0, delay.max / 1e6 - 1),
    outcome,
  };
}

/**
 * Megabytes by which the process's memory grows at most; undefined where the system does not report
 * it.
 */
export async function peakOf(work: () => Promise<unknown>): Promise<number | undefined> {
  globalThis.gc?.();
  const read = (name: string) => {
    const status = readFileSync("/proc/self/status", "latin1");
    return Number(new RegExp(`${name}:\\s*(\\d+)`).exec(status)?.[1]) / 1024;
  };
  try {
    // On Linux this resets the peak.
    writeFileSync("/proc/self/clear_refs", "5");
  } catch {
    await work();
    return undefined;
  }
  const before = read("VmRSS");
  await work();
  return read("VmHWM") - before;
}

export interface Outcome {
  bytes: number;
  /**
   * For exact copies in PNG, how many pixels differ from the canvas; for all others, `psnr` in
   * decibels.
   */
  differing?: number;
  psnr?: number;
}

/** Inspects the files; of many similar ones, only the first. */
export async function inspect(
  wanted: (i: number) => Canvas,
  files: readonly string[],
  row: Row,
): Promise<Outcome> {
  const outcome: Outcome = { bytes: 0 };
  for (const [i, file] of files.entries()) {
    outcome.bytes += (await stat(file)).size;
    if (i > (row.together ? 2 : 9)) continue;
    const decoded = await sharp(await readFile(file), { limitInputPixels: false })
      .ensureAlpha()
      .raw()
      .toBuffer();
    const reference = await referenceOf(wanted(i), row);
    if (row.job.type === "png" && !row.job.region) {
      outcome.differing = (outcome.differing ?? 0) + differing(decoded, reference);
    } else outcome.psnr = psnr(decoded, reference);
  }
  return outcome;
}

/**
 * The canvas's pixels; of a region at another size: resampled with Lanczos-3, in full precision.
 */
async function referenceOf(canvas: Canvas, { job: { region } }: Row): Promise<Uint8Array> {
  const { x = 0, y = 0, width = canvas.width, height = canvas.height } = region ?? {};
  const { data } = canvas.getContext("2d").getImageData(x, y, width, height);
  if (!region) return new Uint8Array(data.buffer, data.byteOffset, data.length);
  return sharp(data, { raw: { width, height, channels: 4 } })
    .resize(region.outWidth, region.outHeight, { fit: "fill", kernel: "lanczos3" })
    .raw()
    .toBuffer();
}

function differing(a: Uint8Array, b: Uint8Array): number {
  const words = (bytes: Uint8Array) => new Uint32Array(bytes.slice().buffer);
  const [x, y] = [words(a), words(b)];
  let count = Math.abs(x.length - y.length);
  for (let i = 0; i < y.length; i++) if (x[i] !== y[i]) count++;
  return count;
}

function psnr(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < b.length; i++) if (i % 4 < 3) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return 10 * Math.log10(255 ** 2 / (sum / ((b.length / 4) * 3)));
}
