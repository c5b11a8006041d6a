// Looks at the file system, written once and run either way: asynchronously or synchronously.
import { lstatSync, realpathSync } from "node:fs";
import { lstat, realpath } from "node:fs/promises";

/** What can be asked about a path; the answer is undefined where there is none. */
interface Question {
  kind: "real" | "exists";
  path: string;
}

/** A procedure that asks questions about paths. */
export type PathQuery<T> = Generator<Question, T, string | undefined>;

/** The path without symlinks, if it leads to something. */
export function* real(path: string): PathQuery<string | undefined> {
  return yield { kind: "real", path };
}

/** Whether there is something of that name, be it a symlink to nowhere. */
export function* exists(path: string): PathQuery<boolean> {
  return (yield { kind: "exists", path }) !== undefined;
}

export async function run<T>(look: PathQuery<T>): Promise<T> {
  let step = look.next();
  while (!step.done) {
    const { kind, path } = step.value;
    const answer = kind === "real" ? realpath(path) : lstat(path).then(() => path);
    step = look.next(await answer.catch(() => undefined));
  }
  return step.value;
}

export function runSync<T>(look: PathQuery<T>): T {
  let step = look.next();
  while (!step.done) step = look.next(answerSync(step.value));
  return step.value;
}

function answerSync({ kind, path }: Question): string | undefined {
  try {
    if (kind === "real") return realpathSync.native(path);
    lstatSync(path);
    return path;
  } catch {
    return undefined;
  }
}
