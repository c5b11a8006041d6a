// Makes the errors for failures in a mini-program's own code, with file and line.
import { CanvasError, show } from "../errors.ts";

/** The error for the library's caller; its cause is the code's own error. */
export function sourceError(error: unknown): CanvasError {
  if (error instanceof CanvasError) return error;
  const { message, stack } = (error ?? {}) as { message?: unknown; stack?: unknown };
  const reason = typeof message === "string" ? message : show(error);
  const place = typeof stack === "string" ? placeOf(stack) : undefined;
  return new CanvasError("SOURCE", place ? `${place}: ${reason}` : reason, { cause: error });
}

/**
 * The place, `file:line`: a syntax error's stack begins with it, others have it in their first
 * call.
 */
function placeOf(stack: string): string | undefined {
  const syntax = /^((?:\/|[A-Za-z]:\\)[^\n]*:\d+)\n/.exec(stack)?.[1];
  const calls = [
    ...stack.matchAll(/(?<![^\s(])((?:\/|[A-Za-z]:\\)[^\n()]{0,300}:\d{1,9}):\d{1,9}\)?/g),
  ];
  // Calls by the framework are of no use.
  const own = calls.find(([call]) => !call.includes("glass-easel"));
  // The lines of compiled WXML are not those of its source.
  return (syntax ?? own?.[1])?.replace(/(\.wxml):\d+$/, "$1");
}
