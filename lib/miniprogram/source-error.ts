// What goes wrong in a mini-program's own code, with the file and the line where it did.
import { CanvasError, show } from "../errors.ts";

/** The error as the caller of the library gets it; the code's own is its cause. */
export function sourceError(error: unknown): CanvasError {
  if (error instanceof CanvasError) return error;
  const { message, stack } = (error ?? {}) as { message?: unknown; stack?: unknown };
  const reason = typeof message === "string" ? message : show(error);
  const place = typeof stack === "string" ? placeOf(stack) : undefined;
  return new CanvasError("SOURCE", place ? `${place}: ${reason}` : reason, { cause: error });
}

/** `file:line`: a syntax error begins its stack with it, others have it in their first call. */
function placeOf(stack: string): string | undefined {
  const syntax = /^((?:\/|[A-Za-z]:\\)[^\n]*:\d+)\n/.exec(stack)?.[1];
  const calls = [
    ...stack.matchAll(/(?<![^\s(])((?:\/|[A-Za-z]:\\)[^\n()]{0,300}:\d{1,9}):\d{1,9}\)?/g),
  ];
  // Where the framework calls it is of no use.
  const own = calls.find(([call]) => !call.includes("glass-easel"));
  return syntax ?? own?.[1];
}
