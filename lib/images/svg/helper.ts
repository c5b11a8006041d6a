// Runs the process that renders untrusted SVGs and AVIFs, one at a time, within bounds.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import * as nodeModule from "node:module";
import type { Socket } from "node:net";
import { parse } from "node:path";
import { CanvasError } from "../../errors.ts";
import { createSemaphore } from "../../semaphore.ts";
import { clearTimeout, setTimeout } from "../../timers.ts";
import { type Answer, PROGRAM, type Request } from "./program.ts";

/** A helper ends after it was idle for this long, in milliseconds. */
const IDLE_TIME = 10_000;
/** How long a helper may take to start, in milliseconds: a cold, busy machine takes seconds. */
const START_TIME = 10_000;
/**
 * The helper's watching thread enforces the time limit; this process kills the helper so many
 * milliseconds later, in case the thread cannot.
 */
const GRACE_TIME = 250;

/** Environment variables that the helper gets: no secrets, only what finds fonts and libraries. */
const ENVIRONMENT =
  /^(path|home|userprofile|appdata|localappdata|systemroot|windir|te?mp|tmpdir|lang|lc_.*|fontconfig_.*|xdg_.*|ld_library_path|disable_system_fonts_load|node_skip_platform_check)$/i;

/**
 * Set for the helper: where the executable is not Node, such as a program packed into one file, it
 * starts that program again, which must not start others.
 */
const MARK = "WX_CANVAS_NODE_RENDERER";

/** An answer of the helper, with the bytes that follow it. */
type Reply = Answer & { body: Buffer };

interface Helper {
  ask(request: Request, body: Buffer): Promise<Reply>;
  end(): void;
}

const inTurn = createSemaphore(1);
let helper: Promise<Helper> | undefined;
let idle: NodeJS.Timeout | undefined;

/** Renders a picture, or reads its size, after earlier requests; throws SOURCE with the reason. */
export function ask(request: Request, body: Buffer, signal: AbortSignal): Promise<Reply> {
  return inTurn(async () => {
    clearTimeout(idle);
    try {
      helper ??= start();
      const reply = await (await helper).ask(request, body);
      if (reply.isWorn) stop();
      if (reply.failure === undefined) return reply;
      const reason =
        reply.failure === ""
          ? `the ${request.format} cannot be decoded`
          : `the ${request.format.toUpperCase()} has ${reply.failure}`;
      throw new CanvasError("SOURCE", reason);
    } finally {
      idle = setTimeout(stop, IDLE_TIME).unref();
    }
  }, signal);
}

/** Ends the helper; the next picture starts another. */
export function stop(): void {
  clearTimeout(idle);
  helper?.then(
    (running) => running.end(),
    () => {},
  );
  helper = undefined;
}

/** Why no helper can be started here, or undefined. */
export function unavailable(): string | undefined {
  if (process.env[MARK] !== undefined) return "this program was started as one, in place of Node";
  if (enginePath() === undefined) return "the engine's file is not found";
  const { permission } = process as { permission?: { has(scope: string): boolean } };
  if (permission && !permission.has("child")) return "Node's permission model forbids it";
  return undefined;
}

/**
 * Where the engine was loaded from, found in Node's module cache: the one way that works in
 * sources, bundles and test runners. Where the engine's JavaScript is bundled, its native part is
 * in the cache.
 */
function enginePath(): string | undefined {
  const { _cache } = nodeModule.Module as typeof nodeModule.Module & {
    _cache: Record<string, unknown>;
  };
  // Keys are in the order in which loading began: the JavaScript comes before the native part.
  return Object.keys(_cache).find((path) =>
    /[\\/]@napi-rs[\\/]canvas[\\/]index\.js$|[\\/]skia\.[\w-]+\.node$/.test(path),
  );
}

function environment(): NodeJS.ProcessEnv {
  const known = Object.entries(process.env).filter(([name]) => ENVIRONMENT.test(name));
  // If the executable is Electron, this makes it run as Node.
  return { ...Object.fromEntries(known), ELECTRON_RUN_AS_NODE: "1", [MARK]: "1" };
}

function start(): Promise<Helper> {
  const args = ["--expose-gc", "-e", PROGRAM, enginePath() as string];
  const child = spawn(process.execPath, args, {
    stdio: ["pipe", "pipe", "ignore"],
    cwd: parse(process.execPath).root,
    env: environment(),
    windowsHide: true,
  });
  if (child.pid === undefined) return neverBegan(child);
  const waiting: { resolve(reply: Reply): void; reject(error: unknown): void }[] = [];
  const receive = reader((reply) => waiting.shift()?.resolve(reply));
  child.stdout.on("data", receive);
  // A helper that ends during a write is handled by its "exit" event.
  child.stdin.on("error", () => {});
  const lost = (failure: CanvasError) => {
    if (helper === started) helper = undefined;
    for (const { reject } of waiting.splice(0)) reject(failure);
  };
  // It cannot be killed; when it ends, that is an event of its own.
  child.on("error", () => {});
  child.on("exit", (code, signal) => lost(endedBy(code, signal)));
  hold(child, false);

  function next(time: number): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => child.kill("SIGTERM"), time);
      hold(child, true);
      const settled =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          hold(child, false);
          then(value);
        };
      waiting.push({ resolve: settled(resolve), reject: settled(reject) });
    });
  }

  const started = next(START_TIME).then(() => ({
    ask(request: Request, body: Buffer) {
      const head = Buffer.from(JSON.stringify({ ...request, length: body.length }));
      const length = Buffer.alloc(4);
      length.writeUInt32BE(head.length);
      child.stdin.write(Buffer.concat([length, head]));
      child.stdin.write(body);
      return next(request.maxTime + GRACE_TIME);
    },
    end: () => child.kill("SIGKILL"),
  }));
  return started;
}

/** Why the system did not start a process, which then has no streams where descriptors are few. */
async function neverBegan(child: ChildProcess): Promise<never> {
  const [cause] = await once(child, "error");
  helper = undefined;
  throw new CanvasError("SOURCE", "its renderer cannot be started", { cause });
}

/** Keeps this process alive for the helper only while the helper works. */
function hold(child: ChildProcess, isAtWork: boolean): void {
  const handles = [child, child.stdin as Socket, child.stdout as Socket];
  for (const handle of handles) isAtWork ? handle.ref() : handle.unref();
}

function endedBy(code: number | null, signal: NodeJS.Signals | null): CanvasError {
  const why =
    signal === "SIGKILL"
      ? "it takes more memory than a picture may"
      : signal === "SIGTERM"
        ? "it takes longer than a picture may"
        : `it ended the process that renders it (${signal ?? `exit code ${code}`})`;
  return new CanvasError("SOURCE", why);
}

/** Joins incoming pieces of data, and calls `receive` for each complete message. */
export function reader(receive: (reply: Reply) => void): (data: Buffer) => void {
  let parts: Buffer[] = [];
  let bytes = 0;
  let end = 4;
  let head: (Answer & { length: number }) | undefined;
  return (data) => {
    parts.push(data);
    bytes += data.length;
    while (bytes >= end) {
      const all = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
      parts = [all];
      const headEnd = 4 + all.readUInt32BE(0);
      if (bytes < headEnd) {
        end = headEnd;
        continue;
      }
      head ??= JSON.parse(all.toString("utf8", 4, headEnd)) as Answer & { length: number };
      end = headEnd + head.length;
      if (bytes < end) continue;
      receive({ ...head, body: all.subarray(headEnd, end) });
      parts = [all.subarray(end)];
      bytes -= end;
      head = undefined;
      end = 4;
    }
  };
}
