// Registers fonts of installed npm packages (@fontsource) for the texts that need them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { latePattern } from "../late.ts";
import { type CodePointRange, hasCodePoint, readUnicodeRange } from "./cmap.ts";
import { type FoundFamilies, registerFont } from "./families.ts";
import { readFontFile } from "./font-file.ts";
import { installedPackages, packageFolder } from "./package-folder.ts";

/**
 * Packages in search order: `packagesFor` puts the Japanese or Korean one first for its script, and
 * all others that are installed last.
 */
const CJK = ["noto-sans-sc", "noto-sans-tc", "noto-sans-hk", "noto-sans-jp", "noto-sans-kr"];
const SERIF = ["noto-serif-sc", "noto-serif-tc", "noto-serif-jp", "noto-serif-kr", "lxgw-wenkai"];
const OTHERS = [
  "noto-sans",
  ...["arabic", "hebrew", "thai", "devanagari", "bengali", "tamil", "telugu", "khmer"].map(
    (script) => `noto-sans-${script}`,
  ),
  "noto-sans-symbols",
  "noto-sans-symbols-2",
  "noto-sans-math",
];
const EMOJI = ["noto-color-emoji", "noto-emoji"];
const KANA = latePattern(String.raw`[\p{Script=Hiragana}\p{Script=Katakana}]`);
const HANGUL = latePattern(String.raw`\p{Script=Hangul}`);

/** Variation selectors say how the character before them is presented; fonts need not have them. */
const SELECTOR = /[\ufe0e\ufe0f]/u;

/** The most files for one text: each of them is one more family for the engine to search. */
const MAX_FILES = 150;

/** A file of a package, which has some of the font's characters. */
interface Subset {
  path: string;
  /** The name that this file alone is registered under. */
  family: string;
  /** The characters that the package lists for it. */
  ranges: readonly CodePointRange[];
  /** Those that the file has, once it is read: lists name others, too. */
  codePoints?: readonly CodePointRange[];
  isUsable?: boolean;
}

/**
 * Registers the package files that have these characters, or these sequences, which one font must
 * have as a whole. The same characters in the same weight always give the same families.
 */
export function packageFonts(characters: readonly string[], weight: number): FoundFamilies {
  return fontsOf(packagesFor(characters), characters, weight);
}

/** The same for emoji in colour. */
export function packageEmoji(sequences: readonly string[]): FoundFamilies {
  return fontsOf(["noto-color-emoji"], sequences, 400);
}

function fontsOf(names: string[], wanted: readonly string[], weight: number): FoundFamilies {
  const families: string[] = [];
  let missing = [...wanted];
  for (const name of names) {
    for (const subset of subsetsOf(name, weight)) {
      if (missing.length === 0 || families.length >= MAX_FILES) return { families, missing };
      if (!missing.some((one) => covers(subset, one)) || !isRegistered(subset)) continue;
      const rest = missing.filter((one) => !covers(subset, one));
      if (rest.length === missing.length) continue;
      families.push(subset.family);
      missing = rest;
    }
  }
  return { families, missing };
}

function packagesFor(characters: readonly string[]): string[] {
  const has = (script: () => RegExp) => characters.some((one) => script().test(one));
  const first = [...(has(KANA) ? ["noto-sans-jp"] : []), ...(has(HANGUL) ? ["noto-sans-kr"] : [])];
  return [...new Set([...first, ...CJK, ...SERIF, ...OTHERS, ...EMOJI, ...installedPackages()])];
}

function covers({ ranges, codePoints = ranges }: Subset, wanted: string): boolean {
  for (const character of wanted) {
    if (SELECTOR.test(character)) continue;
    if (!(hasCodePoint(ranges, character) && hasCodePoint(codePoints, character))) return false;
  }
  return true;
}

/** Registers the file once; false for one that cannot be used, which is then skipped. */
function isRegistered(subset: Subset): boolean {
  try {
    if (subset.isUsable === undefined) {
      const bytes = readFileSync(subset.path);
      subset.codePoints = readFontFile(bytes).codePoints;
      subset.isUsable = registerFont(bytes, subset.family, true);
    }
  } catch {
    subset.isUsable = false;
  }
  return subset.isUsable;
}

const subsets = new Map<string, Subset[]>();

/** The files of a package in the nearest weight, with the ranges that its unicode.json lists. */
function subsetsOf(name: string, weight: number): Subset[] {
  const folder = packageFolder(name);
  if (folder === undefined) return [];
  const key = `${folder} ${weight}`;
  const list = subsets.get(key) ?? readSubsets(folder, name, weight);
  subsets.set(key, list);
  return list;
}

/** Files by the family name that each is registered under. */
const byFamily = new Map<string, Subset>();

function readSubsets(folder: string, name: string, weight: number): Subset[] {
  const list: Subset[] = [];
  try {
    const ranges = JSON.parse(readFileSync(join(folder, "unicode.json"), "utf8"));
    // WOFF sorts before WOFF2: the engine draws nothing from WOFF2 subsets in colour.
    const files = readdirSync(join(folder, "files")).sort();
    const named = files.flatMap((file) => {
      const match = /^-(.+)-(wght|[1-9]00)-normal\.woff2?$/.exec(file.slice(name.length));
      return match && file.startsWith(name) ? [{ file, subset: match[1], weight: match[2] }] : [];
    });
    const nearest = nearestWeight([...new Set(named.map((one) => one.weight))], weight);
    for (const { file, subset, weight } of named) {
      // A file without a range is the whole font, whose characters the subsets have, too.
      const range = ranges[`[${subset}]`] ?? ranges[`${subset}`];
      if (weight !== nearest || typeof range !== "string") continue;
      const family = `${name} ${subset} ${weight}`;
      const path = join(folder, "files", file);
      const made = byFamily.get(family) ?? { path, family, ranges: readUnicodeRange(range) };
      byFamily.set(family, made);
      if (!list.includes(made)) list.push(made);
    }
  } catch {
    // The package is damaged or has another layout: none of its files are used.
  }
  return list;
}

/** A variable font, or else the nearest weight, much as in CSS; of two as near, the lighter. */
function nearestWeight(weights: (string | undefined)[], weight: number): string | undefined {
  if (weights.includes("wght")) return "wght";
  const distance = (one: string | undefined) => Math.abs(Number(one) - weight);
  return weights.sort((one, other) => distance(one) - distance(other))[0];
}
