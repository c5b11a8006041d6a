// File system procedures, written once and run either asynchronously or synchronously.
import fs from "node:fs";

/** One call of `node:fs`, by a name that has a callback form and a synchronous one. */
interface Call {
  name: keyof typeof disk;
  args: readonly unknown[];
}

/** Yields calls that are made one after another, and gets the answer of each. */
export type Procedure<Result> = Generator<Call | readonly Call[], Result, unknown>;

type Function<Args extends unknown[], Result> = (...args: Args) => Procedure<Result>;

function call<Args extends unknown[], Result>(name: keyof typeof disk): Function<Args, Result> {
  return function* (...args) {
    return (yield { name, args }) as Result;
  };
}

/** The functions of `node:fs` that procedures are made of. */
export const disk: {
  close: Function<[fd: number], void>;
  fchmod: Function<[fd: number, mode: number], void>;
  fstat: Function<[fd: number, options: { bigint: true }], fs.BigIntStats>;
  ftruncate: Function<[fd: number, bytes: number], void>;
  lstat: Function<[path: string], fs.Stats>;
  mkdir: Function<[path: string, options: { recursive: boolean; mode: number }], void>;
  open: Function<[path: string, flags: number, mode: number], number>;
  read: Function<
    [fd: number, into: Uint8Array, at: number, length: number, position: number],
    number
  >;
  readdir: Function<[path: string], string[]>;
  readlink: Function<[path: string], string>;
  realpath: Function<[path: string], string>;
  rename: Function<[from: string, to: string], void>;
  rm: Function<[path: string, options: { recursive: boolean }], void>;
  rmdir: Function<[path: string], void>;
  stat: Function<[path: string], fs.Stats>;
  unlink: Function<[path: string], void>;
  write: Function<[fd: number, bytes: Uint8Array, from: number, length: number], number>;
} = {
  close: call("close"),
  fchmod: call("fchmod"),
  fstat: call("fstat"),
  ftruncate: call("ftruncate"),
  lstat: call("lstat"),
  mkdir: call("mkdir"),
  open: call("open"),
  read: call("read"),
  readdir: call("readdir"),
  readlink: call("readlink"),
  realpath: call("realpath"),
  rename: call("rename"),
  rm: call("rm"),
  rmdir: call("rmdir"),
  stat: call("stat"),
  unlink: call("unlink"),
  write: call("write"),
};

/** The stats of all of the paths, asked for together. */
export function* lstatAll(paths: readonly string[]): Procedure<fs.Stats[]> {
  return (yield paths.map((path): Call => ({ name: "lstat", args: [path] }))) as fs.Stats[];
}

type Perform = ((...args: unknown[]) => unknown) & { native?: Perform };

/** Runs the procedure asynchronously. */
export async function run<Result>(procedure: Procedure<Result>): Promise<Result> {
  let step = procedure.next();
  while (!step.done) {
    step = await later(step.value).then(
      (answer) => procedure.next(answer),
      (error) => procedure.throw(error),
    );
  }
  return step.value;
}

/** Runs the procedure synchronously. */
export function runSync<Result>(procedure: Procedure<Result>): Result {
  let step = procedure.next();
  while (!step.done) {
    let answer: unknown;
    try {
      answer = now(step.value);
    } catch (error) {
      step = procedure.throw(error);
      continue;
    }
    step = procedure.next(answer);
  }
  return step.value;
}

/** The function of `node:fs`. Of realpath, the system's: Node's own is slower, and finds less. */
const functionOf = (name: string): Perform => {
  const perform = (fs as unknown as Record<string, Perform>)[name] as Perform;
  return perform.native ?? perform;
};

function later(step: Call | readonly Call[]): Promise<unknown> {
  if (isList(step)) return Promise.all(step.map(later));
  const { name, args } = step;
  return new Promise((resolve, reject) => {
    functionOf(name)(...args, (error: unknown, answer: unknown) =>
      error ? reject(error) : resolve(answer),
    );
  });
}

function now(step: Call | readonly Call[]): unknown {
  if (isList(step)) return step.map(now);
  return functionOf(`${step.name}Sync`)(...step.args);
}

/** `Array.isArray` does not tell readonly arrays from others. */
function isList(step: Call | readonly Call[]): step is readonly Call[] {
  return Array.isArray(step);
}
