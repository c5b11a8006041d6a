// Measuring one export, and what came out of it.

import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Canvas } from "@napi-rs/canvas";
import sharp from "sharp";
import type { Contender } from "./contenders.ts";
import type { Row } from "./rows.ts";
import type { Settings } from "./us.ts";

export interface Sample {
  /** Milliseconds of wall time, of CPU time of all threads, and the longest that the event loop stood still. */
  wall: number;
  cpu: number;
  block: number;
}

export const settingsOf = (row: Row): Settings => ({
  type: row.type,
  compression: "default",
  quality: 80,
});

const fileOf = (folder: string, i: number, row: Row) => join(folder, `${i}.${row.type}`);

/** All pictures of a row once. */
export async function perform(
  contender: Contender,
  own: unknown[],
  row: Row,
  folder: string,
): Promise<void> {
  const settings = settingsOf(row);
  const run = (i: number) => contender.run(own[i] as never, fileOf(folder, i, row), settings);
  if (row.together) await Promise.all(own.map((_, i) => run(i)));
  else for (let i = 0; i < own.length; i++) await run(i);
}

export async function measure(
  contender: Contender,
  own: unknown[],
  row: Row,
  folder: string,
): Promise<Sample> {
  const turn = () => new Promise((resolve) => setTimeout(resolve, 20));
  // The engine frees what nobody holds any more only when the loop turns.
  globalThis.gc?.();
  await turn();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.reset();
  const cpu = process.cpuUsage();
  const began = performance.now();
  await perform(contender, own, row, folder);
  const wall = performance.now() - began;
  const used = process.cpuUsage(cpu);
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  return { wall, cpu: (used.user + used.system) / 1000, block: Math.max(0, delay.max / 1e6 - 1) };
}

export interface Outcome {
  bytes: number;
  /** PNG: how many pixels differ from the canvas. JPEG: decibels. */
  differing?: number;
  psnr?: number;
}

/** Looks into the files that perform() left. */
export async function inspect(
  canvases: readonly Canvas[],
  row: Row,
  folder: string,
): Promise<Outcome> {
  const outcome: Outcome = { bytes: 0 };
  for (const [i, canvas] of canvases.entries()) {
    const file = fileOf(folder, i, row);
    outcome.bytes += (await stat(file)).size;
    // Many alike: the first ones tell.
    if (i > 9) continue;
    const decoded = await sharp(await readFile(file), { limitInputPixels: false })
      .ensureAlpha()
      .raw()
      .toBuffer();
    const { width, height } = canvas;
    const wanted = canvas.getContext("2d").getImageData(0, 0, width, height).data;
    if (row.type === "png")
      outcome.differing = (outcome.differing ?? 0) + differing(decoded, wanted);
    else outcome.psnr = psnr(decoded, wanted);
  }
  return outcome;
}

function differing(a: Uint8Array, b: Uint8ClampedArray): number {
  const x = new Uint32Array(a.buffer.slice(a.byteOffset, a.byteOffset + a.length));
  const y = new Uint32Array(b.buffer, b.byteOffset, b.length / 4);
  let count = Math.abs(x.length - y.length);
  for (let i = 0; i < y.length; i++) if (x[i] !== y[i]) count++;
  return count;
}

function psnr(a: Uint8Array, b: Uint8ClampedArray): number {
  let sum = 0;
  for (let i = 0; i < b.length; i++) if (i % 4 < 3) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return 10 * Math.log10(255 ** 2 / (sum / ((b.length / 4) * 3)));
}
