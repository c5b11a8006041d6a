// Notes the files that a job uses, so that a preview can watch them: modules, and what is read.
import fs from "node:fs";
import { Session } from "node:inspector";
import { syncBuiltinESMExports } from "node:module";
import { isAbsolute, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { require } from "../../require.ts";

/** Functions that read a file or look for it, by their first argument. */
const READS = [
  "open",
  "openSync",
  "readFile",
  "readFileSync",
  "createReadStream",
  "stat",
  "statSync",
];
const LOOKS = [
  "lstat",
  "lstatSync",
  "access",
  "accessSync",
  "existsSync",
  "realpath",
  "realpathSync",
];
/** Functions that make a file or folder, and which argument is its path. */
const WRITES = { mkdir: 0, mkdirSync: 0, writeFile: 0, writeFileSync: 0, createWriteStream: 0 };
const COPIES = { rename: 1, renameSync: 1, copyFile: 1, copyFileSync: 1 };

/** More are not noted. */
const MAX_FILES = 20_000;

type Functions = Record<string, unknown>;

/**
 * Notes from now on which files are read, or looked for in vain. Returns the function that lists
 * them with the modules, without what the job itself has written, such as temp files.
 */
export function noteUsedFiles(): () => string[] {
  const used = new Set<string>();
  const written = new Set<string>();
  for (const module of [fs, fs.promises] as object[] as Functions[]) {
    for (const name of [...READS, ...LOOKS]) wrap(module, name, 0, used);
    for (const [name, at] of Object.entries({ ...WRITES, ...COPIES }))
      wrap(module, name, at, written);
  }
  // For those who import these functions from ES modules.
  syncBuiltinESMExports();
  return () => {
    const files = new Set([...used, ...modules()]);
    return [...files].filter((file) => !isBelow(file, written)).slice(0, MAX_FILES);
  };
}

function wrap(module: Functions, name: string, at: number, noted: Set<string>): void {
  const method = module[name];
  if (typeof method !== "function") return;
  const noting = function (this: unknown, ...args: unknown[]) {
    const path = pathOf(args[at]);
    if (path && noted.size < MAX_FILES) noted.add(path);
    return Reflect.apply(method, this, args);
  };
  module[name] = Object.assign(noting, method);
  // Of realpath.
  wrap(module[name] as Functions, "native", at, noted);
}

function pathOf(given: unknown): string | undefined {
  try {
    if (given instanceof URL) return fileURLToPath(given);
    return typeof given === "string" ? resolve(given) : undefined;
  } catch {
    // Not the URL of a file: the function itself says so.
    return undefined;
  }
}

/** Whether the file, or a folder that it is in, is one of them. */
function isBelow(file: string, written: ReadonlySet<string>): boolean {
  const names = file.split(sep);
  return names.some((_, i) => written.has(names.slice(0, i + 1).join(sep)));
}

/** The files of all modules of this process: ES modules, CommonJS, JSON, and a mini-program's. */
function modules(): string[] {
  const urls: string[] = [];
  const session = new Session();
  session.connect();
  session.on("Debugger.scriptParsed", ({ params }) => urls.push(params.url));
  session.post("Debugger.enable");
  session.disconnect();
  // JSON is not a script, and Node's loader does not read it by the functions above; but it is in
  // this cache when an ES module has imported it, too.
  return [...urls, ...Object.keys(require.cache)].flatMap((url) => {
    const path = url.startsWith("file:") ? fileURLToPath(url) : url;
    return isAbsolute(path) ? [path] : [];
  });
}
