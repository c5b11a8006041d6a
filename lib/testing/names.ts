// The names of pictures: valid file names on every system, each used by only one test of a run.
import { createHash } from "node:crypto";
import { CanvasError, invalid, show } from "../errors.ts";
import type { RunningTest } from "./runners/runner.ts";

/**
 * In bytes: with `.actual.png.<random>.part` appended, it is still a valid file name everywhere.
 */
const MAX_BYTES = 150;

/** Characters that some system forbids in file names. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const FORBIDDEN = /[\x00-\x1f\x7f<>:"/\\|?*]/g;
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** Checks a name that the caller gave. */
export function asName(name: unknown): string {
  if (typeof name !== "string" || name === "") throw invalid("name", "the name of a picture", name);
  const wrong = name.match(FORBIDDEN)?.[0];
  if (wrong !== undefined) throw unfit(name, `without ${show(wrong)}`);
  if (/^[. ]|[. ]$/.test(name))
    throw unfit(name, "that neither begins nor ends with a dot or space");
  if (RESERVED.test(name)) throw unfit(name, "that is no device of Windows");
  const bytes = Buffer.byteLength(name);
  if (bytes > MAX_BYTES) throw unfit(name, `of at most ${MAX_BYTES} bytes (it has ${bytes})`);
  return name.normalize();
}

function unfit(name: string, expected: string): CanvasError {
  return invalid("name", `a name ${expected}, for it names a file`, name);
}

/** A valid name made from the title of a test, which may be any text. */
export function nameFromTitle(title: string): string {
  const plain = title
    .normalize()
    .replace(/ > /g, " - ")
    .replace(FORBIDDEN, "-")
    .replace(/^[. ]+|(?<![. ])[. ]+$/g, "");
  const name = plain === "" || RESERVED.test(plain) ? `test ${plain}`.trim() : plain;
  if (Buffer.byteLength(name) <= MAX_BYTES - 4) return name;
  const hash = createHash("sha256").update(title).digest("hex").slice(0, 8);
  let short = name;
  while (Buffer.byteLength(short) > MAX_BYTES - 14) short = [...short].slice(0, -1).join("");
  return `${short.trim()} ${hash}`;
}

/** The test that used a name. Names are compared without case, as some file systems do. */
interface Claim {
  test: object | undefined;
  attempt: number;
}
const claims = new Map<string, Map<string, Claim>>();

/** Lets the file's names be used again: its tests have ended, and a runner may watch it. */
export function releaseNames(file: string): void {
  claims.delete(file);
}

/**
 * Reserves the name of a test's next picture. Several pictures of one test are numbered; a name
 * that another test has used is an error. A retried test starts anew. If the runner does not name
 * the running test, each name can be used once.
 */
export function claimName(file: string, name: string, running: RunningTest | undefined): string {
  const names = claims.get(file) ?? new Map<string, Claim>();
  claims.set(file, names);
  const { test, attempt = 0 } = running ?? {};

  function isUsed(numbered: string): boolean {
    const before = names.get(numbered.toLowerCase());
    if (before && (test === undefined || before.test !== test)) throw taken(file, numbered);
    return before?.attempt === attempt;
  }

  let numbered = name;
  for (let number = 2; isUsed(numbered); number++) numbered = `${name} ${number}`;
  names.set(numbered.toLowerCase(), { test, attempt });
  return numbered;
}

function taken(file: string, name: string): CanvasError {
  const reason = `name: ${show(name)} is used twice in ${file}`;
  const hint =
    "each test needs names of its own, or they would share a baseline; case does not count";
  return new CanvasError("INVALID", reason, { hint });
}
