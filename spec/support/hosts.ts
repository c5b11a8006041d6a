// Hosts that are disposed at the end of their test, and the failures that calls end in.
import assert from "node:assert/strict";
import type { Canvas, SKRSContext2D } from "@napi-rs/canvas";
import { CanvasError, createHost, type Host, type HostOptions } from "../../lib/index.ts";

/** Runs the test with its own host. */
export async function withHost<T>(
  options: HostOptions,
  test: (host: Host) => Promise<T> | T,
): Promise<T> {
  const host = createHost(options);
  try {
    return await test(host);
  } finally {
    await host.dispose();
  }
}

/** A canvas of that size with a drawing. */
export function drawn(canvas: Canvas, draw: (context: SKRSContext2D) => void): Canvas {
  draw(canvas.getContext("2d"));
  return canvas;
}

/** The CanvasError that the call ends in, thrown or rejected. */
export async function failureOf(call: () => unknown): Promise<CanvasError> {
  try {
    await call();
  } catch (error) {
    assert.ok(error instanceof CanvasError, `not a CanvasError: ${error}`);
    return error;
  }
  throw new assert.AssertionError({ message: "expected a failure" });
}
