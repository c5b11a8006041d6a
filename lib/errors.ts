// The one error class of the library: a list of codes, and `errMsg` as WeChat writes it.

/**
 * Why a call failed. Disk faults keep the system's own code (`ENOSPC`, `EACCES`, `EROFS`, …).
 *
 * | code | meaning |
 * |---|---|
 * | `NOT_FOUND` | no canvas of that id in that scope, or neither `canvasId` nor `canvas` given |
 * | `INVALID` | an option or argument has a value that cannot be used |
 * | `EMPTY_REGION` | the region lies outside the canvas, or the canvas has no size |
 * | `TOO_LARGE` | a canvas or an output beyond the size limits |
 * | `BUSY` | a configured queue is full |
 * | `ABORTED` | cancelled by its `AbortSignal` |
 * | `DISPOSED` | the host has been disposed |
 * | `ENCODE` | the picture could not be encoded |
 * | `SOURCE` | a picture or font could not be loaded, or may not be |
 * | `ENGINE` | `@napi-rs/canvas` is missing, lacks this platform's binary, or is another version |
 */
export type ErrorCode =
  | "NOT_FOUND"
  | "INVALID"
  | "EMPTY_REGION"
  | "TOO_LARGE"
  | "BUSY"
  | "ABORTED"
  | "DISPOSED"
  | "ENCODE"
  | "SOURCE"
  | "ENGINE"
  | (string & {});

interface Details {
  /** The error that led to this one. */
  cause?: unknown;
  /** More than WeChat's errMsg says; only in `message`. */
  hint?: string;
  /**
   * The failure is an ordinary answer, such as that a key is not stored: without a listener, it is
   * not reported.
   */
  isExpected?: boolean;
  /** The function that failed; filled in at the public boundary when it is not known before. */
  api?: string;
}

/** Every failure of this library: an `Error` that carries WeChat's `errMsg` and a `code`. */
export class CanvasError extends Error {
  /** `"<function>:fail <reason>"`, as WeChat writes it. */
  readonly errMsg: string;
  /** Why it failed, for programs. */
  readonly code: ErrorCode;
  /** The reason alone, without the name of the function. */
  declare readonly reason: string;
  /** What helps, which `message` has in brackets; empty when nothing is known to help. */
  declare readonly hint: string;
  /**
   * Whether the failure is an ordinary answer, such as that a key is not stored: it needs no
   * warning.
   */
  declare readonly isExpected: boolean;

  constructor(
    code: ErrorCode,
    reason: string,
    { cause, hint = "", api, isExpected = false }: Details = {},
  ) {
    super("", cause === undefined ? undefined : { cause });
    Object.defineProperty(this, "name", { value: "CanvasError", configurable: true });
    this.code = code;
    for (const [name, value] of Object.entries({ reason, hint, isExpected })) {
      Object.defineProperty(this, name, { value });
    }
    this.errMsg = "";
    this.#say(api);
  }

  /**
   * Names the function that failed, and the place that called it, unless they are known already.
   */
  named(api: string, caller?: { stack?: string }): this {
    if (this.errMsg.startsWith("fail")) this.#say(api);
    if (caller?.stack) {
      const calls = caller.stack.slice(caller.stack.indexOf("\n"));
      Object.defineProperty(this, "stack", { value: `${this.name}: ${this.message}${calls}` });
    }
    return this;
  }

  #say(api: string | undefined): void {
    // One message in the wild has a space before "fail", and code matches on it.
    const gap = api === "canvasToTempFilePath" && this.code === "NOT_FOUND" ? " " : "";
    const errMsg = api === undefined ? `fail ${this.reason}` : `${api}:${gap}fail ${this.reason}`;
    Object.assign(this, { errMsg });
    const value = withHint(errMsg, this);
    Object.defineProperty(this, "message", { value, configurable: true, writable: true });
  }
}

/** A text about a failure, and what helps, if that is known. */
export function withHint(text: string, { hint }: Pick<CanvasError, "hint">): string {
  return hint === "" ? text : `${text} (${hint})`;
}

/** A wrong value: says what was expected, the option's name, and what came. */
export function invalid(option: string, expected: string, value: unknown): CanvasError {
  return new CanvasError("INVALID", `${option}: expected ${expected}, got ${show(value)}`);
}

/**
 * Turns any thrown value into a CanvasError. A system error keeps its code, as does a refusal of
 * Node's permission model (`ERR_ACCESS_DENIED`); others get `code`.
 */
export function toCanvasError(error: unknown, code: ErrorCode = "INVALID"): CanvasError {
  if (isCanvasError(error)) return error;
  const reason = stringProperty(error, "message") ?? show(error);
  const systemCode = stringProperty(error, "code");
  const system = /^(?:ERR_FS_)?(E[A-Z0-9]+|ERR_ACCESS_DENIED)$/.exec(systemCode ?? "")?.[1];
  return new CanvasError(system ?? code, reason, { cause: error });
}

/** Code may throw anything, such as a revoked proxy, of which nothing can be asked. */
function isCanvasError(error: unknown): error is CanvasError {
  try {
    return error instanceof CanvasError;
  } catch {
    return false;
  }
}

/** Runs a synchronous public function; an error that it throws names that function. */
export function withApiNameSync<T>(api: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw toCanvasError(error, "INVALID").named(api);
  }
}

/** Describes any value for a message: short, on one line, and without ever throwing. */
export function show(value: unknown): string {
  try {
    switch (typeof value) {
      case "string":
        return value.length > 60 ? `${JSON.stringify(value.slice(0, 60))}…` : JSON.stringify(value);
      case "bigint":
        return `${String(value).slice(0, 60)}n`;
      case "function":
        return "a function";
      case "object":
        if (value === null) return "null";
        return Array.isArray(value) ? "an array" : "an object";
      default:
        return String(value);
    }
  } catch {
    return "an unreadable object";
  }
}

function stringProperty(error: unknown, key: "message" | "code"): string | undefined {
  try {
    const text = (error as Record<string, unknown> | null | undefined)?.[key];
    return typeof text === "string" ? text : undefined;
  } catch {
    return undefined;
  }
}
