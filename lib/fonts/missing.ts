// Finds the characters that no font of this process has; they are drawn as boxes, or not at all.
import { scratchContext } from "../engine/engine.ts";
import { latePattern } from "../late.ts";
import { type CodePointRange, createCodePointSet } from "./cmap.ts";
import {
  emojiFamilies,
  fontsVersion,
  hasLetters,
  hasUnreadFonts,
  orderFamilies,
} from "./families.ts";
import { writeFamilies } from "./family-list.ts";

/** Different characters of one text that are looked up; any further ones count as available. */
const MAX_CHARACTERS = 1000;
/** Characters that draw nothing, or nothing by themselves; a space has a width. */
const UNSEEN = latePattern(
  String.raw`(?! )[\p{White_Space}\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}]`,
);
/** A code point that never becomes a character: the engine draws the box for it. */
const NO_CHARACTER = "\u{10ffff}";
const SIZE_PX = 20;
const SIDE_PX = SIZE_PX * 2;

/** What the engine draws for a character that no font has. */
interface Box {
  extent: string;
  pixels: Buffer;
}

/** Characters of loaded fonts: they are available without a test drawing. */
const loaded = createCodePointSet();
/** Other characters that were tested by drawing, and those of them that a font has. */
const known = createCodePointSet();
const found = createCodePointSet();

const probeContext = scratchContext(SIDE_PX, SIDE_PX, { willReadFrequently: true });
let box: Box | undefined;
let version = -1;

/** Records the characters of a font that was loaded. */
export function addCharacters(ranges: readonly CodePointRange[]): void {
  loaded.addRanges(ranges);
}

/** Characters that no loaded or installed font has, each once. */
export function missingCharacters(text: string): string[] {
  const missing: string[] = [];
  const seen = new Set<string>();
  for (const character of text) {
    if (seen.has(character)) continue;
    seen.add(character);
    if (isMissing(character)) missing.push(character);
    if (seen.size >= MAX_CHARACTERS) break;
  }
  return missing;
}

/**
 * Characters of this text that no installed font has. The engine draws the text of an SVG with
 * installed fonts alone, unless the SVG names a loaded one.
 */
export function notInstalled(text: string): string[] {
  const installedBox = setUpProbe(["sans-serif"]);
  // The probe has another font now.
  box = undefined;
  return [...text].filter((one) => !UNSEEN().test(one) && !isDrawn(one, installedBox));
}

/** Depends on the character alone: the engine searches all installed fonts for any family. */
function isMissing(character: string): boolean {
  const codePoint = character.codePointAt(0) as number;
  if (loaded.has(codePoint) || (codePoint < 0x7f && hasLetters())) return false;
  if (version !== fontsVersion()) {
    version = fontsVersion();
    known.clear();
    found.clear();
    box = undefined;
  }
  if (!known.has(codePoint)) {
    known.add(codePoint);
    if (isAvailable(character)) found.add(codePoint);
  }
  return !found.has(codePoint);
}

function isAvailable(character: string): boolean {
  if (UNSEEN().test(character)) return true;
  if (!hasUnreadFonts()) return false;
  box ??= setUpProbe(orderFamilies(["sans-serif"], emojiFamilies()));
  return isDrawn(character, box);
}

function isDrawn(character: string, box: Box): boolean {
  return extentOf(character) !== box.extent || !pixelsOf(character).equals(box.pixels);
}

function setUpProbe(families: readonly string[]): Box {
  probeContext().font = `${SIZE_PX}px ${writeFamilies(families)}`;
  return { extent: extentOf(NO_CHARACTER), pixels: pixelsOf(NO_CHARACTER) };
}

/** Measures the character: cheap, and nearly always enough to distinguish it from the box. */
function extentOf(character: string): string {
  const metrics = probeContext().measureText(character);
  const { width, actualBoundingBoxLeft: left, actualBoundingBoxRight: right } = metrics;
  return [width, left, right, metrics.actualBoundingBoxAscent].join();
}

function pixelsOf(character: string): Buffer {
  const probe = probeContext();
  probe.clearRect(0, 0, SIDE_PX, SIDE_PX);
  probe.fillText(character, SIZE_PX / 2, SIZE_PX * 1.5);
  return Buffer.from(probe.getImageData(0, 0, SIDE_PX, SIDE_PX).data.buffer);
}
