// Removes the temp directories of a process when it ends: at exit and on signals.
import { rmSync } from "node:fs";
import { runInThisContext } from "node:vm";
import { REMOVAL } from "./removal.ts";

/**
 * Node's own `process`: jest gives each test file an imitation, whose listeners are never called.
 */
const ownProcess: NodeJS.Process = runInThisContext("process");

const SHARED = Symbol.for("wx-canvas-node: temp directories");
interface Shared {
  directories: Set<string>;
  stopListening?: () => void;
}
/** Shared by all copies of this library: jest loads one for each test file. */
const shared: Shared = (ownProcess as { [SHARED]?: Shared })[SHARED] ?? { directories: new Set() };
Object.assign(ownProcess, { [SHARED]: shared });
const { directories } = shared;

/** Removes the directory when this process ends, or when this worker ends by itself. */
export function removeAtExit(directory: string): void {
  if (directories.size === 0) startListening();
  directories.add(directory);
}

/** To be called when the owner has removed the directory. */
export function forgetAtExit(directory: string): void {
  directories.delete(directory);
  if (directories.size === 0) shared.stopListening?.();
}

/**
 * The signals that end a process by default, and that people and service managers send for it.
 * SIGBREAK is a signal of Windows; elsewhere nothing sends it.
 */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"] as const;

function startListening(): void {
  shared.stopListening = stopListening;
  ownProcess.on("exit", removeAll);
  // Signals reach the main thread alone; a worker's directories go with its own exit.
  for (const signal of SIGNALS) listenTo(signal);
}

/**
 * Listens before all others: the listeners of `process.once` are removed before they run, and would
 * not be seen.
 */
function listenTo(signal: NodeJS.Signals): void {
  ownProcess.prependListener(signal, onSignal);
}

function stopListening(): void {
  ownProcess.off("exit", removeAll);
  for (const signal of SIGNALS) ownProcess.off(signal, onSignal);
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

/** A property that marks this listener, in all copies of this library. */
const OURS = Symbol.for("wx-canvas-node: removes temp directories");

/**
 * Removes the directories on a signal, so that the process ends as it would without this library.
 * Many listeners end it when they are the only ones, so this one takes itself off before they look.
 * Other listeners decide when to end; the directories go at once when there are none, or only those
 * of `signal-exit`, which end the process.
 */
function onSignal(signal: NodeJS.Signals): void {
  ownProcess.off(signal, onSignal);
  const others = ownProcess.listeners(signal).filter((listener) => !(OURS in listener));
  if (others.length > signalExitCount()) {
    // An application that listens decides when to end. Listen again after its listeners were
    // called.
    process.nextTick(() => directories.size > 0 && listenTo(signal));
    return;
  }
  removeAll();
  stopListening();
  if (ownProcess.listenerCount(signal) === 0) ownProcess.kill(ownProcess.pid, signal);
}
onSignal[OURS] = true;

/**
 * How many listeners the npm package `signal-exit` has, of which most programs have a copy or two.
 * It ends the process when all listeners of a signal are its own; by these numbers its versions 3
 * and 4 know of each other.
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
