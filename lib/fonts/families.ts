// The families that this process has, and which of them a text is drawn with, in which order.

import { createCache } from "../cache.ts";
import { GlobalFonts, isEngineMissing, scratchContext } from "../engine.ts";
import { CanvasError, invalid, show } from "../errors.ts";
import { type CodePointRange, hasCodePoint } from "./cmap.ts";
import { isGeneric, readFamilies, writeFamilies } from "./family-list.ts";

/** The families of this process, one for each matter; each a name, or several in order. */
export interface UseFontsOptions {
  /** What `sans-serif` and its like, and the families of phones, are drawn with. */
  default?: string | readonly string[] | undefined;
  /** What emoji are drawn with. */
  emoji?: string | readonly string[] | undefined;
}

/** How a family came into the process. */
type Kind = "program" | "page" | "emoji";

interface Families {
  /** Those that are installed; what is there later was registered by the program. */
  readonly installed: readonly string[];
  /** By the family in small letters, which is how the engine compares. */
  readonly kinds: Map<string, Kind>;
  /** What the fonts of pages have, by the family in small letters. */
  readonly pageFonts: Map<string, (readonly CodePointRange[])[]>;
  /** Registered for single texts that need them, and named by those alone. */
  readonly reserved: Set<string>;
  readonly chosen: { default: readonly string[]; emoji: readonly string[] };
}

/**
 * Kept with the engine's fonts, which copies of this library share: jest, for example, makes one for
 * each test file.
 */
const SHARED = Symbol.for("wx-canvas-node.families.1");
const shared = (isEngineMissing ? {} : GlobalFonts) as { [SHARED]?: Families };
shared[SHARED] ??= {
  installed: familyNames(),
  kinds: new Map(),
  pageFonts: new Map(),
  reserved: new Set(),
  chosen: { default: [], emoji: [] },
};
const { installed, kinds, pageFonts, reserved, chosen } = shared[SHARED];

let registered: string[] = [];
let version = 0;

/** Changes whenever other families may be used than before: what was found out so far is void. */
export function fontsVersion(): number {
  return version;
}

/** A face of a family was registered: by the program, by a page, or as one for emoji. */
export function addFace(family: string, kind: Kind, codePoints: readonly CodePointRange[]): void {
  const key = family.toLowerCase();
  if (kind === "page") pageFonts.set(key, [...(pageFonts.get(key) ?? []), codePoints]);
  // What the program registers stays its own, whichever page registers the same.
  if (kinds.get(key) !== "program") kinds.set(key, kind);
  version++;
  lookAgain();
}

/**
 * Has the engine read a font; false for one that it cannot read. The engine lists it under its own
 * name, too, which nothing is drawn with.
 *
 * @param isReserved only texts use it that need it
 */
export function registerFont(bytes: Buffer, family: string, isReserved = false): boolean {
  const before = new Set(familyNames());
  // Another copy of this library has registered it.
  if (isReserved && before.has(family)) return true;
  if (!GlobalFonts.register(bytes, family)) return false;
  for (const name of familyNames()) {
    const isOwnName = name.toLowerCase() !== family.toLowerCase();
    if (!before.has(name) && (isOwnName || isReserved)) reserved.add(name);
  }
  return true;
}

/** The program may have registered fonts with the engine itself. */
export function lookAgain(): void {
  const now = familyNames().filter(
    (name) => !reserved.has(name) && (kinds.has(name.toLowerCase()) || !installed.includes(name)),
  );
  if (now.join() === registered.join()) return;
  registered = now;
  version++;
}

/**
 * Says which families this process draws with, for all hosts, whatever is installed on the machine:
 * `default` for generic families and those of phones, and for characters that the named families
 * lack; `emoji` for emoji. Each call replaces what the one before said; `{}` says nothing.
 *
 * Without it, fonts of `loadFont` are the default, in the order they were loaded.
 *
 * @throws {CanvasError} `INVALID` for a family that is neither loaded nor installed
 * @example
 * await loadFont("fonts/NotoSansSC-Regular.otf", "Noto Sans SC");
 * useFonts({ default: "Noto Sans SC" });
 */
export function useFonts(options: UseFontsOptions): void {
  try {
    if (typeof options !== "object" || options === null) {
      throw invalid("options", "an object", options);
    }
    const stranger = Object.keys(options).find((name) => name !== "default" && name !== "emoji");
    if (stranger !== undefined) {
      throw new CanvasError("INVALID", `${show(stranger)}: not one of default, emoji`);
    }
    Object.assign(chosen, {
      default: knownFamilies("default", options.default),
      emoji: knownFamilies("emoji", options.emoji),
    });
    version++;
  } catch (error) {
    throw error instanceof CanvasError ? error.named("useFonts") : error;
  }
}

function knownFamilies(option: string, given: unknown): string[] {
  const names: unknown[] = given === undefined ? [] : Array.isArray(given) ? given : [given];
  const families = familyNames();
  return names.map((name) => {
    if (typeof name !== "string" || name.trim() === "") {
      throw invalid(option, "the name of a font family, or an array of names", given);
    }
    const known = families.find((family) => family.toLowerCase() === name.toLowerCase());
    if (known !== undefined) return known;
    const hint = "loadFont() it first";
    const reason = `${option}: expected a family that is loaded or installed, got ${show(name)}`;
    throw new CanvasError("INVALID", reason, { hint });
  });
}

/** Generic families, and those that phones and computers have, in small letters. */
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

/** Whether the default is drawn in place of this family, unless a font of that name is loaded. */
export function standsForDefault(family: string): boolean {
  return STAND_FOR_DEFAULT.has(family.toLowerCase());
}

const probeContext = scratchContext(1, 1);

/**
 * The families that a font is drawn with which names these: a loaded one wins over installed ones
 * wherever the name is generic or that of a phone's, so that every machine draws the same. Behind the
 * named ones come the loaded, and sans-serif, as on phones.
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

/** Those that emoji are drawn with, the first one first. */
export function emojiFamilies(): string[] {
  const system = installed.filter((name) => /emoji/i.test(name));
  return [...new Set([...chosen.emoji, ...ofKind("emoji"), ...system])];
}

/** Families that have some of the characters that were asked for. */
export interface FoundFamilies {
  families: string[];
  /** Those that they do not have. */
  missing: string[];
}

/** Fonts that pages loaded, which are for what they are named for, and for what nothing else has. */
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

/** The families that were there before the program registered any. */
export function installedFamilies(): string[] {
  return [...installed];
}

function ofKind(kind: Kind): string[] {
  return registered.filter((name) => kindOf(name) === kind);
}

/** What the program has registered with the engine itself comes from the program, too. */
function kindOf(family: string): Kind {
  return kinds.get(family.toLowerCase()) ?? "program";
}

const readable = createCache<boolean>({ maxBytes: 2_000_000, maxAgeMs: 3_600_000 });

/** One name that is no CSS would spoil the whole list, and so all text. */
function isReadable(family: string): boolean {
  let answer = readable.get(family);
  if (answer === undefined) {
    const list = writeFamilies([family]);
    const probe = probeContext();
    probe.font = "1px a";
    probe.font = `2px ${list}`;
    const [read] = readFamilies(probe.font.slice(probe.font.indexOf("px") + 3));
    answer = read === family;
    readable.set(family, answer);
  }
  return answer;
}

function familyNames(): string[] {
  return isEngineMissing ? [] : GlobalFonts.families.map(({ family }) => family);
}
