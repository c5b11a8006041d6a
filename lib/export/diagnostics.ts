// Publishes on a diagnostics channel what each export did and how long its stages took. It costs
// nothing while the channel has no subscribers.

import { channel } from "node:diagnostics_channel";
import { elapsedMs } from "../clock.ts";
import { type CanvasError, toCanvasError } from "../errors.ts";

/** What is published on the channel `wx-canvas-node:export` when an export is over. */
export interface ExportMessage {
  /** The picture, if the export succeeded. */
  picture?: { width: number; height: number; type: string; bytes: number };
  /** The error, if the export failed. */
  error?: CanvasError;
  /** How long each stage took, in milliseconds; only the stages that the export reached. */
  stages: Partial<Record<Stage, number>>;
}

/**
 * The stages of an export: `snapshot` includes waiting for the draws before it, `queue` is waiting
 * for the limiter, `encode` includes the raster.
 */
export type Stage = "snapshot" | "queue" | "encode" | "store";

const exports = channel("wx-canvas-node:export");

/** Notes the progress of one export. */
export interface Observer {
  /** Notes that a stage has just ended. */
  passed(stage: Stage): void;
  /** Notes the picture that was made. */
  made(picture: ExportMessage["picture"]): void;
}

const silent: Observer = { passed() {}, made() {} };

/**
 * Runs an export and publishes its outcome. `run` must return a promise in any case: what it throws
 * is not published.
 */
export async function observed<Result>(
  run: (observer: Observer) => Promise<Result>,
): Promise<Result> {
  if (!exports.hasSubscribers) return run(silent);
  const message: ExportMessage = { stages: {} };
  let last = elapsedMs();
  const observer: Observer = {
    passed(stage) {
      const now = elapsedMs();
      message.stages[stage] = now - last;
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
