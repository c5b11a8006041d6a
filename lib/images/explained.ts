// Adds the source of a picture to its failure.
import { isUint8Array } from "node:util/types";
import { Image } from "../engine/engine.ts";
import { CanvasError, show, toCanvasError } from "../errors.ts";

/** The failure with the source in front, unless its reason begins with the source already. */
export function explained(source: unknown, error: unknown): CanvasError {
  const failure = toCanvasError(error, "SOURCE");
  const { code, reason } = failure;
  if (code !== "SOURCE" && code !== "TOO_LARGE") return failure;
  const given = source instanceof Image ? source.src : source;
  const name = isUint8Array(given) ? `${given.length} bytes` : show(given);
  if (reason.startsWith(name)) return failure;
  return new CanvasError(code, `${name}: ${reason}`, { cause: failure, hint: failure.hint });
}
