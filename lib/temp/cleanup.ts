// What a process leaves behind when it ends: nothing. Directories are removed at exit and on signals.
import { rmSync } from "node:fs";
import { runInThisContext } from "node:vm";
import { isMainThread } from "node:worker_threads";
import { REMOVAL } from "./removal.ts";

/** Node's own: jest gives each test file an imitation, whose listeners are never called. */
const ownProcess: NodeJS.Process = runInThisContext("process");

const SHARED = Symbol.for("wx-canvas-node: temp directories");
interface Shared {
  directories: Set<string>;
  stopListening?: () => void;
}
/** One for all copies of this library: jest loads one for each test file. */
const shared: Shared = (ownProcess as { [SHARED]?: Shared })[SHARED] ?? { directories: new Set() };
Object.assign(ownProcess, { [SHARED]: shared });
const { directories } = shared;

/** Has the directory removed when this process ends, or this worker does by itself. */
export function removeAtExit(directory: string): void {
  if (directories.size === 0) startListening();
  directories.add(directory);
}

/** The directory has been removed by its owner. */
export function forgetAtExit(directory: string): void {
  directories.delete(directory);
  if (directories.size === 0) shared.stopListening?.();
}

/**
 * The signals that end a process by default, and that people and service managers send for it. SIGBREAK is of
 * Windows; elsewhere nothing sends it.
 */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"] as const;

function startListening(): void {
  shared.stopListening = stopListening;
  ownProcess.on("exit", removeAll);
  // Signals are the main thread's; a worker's directories go with its own exit.
  if (isMainThread) for (const signal of SIGNALS) listenTo(signal);
}

/** Before all others: the listeners of `process.once` are gone when their turn has come. */
function listenTo(signal: NodeJS.Signals): void {
  ownProcess.prependListener(signal, onSignal);
}

function stopListening(): void {
  ownProcess.off("exit", removeAll);
  if (isMainThread) for (const signal of SIGNALS) ownProcess.off(signal, onSignal);
}

function removeAll(): void {
  for (const directory of directories) {
    try {
      rmSync(directory, REMOVAL);
    } catch {
      // The process is ending; the next one sweeps what is left.
    }
  }
  directories.clear();
}

/** Marks this listener, in all copies of this library. */
const OURS = Symbol.for("wx-canvas-node: removes temp directories");

/**
 * The process must end as it would have ended without this library. Many listeners end it when they
 * are the only ones: so this one takes itself off before the others look. They decide; where none is
 * there, or none but those that end the process, the directories go at once.
 */
function onSignal(signal: NodeJS.Signals): void {
  ownProcess.off(signal, onSignal);
  const others = ownProcess.listeners(signal).filter((listener) => !(OURS in listener));
  if (others.length > signalExitCount()) {
    // An application that listens decides when to end. The others have been called by then.
    process.nextTick(() => directories.size > 0 && listenTo(signal));
    return;
  }
  removeAll();
  stopListening();
  if (ownProcess.listenerCount(signal) === 0) ownProcess.kill(ownProcess.pid, signal);
}
onSignal[OURS] = true;

/**
 * Listeners of the npm package `signal-exit`, of which most programs have a copy or two. It ends the process
 * when all listeners of a signal are its own; by these numbers its versions 3 and 4 know of each other.
 */
function signalExitCount(): number {
  const { __signal_exit_emitter__: version3 } = ownProcess as { __signal_exit_emitter__?: unknown };
  const version4 = (globalThis as Record<symbol, unknown>)[Symbol.for("signal-exit emitter")];
  return countOf(version3) + countOf(version4);
}

function countOf(emitter: unknown): number {
  const { count } = (emitter ?? {}) as { count?: unknown };
  return typeof count === "number" ? count : 0;
}
