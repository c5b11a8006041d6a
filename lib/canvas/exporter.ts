// Stores on a canvas how the host that it belongs to exports it.
import type { Canvas } from "../engine/engine.ts";

/** Exports with the settings of one host. */
export type Exporter = (options: { canvas: Canvas }) => Promise<{ data: Buffer }>;

/**
 * Shared by all copies of the library in a process: a jest environment loads another copy than its
 * tests.
 */
const EXPORTER = Symbol.for("wx-canvas-node.exporter");

export function setExporter(canvas: Canvas, exporter: Exporter): void {
  Object.defineProperty(canvas, EXPORTER, { value: exporter, configurable: true });
}

/** How the host that added the canvas last exports it; undefined for a canvas of no host. */
export function exporterOf(canvas: Canvas): Exporter | undefined {
  return (canvas as { [EXPORTER]?: Exporter })[EXPORTER];
}
