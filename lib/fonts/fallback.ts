// Which characters the fonts have: faces to fall back to, and text that would be drawn as boxes.

import { LRUCache } from "lru-cache";
import { createCanvas, GlobalFonts, isEngineMissing, type SKRSContext2D } from "../engine.ts";

const INSTALLED = Symbol.for("wx-canvas-node.installedFamilies");
const shared = GlobalFonts as { [INSTALLED]?: readonly string[] };
/**
 * Families that are installed; what is there later was registered by the program. Copies of the
 * library share the engine's fonts, and jest makes one for each test file: the first one says.
 */
if (!isEngineMissing) shared[INSTALLED] ??= familyNames();
const installed = new Set(isEngineMissing ? [] : shared[INSTALLED]);
let registered: string[] = [];
let fallback = "";
/** What has been appended so far, as the engine writes it: the newest, and so longest, first. */
const fallbacks: string[] = [];
let seen = new LRUCache<string, string>({ max: 1000 });
let probes = new LRUCache<string, string>({ max: 1000 });
let known = new LRUCache<string, boolean>({ max: 50_000 });

/**
 * The CSS font with faces to fall back to, character by character, behind the families that it
 * names: the installed default, then every registered family, in order. The engine falls back to
 * installed fonts by itself, to registered ones only when they are named.
 */
export function fontFor(css: string): string {
  const answer = seen.get(css);
  if (answer !== undefined) return answer;
  lookAgain();
  const font = css + fallback;
  seen.set(css, font);
  return font;
}

/** The font as it was before `fontFor`, although fonts may have been registered since. */
export function withoutFallback(font: string): string {
  const appended = fallbacks.find((fallback) => font.endsWith(fallback));
  return appended === undefined ? font : font.slice(0, -appended.length);
}

/** Fonts may have been registered: forgets what was known about those before. */
export function lookAgain(): void {
  const now = loadedFamilies();
  if (now.join() === registered.join()) return;
  registered = now;
  // The default first: a registered font for figures must not take over the text of a page.
  fallback = ["system-ui", ...now.map(quoted)].map((family) => `, ${family}`).join("");
  // The engine takes off quotes that are not needed.
  const probe = getProbe();
  probe.font = `${SIZE}px a${fallback}`;
  fallbacks.unshift(probe.font.slice(`${SIZE}px a`.length));
  seen = new LRUCache({ max: 1000 });
  probes = new LRUCache({ max: 1000 });
  known = new LRUCache({ max: 50_000 });
}

/** Characters that no registered or installed font has, each once; they are drawn as boxes. */
export function missingCharacters(text: string, css: string): string[] {
  if (isPlain(text)) return [];
  const characters = [...new Set(text)].filter((character) => !UNSEEN.test(character));
  const missing = () => {
    const font = probeFont(css);
    return characters.filter((character) => isMissing(character, font));
  };
  if (missing().length === 0) return [];
  // Before anyone is told: perhaps the font has come since.
  lookAgain();
  return missing();
}

/** Letters, digits and signs that every font has. */
function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

/** What draws nothing, or nothing by itself. */
const UNSEEN = /[\p{White_Space}\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;

/** No character has this code point, nor ever will: what is drawn for it is the box. */
const NO_CHARACTER = "\u{10ffff}";
const SIZE = 20;
const SIDE = SIZE * 2;

let probeContext: SKRSContext2D | undefined;

function getProbe(): SKRSContext2D {
  probeContext ??= createCanvas(SIDE, SIDE).getContext("2d", { willReadFrequently: true });
  return probeContext;
}

/** The font at the size of the probe, as the engine reads it; sizes do not change what it has. */
function probeFont(css: string): string {
  let font = probes.get(css);
  if (font === undefined) {
    const probe = getProbe();
    probe.font = `${SIZE}px sans-serif`;
    probe.font = fontFor(css);
    font = probe.font.replace(/[\d.]+px/, `${SIZE}px`);
    probes.set(css, font);
  }
  return font;
}

function isMissing(character: string, font: string): boolean {
  const key = `${character}${font}`;
  let answer = known.get(key);
  if (answer === undefined) {
    getProbe().font = font;
    answer = sameExtent(character, NO_CHARACTER) && samePixels(character, NO_CHARACTER);
    known.set(key, answer);
  }
  return answer;
}

const EXTENT = [
  "width",
  "actualBoundingBoxLeft",
  "actualBoundingBoxRight",
  "actualBoundingBoxAscent",
  "actualBoundingBoxDescent",
] as const;

/** Cheap, and nearly always enough to tell a character from the box. */
function sameExtent(a: string, b: string): boolean {
  const probe = getProbe();
  const [one, other] = [probe.measureText(a), probe.measureText(b)];
  return EXTENT.every((side) => one[side] === other[side]);
}

function samePixels(a: string, b: string): boolean {
  return pixels(a).equals(pixels(b));
}

function pixels(character: string): Buffer {
  const probe = getProbe();
  probe.clearRect(0, 0, SIDE, SIDE);
  probe.fillText(character, SIZE / 2, SIZE * 1.5);
  return Buffer.from(probe.getImageData(0, 0, SIDE, SIDE).data.buffer);
}

/** What to install for a script; the first that fits the characters is told. */
const REMEDIES: [RegExp, npm: string, apt: string][] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/u, "noto-sans-jp", "fonts-noto-cjk"],
  [/\p{Script=Hangul}/u, "noto-sans-kr", "fonts-noto-cjk"],
  [/[\p{Script=Han}\u3000-\u303f\uff00-\uffef]/u, "noto-sans-sc", "fonts-noto-cjk"],
  [/\p{Extended_Pictographic}/u, "noto-color-emoji", "fonts-noto-color-emoji"],
];

/**
 * Says, once, which characters are drawn as boxes and what to install. Cheap enough to be asked
 * about every text: each character is looked up once per font and process.
 */
export function createMissingWarning(
  report: (message: string, characters: string[]) => void,
): (text: string, css: string) => void {
  let told = false;
  return (text, css) => {
    if (told) return;
    const missing = missingCharacters(text, css);
    if (missing.length === 0) return;
    told = true;
    const some = missing.slice(0, 20).join("");
    const more = missing.length > 20 ? ` and ${missing.length - 20} more` : "";
    const remedy = REMEDIES.find(([script]) => missing.some((character) => script.test(character)));
    const install = remedy
      ? `\`npm i @fontsource/${remedy[1]}\` and loadFont() one of its files, or \`apt-get install ${remedy[2]}\``
      : "a font that has them, with loadFont()";
    report(
      `font ${css}: no font has "${some}"${more}, boxes are drawn instead; install ${install}`,
      missing,
    );
  };
}

/** The families that the program has registered, in order. */
export function loadedFamilies(): string[] {
  return familyNames().filter((family) => !installed.has(family) && family !== BLANK_FAMILY);
}

/** The families that were there before the program registered any. */
export function installedFamilies(): string[] {
  return [...installed];
}

/** A font of test hosts that has every character, empty: never one to fall back to. */
export const BLANK_FAMILY = "wx-canvas-node blank";

function familyNames(): string[] {
  return isEngineMissing ? [] : GlobalFonts.families.map(({ family }) => family);
}

function quoted(family: string): string {
  return `"${family.replace(/["\\]/g, "\\$&")}"`;
}
