// What each export did and how long its stations took, on a diagnostics channel; free when nobody listens.

import { channel } from "node:diagnostics_channel";
import { performance } from "node:perf_hooks";
import { type CanvasError, toCanvasError } from "../errors.ts";

/** What is published on the channel `wx-canvas-node:export` when an export is over. */
export interface ExportMessage {
  /** What it made, when it succeeded. */
  picture?: { width: number; height: number; type: string; bytes: number };
  /** Why it failed, when it did. */
  error?: CanvasError;
  /** How long each station took, in milliseconds; only those that it came to. */
  stages: Partial<Record<Stage, number>>;
}

/**
 * The stations of an export: `snapshot` includes waiting for the draws before it, `queue` is waiting
 * for the limiter, `encode` includes the raster.
 */
export type Stage = "snapshot" | "queue" | "encode" | "store";

const exports = channel("wx-canvas-node:export");

/** Notes what an export came to. */
export interface Observer {
  /** The station that has just ended. */
  passed(station: Stage): void;
  /** The picture that was made. */
  made(picture: ExportMessage["picture"]): void;
}

const nobody: Observer = { passed() {}, made() {} };

/** Runs an export, which never throws before it returns its promise, and publishes what became of it. */
export async function observed<Result>(
  run: (observer: Observer) => Promise<Result>,
): Promise<Result> {
  if (!exports.hasSubscribers) return run(nobody);
  const message: ExportMessage = { stages: {} };
  let last = performance.now();
  const observer: Observer = {
    passed(station) {
      const now = performance.now();
      message.stages[station] = now - last;
      last = now;
    },
    made(picture) {
      if (picture) message.picture = picture;
    },
  };
  return run(observer)
    .catch((error) => {
      message.error = toCanvasError(error);
      throw error;
    })
    .finally(() => exports.publish(message));
}
