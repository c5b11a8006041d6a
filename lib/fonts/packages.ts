// Fonts of the npm packages that people install, registered for the texts that need them.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { FONT_MAX_BYTES } from "../limits.ts";
import { type CodePointRange, hasCodePoint, readUnicodeRange } from "./cmap.ts";
import { type FoundFamilies, registerFont } from "./families.ts";
import { readFont } from "./font-file.ts";

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

/** More files than this serve no text: each is one more family to look in. */
const MAX_FILES = 150;

/** A file of a package: the part of a font that has some characters. */
interface Subset {
  path: string;
  /** The name that it is registered under, for itself. */
  family: string;
  ranges: CodePointRange[] | undefined;
  isUsable: boolean | undefined;
}

/**
 * Registers what the packages have of these characters. The same characters in the same weight always
 * give the same families.
 */
export function packageFonts(characters: readonly string[], weight: number): FoundFamilies {
  return fontsOf(packagesFor(characters), characters, weight);
}

/** The same for pictures in colour. */
export function packageEmoji(characters: readonly string[]): FoundFamilies {
  return fontsOf(["noto-color-emoji"], characters, 400);
}

function fontsOf(names: string[], characters: readonly string[], weight: number): FoundFamilies {
  const families: string[] = [];
  let missing = [...characters];
  for (const name of names) {
    for (const subset of subsetsOf(name, weight)) {
      if (missing.length === 0 || families.length >= MAX_FILES) return { families, missing };
      const rest = missing.filter((character) => !covers(subset, character));
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

function covers(subset: Subset, character: string): boolean {
  // Whole scripts: the package does not say which characters are in the file.
  subset.ranges ??= rangesOf(subset);
  return hasCodePoint(subset.ranges, character);
}

function rangesOf(subset: Subset): CodePointRange[] {
  return attempt(subset, (bytes) => readFont(bytes).codePoints) || [];
}

function isRegistered(subset: Subset): boolean {
  subset.isUsable ??= attempt(subset, (bytes) => {
    readFont(bytes);
    return registerFont(bytes, subset.family, true);
  });
  return subset.isUsable === true;
}

/** A file that cannot be used is passed over, as if the package did not have it. */
function attempt<Result>({ path }: Subset, use: (bytes: Buffer) => Result): Result | false {
  try {
    const bytes = readFileSync(path);
    return bytes.length <= FONT_MAX_BYTES && use(bytes);
  } catch {
    return false;
  }
}

const subsets = new Map<string, Subset[]>();

/** The files of a package in the nearest weight: whole scripts before the parts of them. */
function subsetsOf(name: string, weight: number): Subset[] {
  const folder = folderOf(name);
  if (folder === undefined) return [];
  const key = `${folder} ${weight}`;
  let list = subsets.get(key);
  if (!list) {
    list = readSubsets(folder, name, weight);
    subsets.set(key, list);
  }
  return list;
}

const files = new Map<string, Subset>();

function readSubsets(folder: string, name: string, weight: number): Subset[] {
  try {
    const ranges = JSON.parse(readFileSync(join(folder, "unicode.json"), "utf8"));
    const found: [subset: string, weight: string, file: string][] = [];
    for (const file of readdirSync(join(folder, "files")).sort()) {
      const match = /^-(.+)-(wght|[1-9]00)-normal\.woff2$/.exec(file.slice(name.length));
      if (file.startsWith(name) && match) found.push([match[1] ?? "", match[2] ?? "", file]);
    }
    const weights = [...new Set(found.map(([, one]) => one))];
    const nearest = weights.includes("wght") ? "wght" : nearestWeight(weights.map(Number), weight);
    const chosen = found
      .filter(([, one]) => one === String(nearest))
      .map(([subset, , file]): Subset => {
        const path = join(folder, "files", file);
        const range = ranges[subset] ?? ranges[`[${subset}]`];
        const before = files.get(path);
        const made: Subset = before ?? {
          path,
          family: `${name} ${subset} ${nearest}`,
          ranges: typeof range === "string" ? readUnicodeRange(range) : undefined,
          isUsable: undefined,
        };
        files.set(path, made);
        return made;
      });
    const isWhole = ({ ranges }: Subset) => Number(ranges === undefined);
    return chosen.sort((one, other) => isWhole(other) - isWhole(one));
  } catch {
    return [];
  }
}

/** As CSS matches weights, near enough: the smallest distance, of two the lighter. */
function nearestWeight(weights: readonly number[], weight: number): number | undefined {
  const distance = (one: number) => Math.abs(one - weight);
  return [...weights].sort((one, other) => distance(one) - distance(other) || one - other)[0];
}

const folders = new Map<string, string | undefined>();

/** Where the package is installed: above the working directory, the program, or this library. */
function folderOf(name: string): string | undefined {
  const starts = startFolders();
  const key = JSON.stringify([name, starts]);
  if (!folders.has(key))
    folders.set(key, starts.map((start) => findAbove(start, name)).find(Boolean));
  return folders.get(key);
}

function findAbove(start: string, name: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    for (const scope of ["@fontsource", "@fontsource-variable"]) {
      const place = join(folder, "node_modules", scope, name);
      if (existsSync(join(place, "unicode.json"))) return place;
    }
    if (folder === dirname(folder)) return undefined;
  }
}

function startFolders(): string[] {
  const program = process.argv[1];
  const library = ownFile();
  const starts = [
    workingDirectory(),
    program && dirname(resolve(program)),
    library && dirname(library),
  ];
  return starts.filter((start): start is string => start !== undefined && start !== "");
}

function workingDirectory(): string | undefined {
  try {
    return process.cwd();
  } catch {
    // It was removed.
    return undefined;
  }
}

let own: string | undefined;

/** This file, or what it was bundled into; modules of both kinds have only stack traces in common. */
function ownFile(): string | undefined {
  if (own === undefined) {
    const { prepareStackTrace } = Error;
    try {
      Error.prepareStackTrace = (_, calls) => calls[0]?.getFileName() ?? "";
      const name = String(new Error().stack);
      own = name.startsWith("file:") ? fileURLToPath(name) : name;
    } finally {
      Error.prepareStackTrace = prepareStackTrace;
    }
  }
  return own;
}
