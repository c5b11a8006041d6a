// Loads fonts from files, bytes and URLs, and registers each content once for the whole process.

import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isUint8Array } from "node:util/types";
import * as z from "zod/mini";
import { CanvasError, invalid, show, toCanvasError } from "../errors.ts";
import type { Pictures } from "../images/picture.ts";
import { isUrl } from "../is-url.ts";
import { lazily } from "../late.ts";
import { FONT_MAX_BYTES } from "../limits.ts";
import { checked } from "../option-parts.ts";
import { run, runSync } from "../procedure.ts";
import { isDataUri, isRemote, readDataUri } from "../sources/data-uri.ts";
import { openReadable, readTrusted } from "../sources/open.ts";
import type { Paths } from "../sources/paths.ts";
import { expecting, parse } from "../validate.ts";
import { addFace, registerFont } from "./families.ts";
import { type FontFacts, type FontStyle, readFontFile } from "./font-file.ts";
import { addCharacters } from "./missing.ts";
import { type FontSource, readSourceList } from "./source-list.ts";

/** The options of `wx.loadFontFace`; any others have no effect on a server. */
export interface LoadFontFaceOptions {
  /** The name that `ctx.font` then uses. */
  family: string;
  /**
   * `url("https://…")`, a path or a data URI, or a list of those with `format(…)`; the first source
   * that can be used wins.
   */
  source: string;
  desc?: object | undefined;
  global?: boolean | undefined;
  scopes?: unknown[] | undefined;
}

/** The answer of `wx.loadFontFace`; a failure has the status `"error"`. */
export interface LoadFontFaceResult {
  status: "loaded";
  errMsg: string;
}

/**
 * Registers a font for the program. It does everything before it returns, so that text can be drawn
 * at once without waiting for the promise; a failure rejects the promise.
 */
export async function loadFont(paths: Paths, source: unknown, family: unknown): Promise<void> {
  if (!isFamily(family)) throw invalid("family", FAMILY, family);
  if (isUint8Array(source)) {
    return register(Buffer.from(source), family, "program", `${source.length} bytes`);
  }
  if (typeof source !== "string" && !isUrl(source)) {
    throw invalid("source", "the path or the bytes of a font", source);
  }
  const path = localPath(paths, isUrl(source) ? source.href : source);
  if (statSync(path).size > FONT_MAX_BYTES) throw tooLarge(show(path));
  register(runSync(readTrusted(path, FONT_MAX_BYTES)), family, "program", show(path));
}

/** The program names its fonts itself: unlike the path of a picture, theirs may lead anywhere. */
function localPath(paths: Paths, source: string): string {
  try {
    return paths.readableSync(source);
  } catch (error) {
    if (/^file:/i.test(source)) return fileURLToPath(source);
    if (isRemote(source) || isDataUri(source) || source.startsWith("wxfile:")) throw error;
    return resolve(source);
  }
}

/** `wx.loadFontFace`: drawing code names the font, so the host's policy for pictures applies. */
export async function loadFontFace(
  { paths, pictures }: { paths: Paths; pictures: Pictures },
  options: unknown,
): Promise<Omit<LoadFontFaceResult, "errMsg">> {
  try {
    const { family, source } = parse(faceOptions, options);
    await registerFirst(readSourceList(source), family, paths, pictures);
    return { status: "loaded" };
  } catch (error) {
    throw Object.assign(toCanvasError(error, "SOURCE"), { status: "error" });
  }
}

/** Codes of failures after which trying another source is pointless. */
const FINAL: ReadonlySet<string> = new Set(["INVALID", "ABORTED", "DISPOSED"]);

/** Registers the first source that can be used; if none can, throws the failure of the first. */
async function registerFirst(
  sources: readonly FontSource[],
  family: string,
  paths: Paths,
  pictures: Pictures,
): Promise<void> {
  let first: CanvasError | undefined;
  for (const { url } of sources) {
    try {
      return register(await readFontSource(url, paths, pictures), family, "page", show(url));
    } catch (error) {
      const failure = toCanvasError(error, "SOURCE");
      if (FINAL.has(failure.code)) throw failure;
      first ??= failure;
    }
  }
  throw first;
}

async function readFontSource(source: string, paths: Paths, pictures: Pictures): Promise<Buffer> {
  if (isDataUri(source)) return run(readDataUri(source, FONT_MAX_BYTES));
  if (isRemote(source)) return (await pictures.download(source)).bytes;
  const file = await openReadable(paths, source);
  try {
    return await file.read(FONT_MAX_BYTES);
  } finally {
    await file.close();
  }
}

const FAMILY = "the name of a font family, on one line";

const faceOptions = lazily(() =>
  z.object({
    family: checked<string>(isFamily, FAMILY),
    source: z.string({ error: expecting('a string such as url("…")') }),
  }),
);

/** Whether it can be the name: it appears in the list of families of all text, and must fit in. */
function isFamily(family: unknown): family is string {
  const isName = typeof family === "string" && family.trim() !== "" && family.length <= 200;
  return isName && !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(family);
}

/** The content of each face, by family and style. */
const faces = new Map<string, string>();

/** The fonts that this process has loaded: `{ 'noto sans sc 400': "<sha256 of the file>" }`. */
export function loadedFonts(): Record<string, string> {
  const named = [...faces].map(([face, content]) => {
    const [family, { weight, isSlanted }] = JSON.parse(face) as [string, FontStyle];
    return [`${family} ${weight}${isSlanted ? " italic" : ""}`, content];
  });
  return Object.fromEntries(named.sort());
}

/** @param source where the bytes come from, for messages */
function register(bytes: Buffer, family: string, by: "program" | "page", source: string): void {
  if (bytes.length > FONT_MAX_BYTES) throw tooLarge(show(family));
  const { style, codePoints, isColourEmoji } = factsOf(bytes, source);
  const face = JSON.stringify([family.toLowerCase(), style]);
  const content = createHash("sha256").update(bytes).digest("hex");
  const before = faces.get(face);
  const kind = isColourEmoji ? "emoji" : by;
  if (before !== undefined && before !== content) throw taken(family, style);
  if (before === undefined && !registerFont(bytes, family)) {
    throw new CanvasError("SOURCE", `${source}: the engine cannot read the font`);
  }
  faces.set(face, content);
  // A page adds nothing to a known font; the program makes a page's font its own.
  if (before !== undefined && kind === "page") return;
  if (kind !== "page") addCharacters(codePoints);
  addFace(family, kind, codePoints);
}

function factsOf(bytes: Buffer, source: string): FontFacts {
  try {
    return readFontFile(bytes);
  } catch (error) {
    const { reason, cause } = error as CanvasError;
    throw new CanvasError("SOURCE", `${source}: ${reason}`, { cause });
  }
}

function taken(family: string, { weight, isSlanted }: FontStyle): CanvasError {
  const style = `weight ${weight}${isSlanted ? ", italic" : ""}`;
  const reason = `family: ${show(family)} (${style}) is another font already`;
  const hint = "fonts are shared by the whole process; give this one a family of its own";
  return new CanvasError("INVALID", reason, { hint });
}

function tooLarge(what: string): CanvasError {
  return new CanvasError("SOURCE", `${what}: the font has more than ${FONT_MAX_BYTES} bytes`);
}
