// Words file failures as WeChat does, with paths as the caller wrote them.
import { CanvasError, toCanvasError } from "../../errors.ts";
import type { Procedure } from "../../procedure.ts";

/** A failure of the file system manager, with WeChat's number for it. */
export interface FileError extends CanvasError {
  errCode: number;
}

/**
 * WeChat's numbers by our codes.
 *
 * https://developers.weixin.qq.com/miniprogram/dev/api/file/FileSystemManager.html
 */
const NUMBERS: Record<string, number> = {
  EPERM: 1300001,
  ENOENT: 1300002,
  EACCES: 1300013,
  ERR_ACCESS_DENIED: 1300013,
  ENOTDIR: 1300020,
  EISDIR: 1300021,
  INVALID: 1300022,
  ENAMETOOLONG: 1300036,
  ENOTEMPTY: 1300066,
  ENOSPC: 1300202,
  EEXIST: 1301005,
};

/** Turns what an operation threw into the failure that callers get. */
export function asFileError(error: unknown): FileError {
  const failure = toCanvasError(error);
  return Object.assign(failure, { errCode: NUMBERS[failure.code] ?? 1300005 });
}

/** How messages name an operation: `open a.txt`, `copyFile a -> b`, or just the path. */
export interface Wording {
  /** Follows "no such file or directory". */
  missing: string;
  /** Follows "permission denied". */
  denied: string;
  /** The path alone. */
  path: string;
}

/** `…, open <path>` */
export function opening(path: unknown): Wording {
  return { missing: `, open ${path}`, denied: `, open ${path}`, path: String(path) };
}

/** `… <path>` */
export function naming(path: unknown): Wording {
  return { missing: ` ${path}`, denied: `, open ${path}`, path: String(path) };
}

/** `…, <verb> <from> -> <to>` */
export function moving(verb: string, from: unknown, to: unknown): Wording {
  const way = `, ${verb} ${from} -> ${to}`;
  return { missing: way, denied: way, path: String(to) };
}

/** Runs the operation; words what it throws as WeChat does. */
export function* worded<T>(wording: Wording, operation: Procedure<T>): Procedure<T> {
  try {
    return yield* operation;
  } catch (error) {
    throw inWords(wording, error);
  }
}

/** An error with one of the system's codes; `worded` adds the message. */
export function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function inWords({ missing, denied, path }: Wording, error: unknown): unknown {
  const code = String(codeOf(error));
  const texts: Record<string, string> = {
    ENOENT: `no such file or directory${missing}`,
    EACCES: `permission denied${denied}`,
    ERR_ACCESS_DENIED: `permission denied${denied}`,
    EPERM: `operation not permitted, ${path}`,
    EEXIST: `file already exists ${path}`,
    ENOTEMPTY: "directory not empty",
    ENOTDIR: `not a directory ${path}`,
    EISDIR: `illegal operation on a directory, open "${path}"`,
    ENOSPC: "the maximum size of the file storage limit is exceeded",
  };
  const text = texts[code];
  return text === undefined ? error : new CanvasError(code, text, { cause: error });
}

/** The system's code; a refused path (SOURCE) has it in its cause. */
export function codeOf(error: unknown): string | undefined {
  const isRefusal = error instanceof CanvasError && error.code === "SOURCE";
  return ((isRefusal ? error.cause : error) as NodeJS.ErrnoException).code;
}
