// Warns about characters that no font has, and says what to install for them.

import { latePattern } from "../late.ts";
import { type CodePointSet, createCodePointSet } from "./cmap.ts";

/** For each script: the npm package, the subset whose file has it, and Debian's package. */
const REMEDIES: [() => RegExp, npm: string, subset: string, apt: string][] = [
  [
    latePattern(String.raw`[\p{Script=Hiragana}\p{Script=Katakana}]`),
    "noto-sans-jp",
    "japanese",
    "fonts-noto-cjk",
  ],
  [latePattern(String.raw`\p{Script=Hangul}`), "noto-sans-kr", "korean", "fonts-noto-cjk"],
  [
    latePattern(String.raw`[\p{Script=Han}\u3000-\u303f\uff00-\uffef]`),
    "noto-sans-sc",
    "chinese-simplified",
    "fonts-noto-cjk",
  ],
  [
    latePattern(String.raw`\p{Extended_Pictographic}`),
    "noto-color-emoji",
    "emoji",
    "fonts-noto-color-emoji",
  ],
  [() => /[!-~]/, "noto-sans-sc", "latin", "fonts-dejavu-core"],
];

const SHOWN_MAX = 20;

/** Receives a warning, and the characters of the text that no font has. */
export type OnMissing = (message: string, characters: readonly string[]) => void;

/** Characters that the process was warned of, in a fixed size however many there are. */
const warnedInProcess = createCodePointSet();

/**
 * Warns when a missing character is new: new to the host's callback, or else to the process. The
 * text of an SVG, which is drawn with installed fonts, comes without a font.
 */
export function createBoxWarning(
  packages: boolean,
  onMissing?: OnMissing,
): (missing: readonly string[], font?: string) => void {
  let warned: CodePointSet | undefined = onMissing ? undefined : warnedInProcess;
  const warn =
    onMissing ??
    ((message) => process.emitWarning(message, { code: "WX_CANVAS_MISSING_CHARACTERS" }));
  return (missing, font) => {
    warned ??= createCodePointSet();
    const codePoints = missing.map((character) => character.codePointAt(0) as number);
    if (codePoints.every(warned.has)) return;
    codePoints.forEach(warned.add);
    const some = missing.slice(0, SHOWN_MAX).join("");
    const more = missing.length > SHOWN_MAX ? ` and ${missing.length - SHOWN_MAX} more` : "";
    const boxes = `font has "${some}"${more}, boxes are drawn instead`;
    warn(
      font === undefined
        ? `text of an SVG: no installed ${boxes}; ${installing(missing)}`
        : `font ${font}: no ${boxes}; ${remedyFor(missing, packages)}`,
      missing,
    );
  };
}

const remedyOf = (missing: readonly string[]) =>
  REMEDIES.find(([script]) => missing.some((character) => script().test(character)));

function installing(missing: readonly string[]): string {
  const apt = remedyOf(missing)?.[3];
  const install = apt === undefined ? "install a font that has them" : `\`apt-get install ${apt}\``;
  return `${install}, or make paths of the text in the SVG`;
}

function remedyFor(missing: readonly string[], packages: boolean): string {
  const remedy = remedyOf(missing);
  if (!remedy) return "install a font that has them, with loadFont()";
  const [, npm, subset, apt] = remedy;
  const file = `node_modules/@fontsource/${npm}/files/${npm}-${subset}-400-normal.woff2`;
  const load = `loadFont("${file}", "…")`;
  const use = packages ? `(it is found by itself, or by ${load})` : `and ${load}`;
  return `install them with \`npm i @fontsource/${npm}\` ${use}, or \`apt-get install ${apt}\``;
}
