// Scripts that run in a process of their own, with the library under `wxCanvas`.
import { type ChildProcess, spawn } from "node:child_process";

const library = new URL("../../lib/index.ts", import.meta.url).href;

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** How a script runs; by default, as the specs themselves. */
export interface How {
  /** Another Node. */
  node?: string;
  /** Node's own flags. */
  flags?: readonly string[];
  /** The command that starts Node, such as `["setpriv", "--reuid=65534"]`. */
  by?: readonly string[];
  /** Runs without the library and the loader of its sources. */
  bare?: boolean;
}

/** Starts the script; what it prints is collected until it ends. */
export function start(
  script: string,
  env: Record<string, string> = {},
  { node = process.execPath, flags = [], by = [], bare = false }: How = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const code = `import * as wxCanvas from ${JSON.stringify(library)};\n${script}`;
  const loader = bare ? [] : ["--import=@oxc-node/core/register"];
  const run = [node, ...flags, ...loader, "--input-type=module", "-e", bare ? script : code];
  const [command, ...args] = [...by, ...run] as [string, ...string[]];
  // Coverage takes memory itself; a child that measures memory runs without it.
  const coverage = flags.includes("--expose-gc") ? { NODE_V8_COVERAGE: "" } : {};
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...coverage, ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => {
    stdout += text;
  });
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, ended };
}

/** Resolves with all output so far when the child has printed a line, or that line. */
export function printed(child: ChildProcess, line = ""): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    child.stdout?.on("data", (more) => {
      text += more;
      if (text.includes(`${line}\n`)) resolve(text);
    });
  });
}
