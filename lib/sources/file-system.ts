// The file system for procedures: calls of `node:fs`, in their asynchronous and synchronous forms.
import type * as Fs from "node:fs";
import type { Procedure, Step } from "../procedure.ts";
import { require } from "../require.ts";

/** Not imported: of a default import the build makes a copy of all members, at every start. */
const fs = require("node:fs") as typeof Fs;

type Function<Args extends unknown[], Result> = (...args: Args) => Procedure<Result>;

function call<Args extends unknown[], Result>(name: keyof typeof disk): Function<Args, Result> {
  return function* (...args) {
    return (yield step(name, args)) as Result;
  };
}

/** The functions of `node:fs` that procedures are made of. */
export const disk: {
  close: Function<[fd: number], void>;
  fchmod: Function<[fd: number, mode: number], void>;
  fstat: Function<[fd: number, options: { bigint: true }], Fs.BigIntStats>;
  ftruncate: Function<[fd: number, bytes: number], void>;
  lstat: Function<[path: string], Fs.Stats>;
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
  rmdir: Function<[path: string], void>;
  stat: Function<[path: string], Fs.Stats>;
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
  rmdir: call("rmdir"),
  stat: call("stat"),
  unlink: call("unlink"),
  write: call("write"),
};

/** The stats of all of the paths, asked for together. */
export function* lstatAll(paths: readonly string[]): Procedure<Fs.Stats[]> {
  return (yield together("lstat", paths)) as Fs.Stats[];
}

/** Removes all of the files together. */
export function* unlinkAll(paths: readonly string[]): Procedure<void> {
  yield together("unlink", paths);
}

function together(name: keyof typeof disk, paths: readonly string[]): Step {
  const steps = paths.map((path) => step(name, [path]));
  return {
    later: () => Promise.all(steps.map(({ later }) => later())),
    now: () => steps.map(({ now }) => now()),
  };
}

let isBlocking = false;

/**
 * Has the calls of procedures block this process from now on, or not. A call through libuv's
 * threads costs about 30 µs, a blocking one 7: posters of a process that has one job at a time, and
 * is watched from outside, take 7 % less time.
 */
export function setBlocking(isOn: boolean): void {
  isBlocking = isOn;
}

/** One call of `node:fs`, by a name that has a callback form and a synchronous one. */
function step(name: keyof typeof disk, args: readonly unknown[]): Step {
  const now = () => functionOf(`${name}Sync`)(...args);
  return {
    later: () =>
      new Promise((resolve, reject) => {
        if (isBlocking) return resolve(now());
        functionOf(name)(...args, (error: unknown, answer: unknown) =>
          error ? reject(error) : resolve(answer),
        );
      }),
    now,
  };
}

type Perform = ((...args: unknown[]) => unknown) & { native?: Perform };

/** The function of `node:fs`. Of realpath, the system's: Node's own is slower, and finds less. */
const functionOf = (name: string): Perform => {
  const perform = Reflect.get(fs, name) as Perform;
  return perform.native ?? perform;
};
