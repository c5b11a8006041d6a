// Reads the `src` of CSS's @font-face: a list of sources; the first that can be used wins.
import { CanvasError, invalid } from "../errors.ts";
import { FONT_MAX_BYTES } from "../limits.ts";

/** One source of a list. */
export interface FontSource {
  /** The argument of `url(…)`. */
  url: string;
  /** The argument of `format(…)`, in lower case; empty without one. */
  format: string;
}

/** A list with more sources is refused: real ones are shorter. */
const MAX_SOURCES = 20;
/** Room for the largest font as base64, and as much again. */
const MAX_LENGTH = 3 * FONT_MAX_BYTES;
/** Characters that are looked at one by one: all but the middle of arguments, which are longer. */
const MAX_STEPS = 100_000;

/** The formats that the engine reads; sources in other formats are not tried. */
const FORMATS: ReadonlySet<string> = new Set([
  "",
  "woff2",
  "woff",
  "truetype",
  "opentype",
  "collection",
  "woff2-variations",
  "woff-variations",
  "truetype-variations",
  "opentype-variations",
]);

/**
 * Reads a list such as `url("a.woff2") format("woff2"), url(a.ttf)`; without `url(…)` the whole
 * text is the source. `local(…)` names no file and is skipped, as are formats that cannot be read.
 * It uses no regular expression that could read a character twice, so its time is linear.
 *
 * https://drafts.csswg.org/css-fonts/#font-face-src-parsing
 */
export function readSourceList(text: string): FontSource[] {
  if (text.length > MAX_LENGTH) throw invalid("source", `at most ${MAX_LENGTH} characters`, text);
  const reader = createReader(text);
  reader.skipSpace();
  if (!reader.isFunction()) return [{ url: text.trim(), format: "" }];
  const sources: FontSource[] = [];
  let count = 0;
  do {
    if (++count > MAX_SOURCES) throw invalid("source", `at most ${MAX_SOURCES} sources`, text);
    const source = readSource(reader);
    if (source && FORMATS.has(source.format)) sources.push(source);
  } while (reader.take(","));
  if (!reader.isAtEnd()) throw invalid("source", 'a list such as url("…") format("…")', text);
  if (sources.length > 0) return sources;
  const reason = "source: expected a url(…) in a format that can be read: TTF, OTF, WOFF or WOFF2";
  throw new CanvasError("SOURCE", reason);
}

type Reader = ReturnType<typeof createReader>;

/** One source with its format; undefined for `local(…)`. */
function readSource(reader: Reader): FontSource | undefined {
  let url: string | undefined;
  let format = "";
  for (let name = reader.takeFunction(); name !== undefined; name = reader.takeFunction()) {
    const argument = reader.takeArgument();
    if (name === "url") url = argument;
    if (name === "format") format = argument.toLowerCase();
  }
  return url === undefined || url === "" ? undefined : { url, format };
}

function createReader(text: string) {
  let at = 0;
  let steps = 0;
  /** Counts a character. */
  function step(): void {
    if (++steps > MAX_STEPS) throw invalid("source", 'a list such as url("…") format("…")', text);
  }
  const isSpace = (character: string) => character !== "" && " \t\n\r\f".includes(character);
  const isName = (character: string) => /[a-z-]/i.test(character);

  function skipSpace(): void {
    for (; isSpace(text.charAt(at)); at++) step();
  }

  /** Takes a name and its opening bracket; without them, takes nothing. */
  function takeFunction(): string | undefined {
    skipSpace();
    let end = at;
    for (; isName(text.charAt(end)); end++) step();
    if (end === at || text.charAt(end) !== "(") return undefined;
    const name = text.slice(at, end).toLowerCase();
    at = end + 1;
    return name;
  }

  /** Takes an escape: a backslash with a hexadecimal code point, or with any other character. */
  function takeEscape(): string {
    step();
    at++;
    const digits = /^[0-9a-f]{1,6}/i.exec(text.slice(at, at + 6))?.[0];
    if (digits === undefined) return text.charAt(at++);
    at += digits.length;
    if (isSpace(text.charAt(at))) at++;
    const codePoint = Number.parseInt(digits, 16);
    return codePoint > 0 && codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : "\ufffd";
  }

  /** Takes the argument in the brackets, quoted or not, and the closing bracket. */
  function takeArgument(): string {
    skipSpace();
    const quote = text.charAt(at);
    const isQuoted = quote === '"' || quote === "'";
    if (isQuoted) at++;
    const argument = takeUntil(isQuoted ? quote : ")");
    if (!isQuoted) return argument.trim();
    // Modifiers and a list of formats may follow a quoted argument.
    for (; at < text.length && text.charAt(at) !== ")"; step()) {
      if (text.charAt(at++) === "(") takeUntil(")");
    }
    at++;
    return argument;
  }

  /** Copies whole pieces, not single characters: a data URI may have megabytes. */
  function takeUntil(end: string): string {
    const parts: string[] = [];
    let [stop, backslash] = [indexOf(end), indexOf("\\")];
    while (backslash < stop) {
      parts.push(text.slice(at, backslash));
      at = backslash;
      parts.push(takeEscape());
      if (stop < at) stop = indexOf(end);
      backslash = indexOf("\\");
    }
    parts.push(text.slice(at, stop));
    at = stop + 1;
    return parts.join("");
  }

  function indexOf(character: string): number {
    const index = text.indexOf(character, at);
    return index < 0 ? text.length : index;
  }

  return {
    skipSpace,
    takeFunction,
    takeArgument,
    isFunction: () => /^(?:url|local|format|tech)\(/i.test(text.slice(at, at + 7)),
    take(character: string): boolean {
      skipSpace();
      if (text.charAt(at) !== character) return false;
      at++;
      return true;
    },
    isAtEnd(): boolean {
      skipSpace();
      return at >= text.length || text.slice(at).trim() === ";";
    },
  };
}
