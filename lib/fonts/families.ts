// Knows the font families of this process, and decides which of them draw a text, in which order.

import * as z from "zod/mini";
import { createCache } from "../cache.ts";
import { GlobalFonts, isEngineMissing, scratchContext } from "../engine/engine.ts";
import { CanvasError, show, withApiNameSync } from "../errors.ts";
import { lazily } from "../late.ts";
import { checked } from "../option-parts.ts";
import { parse } from "../validate.ts";
import { type CodePointRange, hasCodePoint } from "./cmap.ts";
import { isGeneric, readFamilies, writeFamilies } from "./family-list.ts";

/** The families to draw with, for each purpose: one name, or several in order. */
export interface UseFontsOptions {
  /** Families that draw generic families such as `sans-serif`, and the families of phones. */
  default?: string | readonly string[] | undefined;
  /** Families that draw emoji. */
  emoji?: string | readonly string[] | undefined;
}

/** How a family came into the process. */
type Kind = "program" | "page" | "emoji";

interface Families {
  /** The installed families; any that appear later were registered by the program. */
  readonly installed: readonly string[];
  /** Whether the machine has a font; and one with letters, as all but those of emoji have. */
  readonly hasFont: boolean;
  readonly hasLetters: boolean;
  /** The kind of each family, by its name in lower case, which is how the engine compares names. */
  readonly kinds: Map<string, Kind>;
  /** By the family in lower case: the characters of each face that pages loaded. */
  readonly pageFonts: Map<string, (readonly CodePointRange[])[]>;
  /** Families that only the texts that need them may use. */
  readonly reserved: Set<string>;
  readonly chosen: { default: readonly string[]; emoji: readonly string[] };
}

/**
 * This state is a property of the engine's fonts, which several copies of this library share: jest,
 * for example, makes a copy for each test file.
 */
const SHARED = Symbol.for("wx-canvas-node.families.2");
const shared = (isEngineMissing ? {} : GlobalFonts) as { [SHARED]?: Families };
const probeContext = scratchContext(1, 1);
shared[SHARED] ??= {
  ...machineFonts(),
  kinds: new Map(),
  pageFonts: new Map(),
  reserved: new Set(),
  chosen: { default: [], emoji: [] },
};
const machine = shared[SHARED];
const { installed, kinds, pageFonts, reserved, chosen } = machine;

/** Whether the machine has a font with letters, digits and the signs of ASCII. */
export const hasLetters = (): boolean => machine.hasLetters;

let registered: string[] = [];
let version = 0;

/** A number that changes whenever texts may use other families: cached results are then invalid. */
export function fontsVersion(): number {
  return version;
}

/** Records a face that was registered: by the program, by a page, or as a font for emoji. */
export function addFace(family: string, kind: Kind, codePoints: readonly CodePointRange[]): void {
  const key = family.toLowerCase();
  if (kind === "page") pageFonts.set(key, [...(pageFonts.get(key) ?? []), codePoints]);
  // A family of the program stays the program's, even if a page registers the same one.
  if (kinds.get(key) !== "program") kinds.set(key, kind);
  version++;
  lookAgain();
}

/**
 * Registers a font with the engine; returns false for one that it cannot read. The engine lists the
 * font under the name in its file, too; that name is reserved, so no text uses it as a fallback.
 *
 * @param isReserved only texts that need the font use it
 */
export function registerFont(bytes: Buffer, family: string, isReserved = false): boolean {
  const before = new Set(familyNames());
  // Another copy of this library has registered the font.
  if (isReserved && before.has(family)) return true;
  if (!GlobalFonts.register(bytes, family)) return false;
  for (const name of familyNames()) {
    const isOwnName = name.toLowerCase() !== family.toLowerCase();
    if (!before.has(name) && (isOwnName || isReserved)) reserved.add(name);
  }
  return true;
}

/** Looks for fonts that the program has registered with the engine directly. */
export function lookAgain(): void {
  const now = familyNames().filter(
    (name) => !reserved.has(name) && (kinds.has(name.toLowerCase()) || !installed.includes(name)),
  );
  if (now.join() === registered.join()) return;
  registered = now;
  version++;
}

/**
 * Sets the families that all hosts of this process draw with, instead of installed ones:
 * `default` for generic families and those of phones, and for characters that the named families
 * lack; `emoji` for emoji. Each call replaces the previous choice; `{}` removes it.
 *
 * Without a choice, fonts of `loadFont` are the default, in the order they were loaded.
 *
 * @throws {CanvasError} `INVALID` for a family that is neither loaded nor installed
 * @example
 * await loadFont("fonts/NotoSansSC-Regular.otf", "Noto Sans SC");
 * useFonts({ default: "Noto Sans SC" });
 */
export function useFonts(options: UseFontsOptions): void {
  withApiNameSync("useFonts", () => {
    const given = parse(schema, options, { strict: "options", required: true });
    Object.assign(chosen, {
      default: knownFamilies("default", given.default),
      emoji: knownFamilies("emoji", given.emoji),
    });
    version++;
  });
}

const schema = lazily(() => {
  const isName = (name: unknown) => typeof name === "string" && name.trim() !== "";
  const names = checked<string | readonly string[] | undefined>(
    (value) => value === undefined || [value].flat().every(isName),
    "the name of a font family, or an array of names",
  );
  return z.object({ default: names, emoji: names });
});

function knownFamilies(option: string, given: string | readonly string[] = []): string[] {
  return [given].flat().map((name) => {
    // Without an engine, this says so.
    const families = GlobalFonts.families.map(({ family }) => family);
    const known = families.find((family) => family.toLowerCase() === name.toLowerCase());
    if (known !== undefined) return known;
    const hint = "loadFont() it first";
    const reason = `${option}: expected a family that is loaded or installed, got ${show(name)}`;
    throw new CanvasError("INVALID", reason, { hint });
  });
}

/** Generic families, and those of phones and computers, in lower case. */
const STAND_FOR_DEFAULT = new Set(
  `sans-serif, serif, monospace, cursive, fantasy, system-ui, ui-sans-serif, ui-serif, ui-monospace,
  ui-rounded, fangsong, math, -apple-system, blinkmacsystemfont, sf pro, sf pro text, sf pro display,
  sf pro sc, sf ui text, sf ui display, san francisco, pingfang, pingfang sc, pingfang tc,
  pingfang hk, pingfangsc-regular, pingfangsc-medium, pingfangsc-semibold, pingfangsc-light,
  .pingfang sc, heiti sc, heiti tc, stheiti, stheiti light, stxihei, stsong, stkaiti, songti sc,
  kaiti sc, hiragino sans, hiragino sans gb, helvetica, helvetica neue, helveticaneue, arial, roboto,
  droid sans, droid sans fallback, source han sans, source han sans sc, source han sans cn,
  noto sans cjk sc, noto sans sc, misans, mi sans, mi lan pro, oppo sans, opposans, vivo sans,
  harmonyos sans, harmonyos sans sc, microsoft yahei, microsoft yahei ui, microsoft jhenghei,
  微软雅黑, simsun, 宋体, simhei, 黑体, kaiti, 楷体, segoe ui, wenquanyi micro hei`
    .split(",")
    .map((name) => name.trim()),
);

/** Whether the default family replaces this one, unless a font of that name is loaded. */
export function standsForDefault(family: string): boolean {
  return STAND_FOR_DEFAULT.has(family.toLowerCase());
}

/**
 * The families that draw a font with these names. The default and loaded families come before a
 * name that is generic or that of a phone's family, unless a font of that name is loaded, so that
 * every machine draws the same. They come after all names, too, and then sans-serif, as on phones.
 *
 * @param more families that this text alone needs
 */
export function orderFamilies(named: readonly string[], more: readonly string[]): string[] {
  const defaults = [...chosen.default, ...ofKind("program")];
  const exact = new Map(registered.map((name) => [name.toLowerCase(), name]));
  const families = new Set<string>();
  const add = (names: readonly string[]) => {
    for (const name of names) families.add(name);
  };
  for (const name of named) {
    const key = name.toLowerCase();
    const loaded = exact.get(key);
    if (loaded === undefined && STAND_FOR_DEFAULT.has(key)) add(defaults);
    if (key === "emoji") add(emojiFamilies());
    add([loaded ?? name]);
  }
  add(defaults);
  if (!named.some(isGeneric)) add(["sans-serif"]);
  add(more);
  return [...families].filter(isReadable);
}

/** The families for emoji, in the order in which they are tried. */
export function emojiFamilies(): string[] {
  const system = installed.filter((name) => /emoji/i.test(name));
  return [...new Set([...chosen.emoji, ...ofKind("emoji"), ...system])];
}

/** Families that have some of the wanted characters. */
export interface FoundFamilies {
  families: string[];
  /** The characters that none of the families has. */
  missing: string[];
}

/** Fonts that pages loaded; texts that do not name them use them only for missing characters. */
export function pageFamilies(characters: readonly string[]): FoundFamilies {
  const families: string[] = [];
  let missing = [...characters];
  for (const name of ofKind("page")) {
    const faces = pageFonts.get(name.toLowerCase());
    const has = (character: string) => faces?.some((ranges) => hasCodePoint(ranges, character));
    const rest = missing.filter((character) => !has(character));
    if (rest.length < missing.length) families.push(name);
    missing = rest;
  }
  return { families, missing };
}

/**
 * Whether there are fonts whose characters this library has not read: those of the machine, and
 * those that the program registered with the engine.
 */
export function hasUnreadFonts(): boolean {
  return machine.hasFont || registered.some((name) => !kinds.has(name.toLowerCase()));
}

/** The families of the machine, without those that the program registered. */
export function installedFamilies(): string[] {
  return [...installed];
}

function ofKind(kind: Kind): string[] {
  return registered.filter((name) => kindOf(name) === kind);
}

/** A family that was registered with the engine directly counts as the program's. */
function kindOf(family: string): Kind {
  return kinds.get(family.toLowerCase()) ?? "program";
}

const readable = createCache<boolean>({ maxBytes: 2_000_000, maxAgeMs: 3_600_000 });

/** Whether CSS can parse the name: an invalid one would break the whole list, and so all text. */
function isReadable(family: string): boolean {
  let answer = readable().get(family);
  if (answer === undefined) {
    const list = writeFamilies([family]);
    const probe = probeContext();
    probe.font = "1px a";
    probe.font = `2px ${list}`;
    const [read] = readFamilies(probe.font.slice(probe.font.indexOf("px") + 3));
    answer = read === family;
    readable().set(family, answer);
  }
  return answer;
}

/** What the machine has, with these families installed. */
export function machineFonts(
  installed: readonly string[] = familyNames(),
): Pick<Families, "installed" | "hasFont" | "hasLetters"> {
  // The engine may have been told not to list its fonts.
  const isUnlisted = installed.length === 0 && !isEngineMissing && drawsLetters();
  return {
    installed,
    hasFont: isUnlisted || installed.length > 0,
    hasLetters: isUnlisted || installed.some((name) => !/emoji/i.test(name)),
  };
}

function drawsLetters(): boolean {
  const probe = probeContext();
  probe.font = "20px sans-serif";
  return probe.measureText("A").width > 0;
}

function familyNames(): string[] {
  return isEngineMissing ? [] : GlobalFonts.families.map(({ family }) => family);
}
