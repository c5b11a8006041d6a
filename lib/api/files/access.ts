// File operations written once and run either way: asynchronously or synchronously.
import fs from "node:fs";
import type { Paths } from "../../sources/paths.ts";

/** One access to the file system, or to the rules of where a path points. */
type Access =
  | { kind: "path"; right: "readable" | "writable"; path: unknown }
  | { kind: "fs"; name: keyof typeof fs.promises & string; args: unknown[] };

/** An operation, as the accesses that it makes one after another. */
export type Operation<T> = Generator<Access, T, unknown>;

/** The real path of something that may be read. */
export function* readable(path: unknown): Operation<string> {
  return (yield { kind: "path", right: "readable", path }) as string;
}

/** The real path of a place that may be written. */
export function* writable(path: unknown): Operation<string> {
  return (yield { kind: "path", right: "writable", path }) as string;
}

type Do<Result> = (...args: unknown[]) => Operation<Result>;

function access<Result>(name: keyof typeof fs.promises & string): Do<Result> {
  return function* (...args) {
    return (yield { kind: "fs", name, args }) as Result;
  };
}

/** Those of `node:fs` that the operations are made of. */
export const disk: {
  appendFile: Do<void>;
  copyFile: Do<void>;
  lstat: Do<fs.Stats>;
  mkdir: Do<void>;
  readdir: Do<string[]>;
  readFile: Do<Buffer>;
  rename: Do<void>;
  rm: Do<void>;
  rmdir: Do<void>;
  stat: Do<fs.Stats>;
  unlink: Do<void>;
  writeFile: Do<void>;
} = {
  appendFile: access("appendFile"),
  copyFile: access("copyFile"),
  lstat: access("lstat"),
  mkdir: access("mkdir"),
  readdir: access("readdir"),
  readFile: access("readFile"),
  rename: access("rename"),
  rm: access("rm"),
  rmdir: access("rmdir"),
  stat: access("stat"),
  unlink: access("unlink"),
  writeFile: access("writeFile"),
};

type Perform = (...args: unknown[]) => unknown;

/** Runs the operation without keeping the process from anything else. */
export async function run<T>(paths: Paths, operation: Operation<T>): Promise<T> {
  let step = operation.next();
  while (!step.done) {
    let answer: unknown;
    try {
      const { value } = step;
      answer =
        value.kind === "path"
          ? await paths[value.right](value.path)
          : await (fs.promises[value.name] as Perform)(...value.args);
    } catch (error) {
      step = operation.throw(error);
      continue;
    }
    step = operation.next(answer);
  }
  return step.value;
}

/** Runs the operation before it returns. */
export function runSync<T>(paths: Paths, operation: Operation<T>): T {
  let step = operation.next();
  while (!step.done) {
    let answer: unknown;
    try {
      const { value } = step;
      answer =
        value.kind === "path"
          ? paths[`${value.right}Sync`](value.path)
          : (fs as unknown as Record<string, Perform>)[`${value.name}Sync`]?.(...value.args);
    } catch (error) {
      step = operation.throw(error);
      continue;
    }
    step = operation.next(answer);
  }
  return step.value;
}
