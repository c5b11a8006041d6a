// What the proofs of the promises share: how large they are, their folders, and their children.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type How, start } from "./children.ts";

/** `PROMISES=full` uses the promised numbers; without it they are smaller. */
export const FULL: boolean = process.env.PROMISES === "full";

/** The promised number, or the one for every test run. */
export function times(full: number, short: number): number {
  return FULL ? full : short;
}

/** Milliseconds for one proof: generous, since machines are slow and busy. */
export const LONG: number = times(3_600_000, 180_000);

/** Runs the test with its own folder. */
export async function inFolder<T>(test: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "promise-"));
  try {
    return await test(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs the script in its own process; its last line is the answer, as JSON. */
export async function answerOf<T>(script: string, how: How = {}): Promise<T> {
  const { child, ended } = start(script, {}, how);
  const deadline = setTimeout(() => child.kill("SIGKILL"), LONG);
  const { code, signal, stdout, stderr } = await ended;
  clearTimeout(deadline);
  assert.deepEqual([code, signal], [0, null], `${stdout.slice(-2000)}${stderr.slice(-4000)}`);
  return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
}

/** Skips the test, with the reason in its title, when a requirement is missing. */
export function needs(test: Mocha.Context, is: boolean, what: string): void {
  if (is) return;
  if (test.test) test.test.title += ` (skipped: needs ${what})`;
  test.skip();
}

export const LINUX: boolean = process.platform === "linux";
export const ROOT: boolean = LINUX && process.getuid?.() === 0;

/** For scripts: a canvas of noise, whose PNG has about 3 bytes a pixel. */
export const NOISE = `
  import { randomFillSync } from "node:crypto";
  function noise(host, id, width, height) {
    const context = host.createCanvas(id, width, height).getContext("2d");
    const pixels = context.createImageData(width, height);
    randomFillSync(new Uint8Array(pixels.data.buffer));
    for (let i = 3; i < pixels.data.length; i += 4) pixels.data[i] = 255;
    context.putImageData(pixels, 0, 0);
  }`;
