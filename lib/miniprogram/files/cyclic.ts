// The error for files that import each other in a circle.
import { CanvasError } from "../../errors.ts";

/** @param importing the files that led here, the first one first */
export function cyclic(importing: readonly string[], again: string): CanvasError {
  const circle = [...importing.slice(importing.indexOf(again)), again].join(" → ");
  return new CanvasError("SOURCE", `${again}: it imports itself: ${circle}`);
}
