// Folders for tests of picture tests: a test file that need not exist, and the output of its run.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type Canvas, createCanvas } from "@napi-rs/canvas";
import {
  type Actual,
  configurePictures,
  type MatchOptions,
  type MatchResult,
  matchPicture,
} from "../../lib/testing/index.ts";
import type { FileRecord, PictureRecord } from "../../lib/testing/records.ts";
import { failureOf } from "../support/hosts.ts";

export interface Playground {
  folder: string;
  /** The path of the test file. */
  file: string;
  /** The folder of the run's results. */
  pictures: string;
  baseline(name: string): string;
  records(): (PictureRecord | FileRecord)[];
}

type Env = Partial<Record<"UPDATE_PICTURES" | "CI", string>>;

/** Runs the test in its own folder; the environment sets no updates, unless it is given. */
export async function inPlayground<T>(
  test: (playground: Playground) => Promise<T> | T,
  env: Env = {},
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "pictures-"));
  const pictures = join(folder, ".pictures");
  const file = join(folder, "poster.spec.ts");
  configurePictures({ folder: pictures });
  try {
    return await withEnv(env, () =>
      test({
        folder,
        file,
        pictures,
        baseline: (name) => join(folder, "__pictures__", "poster.spec.ts", `${name}.png`),
        records() {
          const path = join(pictures, "results.jsonl");
          if (!existsSync(path)) return [];
          const lines = readFileSync(path, "utf8").trim().split("\n");
          return lines.map((line) => JSON.parse(line));
        },
      }),
    );
  } finally {
    configurePictures({});
    await rm(folder, { recursive: true, force: true });
  }
}

export async function withEnv<T>(env: Env, test: () => Promise<T> | T): Promise<T> {
  const before = { UPDATE_PICTURES: process.env.UPDATE_PICTURES, CI: process.env.CI };
  try {
    setEnv(env);
    return await test();
  } finally {
    setEnv(before);
  }
}

function setEnv(env: Partial<Record<"UPDATE_PICTURES" | "CI", string | undefined>>): void {
  for (const name of ["UPDATE_PICTURES", "CI"] as const) {
    const value = env[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

/** A canvas of 40 × 20 with a red square, and blue dots of one pixel at the given places. */
export function square(...dots: [x: number, y: number][]): Canvas {
  const canvas = createCanvas(40, 20);
  const context = canvas.getContext("2d");
  context.fillStyle = "#ff0000";
  context.fillRect(5, 5, 10, 10);
  context.fillStyle = "#0000ff";
  for (const [x, y] of dots) context.fillRect(x, y, 1, 1);
  return canvas;
}

/** The code and the message that the call fails with. */
export async function failing(call: () => unknown): Promise<{ code: string; message: string }> {
  const { code, message } = await failureOf(call);
  return { code, message };
}

const contexts = new Map<string, { title: string; attempt: number }>();

/** Compares with the baseline of that name, each time as another attempt at the same test. */
export function compareAs(
  actual: Actual | Promise<Actual>,
  name: string,
  file: string,
  options: MatchOptions = {},
): Promise<MatchResult> {
  const key = `${file} ${name}`;
  const test = contexts.get(key) ?? { title: name, attempt: 0 };
  contexts.set(key, test);
  test.attempt++;
  return matchPicture(actual, { in: file, test, ...options });
}

/** The path of the file of that name, in any folder below. */
export function findKept(folder: string, name: string): string | undefined {
  const found = readdirSync(folder, { recursive: true }) as string[];
  const path = found.find((path) => basename(path) === name);
  return path && join(folder, path);
}
