// One child process as the renderer sees it: its start, its jobs one at a time, and its end.
import { type ChildProcess, fork } from "node:child_process";
import { CanvasError } from "../errors.ts";
import { clearInterval, clearTimeout, setInterval, setTimeout } from "../timers.ts";
import { type Deferred, deferred } from "./deferred.ts";
import {
  type Answer,
  type ErrorMessage,
  type FromChild,
  type JobMessage,
  unpackError,
} from "./messages.ts";
import { signalGroup } from "./process-group.ts";
import { lookInterval, residentBytes, residentNow } from "./resident.ts";

/** What a job may use. A process that exceeds a limit is killed. */
export interface JobLimits {
  /** Milliseconds. */
  timeout: number;
  /** Bytes of the process's resident set. */
  memory: number;
}

/** A child process that renders one poster at a time. */
export interface RenderProcess {
  readonly pid: number | undefined;
  /**
   * Whether the last job may have ended the process: not before the process received it, nor when
   * code of an earlier job did, or most of its memory.
   */
  readonly isSuspect: boolean;
  /** Resolves when the process can take jobs; rejects with CRASHED when it ends before that. */
  readonly ready: Promise<void>;
  /** Resolves when the process has ended, for any reason. */
  readonly ended: Promise<void>;
  /**
   * Does a job. Rejects with TIMEOUT, MEMORY, ABORTED or CRASHED when the process is dead.
   *
   * @param hadJobs whether the process had jobs before, which may have left memory; those that
   * warmed it leave the same in each process
   */
  run(job: JobMessage, limits: JobLimits, hadJobs: boolean): Promise<Answer>;
  /** Aborts the job under way: its picture is no longer wanted. */
  abort(): void;
  /** Asks the process to end, and kills it if it does not. */
  end(): void;
  /** Sets whether the child keeps the renderer's own process alive. */
  hold(isHeld: boolean): void;
}

/** Milliseconds before a kill: for code to react to its signal (GRACE), and to end (END_GRACE). */
const GRACE = 250;
const END_GRACE = 2_000;

/**
 * The engine counts every image as V8's memory, so V8 collects everything after each two or three
 * posters, for a sixth to a quarter of the processor's time on Node 20. With this heap, in MiB, it
 * begins to after hundreds, and most images are gone by then. Other runtimes lack the flag.
 */
export function heapFlags(versions: object = process.versions): string[] {
  return "bun" in versions || "deno" in versions ? [] : ["--initial-old-space-size=100"];
}

/**
 * Starts a process.
 *
 * @param encoderThreads how many threads encode its pictures; 0 encodes in its main thread
 */
export function startProcess(
  entry: string,
  encoderThreads: number,
  execPath: string = process.execPath,
): RenderProcess {
  let child: ChildProcess;
  try {
    child = fork(entry, [String(process.pid), String(encoderThreads)], {
      execPath,
      execArgv: [...heapFlags(), ...flagsOf(process.execArgv)],
      // Buffers cross as bytes, not as arrays of numbers in JSON.
      serialization: "advanced",
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      // In a group of its own, whose other processes end with it. On Windows it would get a window.
      detached: process.platform !== "win32",
    });
  } catch (error) {
    // Node throws some failures, such as ENOMEM and E2BIG, and emits others.
    return notStarted(neverBegan(error));
  }
  let isReady = false;
  let hasEnded = false;
  let isSuspect = false;
  /** The answer to the job under way. */
  let answer: Deferred<Answer> | undefined;
  let aborting: NodeJS.Timeout | undefined;
  /** Why the process was killed, or the failure that it sent before it ended by itself. */
  let reason: CanvasError | undefined;
  const started = deferred<void>();
  const over = deferred<void>();

  function kill(why: CanvasError): void {
    reason ??= why;
    child.kill("SIGKILL");
  }

  function end(why: CanvasError): void {
    hasEnded = true;
    reason ??= why;
    started.reject(reason);
    over.resolve();
    answer?.reject(reason);
  }

  child.on("message", (given: FromChild) => {
    // Anything else comes from other code in that process, such as one that `--import` loads.
    const message = Object(given) as FromChild;
    if ("ready" in message) {
      isReady = true;
      started.resolve();
    } else if ("begun" in message) {
      // After a kill it comes late, and what was found out then counts.
      if (!reason) isSuspect = true;
    } else if ("failed" in message && message.failed && !reason) {
      reason = crashed(message.failed);
      isSuspect = !message.isLate;
    } else if ("load" in message && Array.isArray(message.fetches)) answer?.resolve(message);
  });
  child.on("exit", (code, signal) => {
    signalGroup(child.pid as number, "SIGKILL");
    const how = signal ? `by ${signal}` : `with exit code ${code}`;
    end(new CanvasError("CRASHED", `the process ended ${how}`));
  });
  child.on("error", (error) => {
    // Either the process could not be started, or it is ending and a message could not be sent.
    if (child.pid === undefined) end(neverBegan(error));
  });

  async function run(
    job: JobMessage,
    { timeout, memory }: JobLimits,
    hadJobs: boolean,
  ): Promise<Answer> {
    if (hasEnded) throw reason;
    // Not raced against `over`: that would keep every answer for as long as the process lives.
    answer = deferred<Answer>();
    isSuspect = false;
    const clock = setTimeout(() => {
      kill(new CanvasError("TIMEOUT", `the poster took more than ${timeout} ms`));
    }, timeout);
    const pid = child.pid as number;
    // Looked at before each job, too: posters may be done before the first look.
    const before = residentNow(pid);
    const check = (bytes: number) => {
      if (bytes <= memory || !answer) return;
      // What earlier jobs have left is not this one's.
      if (!hadJobs) isSuspect = true;
      else if (bytes - before < memory / 2) isSuspect = false;
      const limit = `the limit is ${memory}`;
      kill(new CanvasError("MEMORY", `the process has ${bytes} bytes in memory, ${limit}`));
    };
    check(before);
    const look = setInterval(() => residentBytes(pid, check), lookInterval());
    try {
      child.send({ job });
      return await answer.promise;
    } finally {
      answer = undefined;
      clearTimeout(clock);
      clearTimeout(aborting);
      clearInterval(look);
    }
  }

  return {
    pid: child.pid,
    get isSuspect() {
      return isSuspect;
    },
    ready: started.promise,
    ended: over.promise,
    run,
    abort() {
      child.send({ abort: true });
      aborting = setTimeout(() => {
        kill(new CanvasError("ABORTED", "the drawing code did not end by itself"));
      }, GRACE);
    },
    end() {
      // A process that is still starting would load the whole library before it ends: kill it.
      if (!isReady || !child.connected) child.kill("SIGKILL");
      else child.disconnect();
      const clock = setTimeout(() => child.kill("SIGKILL"), END_GRACE);
      over.promise.then(() => clearTimeout(clock));
    },
    hold(isHeld) {
      child[isHeld ? "ref" : "unref"]();
      // Bun's channel has neither.
      child.channel?.[isHeld ? "ref" : "unref"]?.();
    },
  };
}

function neverBegan(error: unknown): CanvasError {
  const reason = `the process ended before it began: ${(error as Error).message}`;
  return new CanvasError("CRASHED", reason, { cause: error });
}

/** Stands for a process that the system did not start. */
function notStarted(reason: CanvasError): RenderProcess {
  const ready = deferred<void>();
  ready.reject(reason);
  return {
    pid: undefined,
    isSuspect: false,
    ready: ready.promise,
    ended: Promise.resolve(),
    run: () => Promise.reject(reason),
    abort() {},
    end() {},
    hold() {},
  };
}

/**
 * Node's flags for a child process. Loaders and limits are kept. A script given on the command line
 * is dropped, and so are the flags that wait for a debugger, watch files or run tests.
 */
export function flagsOf(execArgv: readonly string[]): string[] {
  return execArgv.filter((flag, i) => {
    const isScript = /^(?:-e|--eval|-p|-pe|--print)$/.test(execArgv[i - 1] ?? "");
    return (
      !isScript && !/^(?:-e|-p|-pe|--(?:eval|print|input-type|inspect|watch|test)\b.*)$/.test(flag)
    );
  });
}

/** The failure when an uncaught error, from a timer or a promise, has ended the process. */
function crashed(failed: ErrorMessage): CanvasError {
  const cause = unpackError(failed);
  const { reason, hint } = cause;
  return new CanvasError("CRASHED", `the process ended: ${reason}`, { cause, hint });
}
