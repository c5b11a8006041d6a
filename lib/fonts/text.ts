// Prepares text for the engine: adds fallback families to the font, and selectors to emoji.
import { createCache } from "../cache.ts";
import { createBoxWarning, type OnMissing } from "./box-warning.ts";
import { hasEmoji, picturesOf, withPresentation } from "./emoji.ts";
import {
  emojiFamilies,
  fontsVersion,
  hasLetters,
  lookAgain,
  orderFamilies,
  pageFamilies,
} from "./families.ts";
import { readFamilies, writeFamilies } from "./family-list.ts";
import { readCssFont } from "./font-value.ts";
import { missingCharacters } from "./missing.ts";
import { packageEmoji, packageFonts } from "./packages.ts";

/** The text and font that the engine draws or measures. */
export interface ReadyText {
  text: string;
  font: string;
  /** Characters that are drawn as boxes, each once. */
  missing: readonly string[];
}

/** Finds the fonts for the texts of one host. */
export interface TextFonts {
  /**
   * The text and the font to use both for drawing and for measuring. The font has families to fall
   * back to, character by character; installed packages supply characters that no other font has.
   *
   * @param font as the engine reads it back
   */
  ready(text: string, font: string): ReadyText;
  /** Warns once of each character that is drawn as a box. */
  warnMissing(text: string, font: string): void;
  /** The same for these characters of an SVG's text, which is drawn with installed fonts. */
  warnMissingInSvg(missing: readonly string[]): void;
}

const bytesOf = (text: string) => 2 * text.length;

/** Results stay valid until fonts are registered, or other families are chosen. */
const fonts = createCache<string>({ maxBytes: 2_000_000, maxAgeMs: 3_600_000, bytesOf });
const texts = createCache<ReadyText>({
  maxBytes: 4_000_000,
  maxAgeMs: 3_600_000,
  bytesOf: ({ text, font }) => 2 * (text.length + font.length),
});
let version = -1;

const NOTHING: readonly string[] = [];

export function createTextFonts({
  packages,
  onMissing,
}: {
  packages: boolean;
  /** Receives the warnings of this host; without it, they are warnings of the process. */
  onMissing?: OnMissing;
}): TextFonts {
  const warn = createBoxWarning(packages, onMissing);
  /** The text that was asked for last: it is what is drawn next. */
  let last = { text: "", font: "", missing: NOTHING };

  function ready(text: string, font: string): ReadyText {
    forgetOutdated();
    if (isPlain(text)) return { text, font: fontFor(font), missing: NOTHING };
    const key = `${packages}\n${font}\n${text}`;
    const before = texts().get(key);
    // With missing characters, look again: the program may have registered a font with the engine.
    const found = before?.missing.length === 0 ? before : find(text, font, packages);
    if (found !== before) texts().set(key, found);
    last = { text, font, missing: found.missing };
    return found;
  }

  return {
    ready,
    warnMissing(text, font) {
      if (isPlain(text)) return;
      const isLast = text === last.text && font === last.font;
      const { missing } = isLast ? last : ready(text, font);
      if (missing.length > 0) warn(missing, font);
    },
    warnMissingInSvg: (missing) => warn(missing),
  };
}

function find(text: string, font: string, packages: boolean): ReadyText {
  const emoji = hasEmoji(text) ? emojiFor(text, packages) : NO_EMOJI;
  let missing = missingNow(text).filter((character) => !emoji.covered.has(character));
  const fallback: string[] = [];
  for (const look of packages ? [pageFamilies, packageFonts] : [pageFamilies]) {
    if (missing.length === 0) break;
    const found = look(missing, weightOf(font));
    fallback.push(...found.families);
    missing = found.missing;
  }
  const families = [...new Set([...fallback, ...emoji.families])];
  const full = fontFor(font, families);
  if (emoji.families.length === 0) return { text, font: full, missing };
  // Code that names an emoji font itself wants the pictures of that font.
  const keepsSigns = !namedFamilies(font).some((family) => emoji.families.includes(family));
  return { text: withPresentation(text, keepsSigns), font: full, missing };
}

interface EmojiFonts {
  families: readonly string[];
  /** Characters of package fonts among these families; `missingCharacters` does not know them. */
  covered: ReadonlySet<string>;
}

const NO_EMOJI: EmojiFonts = { families: [], covered: new Set() };

/** The fonts for emoji: loaded or installed ones, or else the package's if the text needs it. */
function emojiFor(text: string, packages: boolean): EmojiFonts {
  const families = emojiFamilies();
  if (families.length > 0 || !packages) return { families, covered: NO_EMOJI.covered };
  const pictures = picturesOf(text);
  if (pictures.length === 0) return NO_EMOJI;
  const found = packageEmoji(pictures);
  const there = pictures.filter((picture) => !found.missing.includes(picture));
  return { families: found.families, covered: new Set(there.join("")) };
}

function missingNow(text: string): string[] {
  const missing = missingCharacters(text);
  if (missing.length === 0) return missing;
  lookAgain();
  return version === fontsVersion() ? missing : missingCharacters(text);
}

/** The font with its fallback families. */
function fontFor(font: string, more: readonly string[] = NOTHING): string {
  const key = more.length === 0 ? font : [font, ...more].join("\n");
  const before = fonts().get(key);
  if (before !== undefined) return before;
  lookAgain();
  const families = writeFamilies(orderFamilies(namedFamilies(font), more));
  const full = readCssFont(`${font.slice(0, familiesAt(font))}${families}`) ?? font;
  fonts().set(key, full);
  return full;
}

function forgetOutdated(): void {
  if (version === fontsVersion()) return;
  version = fontsVersion();
  fonts().clear();
  texts().clear();
}

/** Letters, digits and signs that every font has. Most texts are short: a pattern takes longer. */
function isPlain(text: string): boolean {
  if (!hasLetters()) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code > 0x7e) return false;
  }
  return true;
}

/** The engine writes a font as `italic bold small-caps 12px a, "b c"`. */
function familiesAt(font: string): number {
  return font.indexOf("px ") + 3;
}

function namedFamilies(font: string): string[] {
  return readFamilies(font.slice(familiesAt(font)));
}

function weightOf(font: string): number {
  const [, word = "400"] =
    /(?:^| )(bold|[1-9]\d{0,3}) /.exec(font.slice(0, familiesAt(font))) ?? [];
  return word === "bold" ? 700 : Number(word);
}
