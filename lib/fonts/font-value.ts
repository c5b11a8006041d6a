// Reads values of `font` as loosely as WeChat's libraries do, and writes them as CSS.
import { createCache } from "../cache.ts";
import { parses, scratchContext } from "../engine/engine.ts";
import { readFamilies, writeFamilies } from "./family-list.ts";

/** Longer values are read as CSS alone. */
const MAX_LENGTH = 1000;
/** CSS words that may stand before the size; all other words are skipped. */
const WORD =
  /^(?:italic|oblique|[-+]?[\d.]+(?:deg|grad|rad|turn)|small-caps|bold|bolder|lighter|[1-9]\d{0,2}|1000|(?:(?:ultra|extra|semi)-)?(?:condensed|expanded))$/i;
const SIZE = /^(\d+(?:\.\d*)?|\.\d+)(rpx|px|pt|pc|in|cm|mm|q|em|rem|%)(?:\/\S*)?$/i;

/**
 * The value as CSS: rpx become px, a size without a family keeps the current family, words before
 * the size that CSS does not know are skipped, and a family that begins with a digit needs no
 * quotes. A value without a size is returned unchanged.
 *
 * @param current the font that it replaces, as the engine reads it back
 */
export function readFontValue(value: string, current: string): string {
  if (value.length > MAX_LENGTH || readCssFont(value) !== undefined) return value;
  const words: string[] = [];
  let rest = value.trim();
  for (;;) {
    // "12px,Arial" is written, too.
    const end = rest.search(/[\s,]/);
    const word = end < 0 ? rest : rest.slice(0, end);
    rest = end < 0 ? "" : rest.slice(end).replace(/^[\s,]+/, "");
    const [, size, unit = ""] = SIZE.exec(word) ?? [];
    if (size !== undefined) {
      const length = `${size}${unit.toLowerCase() === "rpx" ? "px" : unit}`;
      const named = readFamilies(rest);
      const same = writeFamilies(familiesOf(current));
      const families = named.length > 0 ? writeFamilies(named) : same;
      // Two weights, for example, are not valid CSS, nor is a family with a line break.
      const fonts = [
        [...words, length, families],
        [length, families],
        [...words, length, same],
      ];
      return fonts.map((font) => font.join(" ")).find((font) => parses("font", font)) ?? value;
    }
    if (WORD.test(word)) words.push(word);
    if (rest === "") return value;
  }
}

/** Fonts as the engine reads them back, by the values of `font`; "" for one it cannot parse. */
const readBack = createCache<string>({
  maxBytes: 1_000_000,
  maxAgeMs: 3_600_000,
  bytesOf: (font) => 2 * font.length,
});
const probeContext = scratchContext(1, 1);

/**
 * The value of `font` as the engine reads it back, with the angle and the width that it leaves out;
 * undefined if it cannot be parsed.
 */
export function readCssFont(value: unknown): string | undefined {
  const text = `${value as string}`;
  const known = text.length <= MAX_LENGTH ? readBack().get(text) : undefined;
  const font = known ?? parsed(text);
  if (known === undefined && text.length <= MAX_LENGTH) readBack().set(text, font);
  return font === "" ? undefined : font;
}

function parsed(value: string): string {
  if (!parses("font", value)) return "";
  const context = probeContext();
  context.font = value;
  return withUnread(context.font, value);
}

/** The words before the size, one by one: the engine reads back neither an angle nor a width. */
const STYLE =
  /\s*(?:oblique\s+([-+]?[\d.]+(?:deg|grad|rad|turn))|((?:(?:ultra|extra|semi)-)?(?:condensed|expanded))|normal|italic|oblique|small-caps|bold|bolder|lighter|[\d.]+)(?=\s)/iy;

/** A font as the engine reads it back, behind the width and then the angle of the value. */
export function withUnread(font: string, value: string): string {
  let full = font;
  let ofWidth = "";
  STYLE.lastIndex = 0;
  for (let word = STYLE.exec(value); word; word = STYLE.exec(value)) {
    const [, angle, width] = word;
    // It does read back the angle of italics.
    if (angle && !font.startsWith("italic ")) full = `oblique ${angle.toLowerCase()} ${font}`;
    if (width) ofWidth = `${width.toLowerCase()} `;
  }
  return ofWidth + full;
}

function familiesOf(font: string): string[] {
  return readFamilies(font.slice(font.indexOf("px ") + 3));
}
