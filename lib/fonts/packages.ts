// Fonts of the npm packages that people install, registered for the texts that need them.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CodePointRange, hasCodePoint, readUnicodeRange } from "./cmap.ts";
import { type FoundFamilies, registerFont } from "./families.ts";
import { packageFolder } from "./package-folder.ts";

/** Packages in the order in which they are asked for a character; Japanese before Chinese has kana. */
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
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;
const HANGUL = /\p{Script=Hangul}/u;

/** What follows a character to say how it is presented; fonts need not have it. */
const SELECTOR = /[\ufe0e\ufe0f]/u;

/** More files than this serve no text: each is one more family to look in. */
const MAX_FILES = 150;

/** A file of a package: the part of a font that has some characters. */
interface Subset {
  path: string;
  /** The name that it is registered under, for itself. */
  family: string;
  ranges: readonly CodePointRange[];
  isUsable?: boolean;
}

/**
 * Registers what the packages have of these characters, or of sequences of them that one font must
 * have. The same ones in the same weight always give the same families.
 */
export function packageFonts(characters: readonly string[], weight: number): FoundFamilies {
  return fontsOf(packagesFor(characters), characters, weight);
}

/** The same for pictures in colour. */
export function packageEmoji(sequences: readonly string[]): FoundFamilies {
  return fontsOf(["noto-color-emoji"], sequences, 400);
}

function fontsOf(names: string[], wanted: readonly string[], weight: number): FoundFamilies {
  const families: string[] = [];
  let missing = [...wanted];
  for (const name of names) {
    for (const subset of subsetsOf(name, weight)) {
      if (missing.length === 0 || families.length >= MAX_FILES) return { families, missing };
      const rest = missing.filter((one) => !covers(subset, one));
      if (rest.length === missing.length || !isRegistered(subset)) continue;
      families.push(subset.family);
      missing = rest;
    }
  }
  return { families, missing };
}

function packagesFor(characters: readonly string[]): string[] {
  const has = (script: RegExp) => characters.some((character) => script.test(character));
  const first = [...(has(KANA) ? ["noto-sans-jp"] : []), ...(has(HANGUL) ? ["noto-sans-kr"] : [])];
  return [...new Set([...first, ...CJK, ...SERIF, ...OTHERS, ...EMOJI])];
}

function covers({ ranges }: Subset, wanted: string): boolean {
  for (const character of wanted) {
    if (!SELECTOR.test(character) && !hasCodePoint(ranges, character)) return false;
  }
  return true;
}

/** A file that cannot be used is passed over, as if the package did not have it. */
function isRegistered(subset: Subset): boolean {
  try {
    subset.isUsable ??= registerFont(readFileSync(subset.path), subset.family, true);
  } catch {
    subset.isUsable = false;
  }
  return subset.isUsable;
}

const subsets = new Map<string, Subset[]>();

/** The files of a package in the nearest weight, by the characters that it says they have. */
function subsetsOf(name: string, weight: number): Subset[] {
  const folder = packageFolder(name);
  if (folder === undefined) return [];
  const key = `${folder} ${weight}`;
  const list = subsets.get(key) ?? readSubsets(folder, name, weight);
  subsets.set(key, list);
  return list;
}

/** Files by the families that they are registered under. */
const byFamily = new Map<string, Subset>();

function readSubsets(folder: string, name: string, weight: number): Subset[] {
  const list: Subset[] = [];
  try {
    const ranges = JSON.parse(readFileSync(join(folder, "unicode.json"), "utf8"));
    // WOFF before WOFF2: the engine draws nothing of parts in colour that are WOFF2.
    const files = readdirSync(join(folder, "files")).sort();
    const named = files.flatMap((file) => {
      const match = /^-(.+)-(wght|[1-9]00)-normal\.woff2?$/.exec(file.slice(name.length));
      return match && file.startsWith(name) ? [{ file, subset: match[1], weight: match[2] }] : [];
    });
    const nearest = nearestWeight([...new Set(named.map((one) => one.weight))], weight);
    for (const { file, subset, weight } of named) {
      // Without a range it is the whole font, which is in the parts, too.
      const range = ranges[`[${subset}]`] ?? ranges[`${subset}`];
      if (weight !== nearest || typeof range !== "string") continue;
      const family = `${name} ${subset} ${weight}`;
      const path = join(folder, "files", file);
      const made = byFamily.get(family) ?? { path, family, ranges: readUnicodeRange(range) };
      byFamily.set(family, made);
      if (!list.includes(made)) list.push(made);
    }
  } catch {
    // No package as it should be: nothing is found in it.
  }
  return list;
}

/** All weights in one file, or as CSS matches them, near enough: of two that are as near, the lighter. */
function nearestWeight(weights: (string | undefined)[], weight: number): string | undefined {
  if (weights.includes("wght")) return "wght";
  const distance = (one: string | undefined) => Math.abs(Number(one) - weight);
  return weights.sort((one, other) => distance(one) - distance(other))[0];
}
