// Tells emoji that Unicode presents as pictures in colour from those it presents as text signs.
import { latePattern } from "../late.ts";

const AS_TEXT = "\ufe0e";
const AS_EMOJI = "\ufe0f";

/** A cheap first test, which excludes nearly all text without emoji. */
const MAY_HAVE = /[\u00a9\u00ae\u203c-\u3299\u{1f000}-\u{1faff}]/u;

const ELEMENT = String.raw`(?![0-9#*])\p{Emoji}(?:\p{Emoji_Modifier}|[\ufe0e\ufe0f])?`;
const SEQUENCE = latePattern(
  String.raw`\p{Regional_Indicator}{2}\ufe0f?|${ELEMENT}(?:\u200d${ELEMENT})*(?:[\u{e0020}-\u{e007e}]+\u{e007f})?`,
  "gu",
);
const ELEMENTS = latePattern(ELEMENT, "gu");
const KEYCAP = /[0-9#*]\ufe0f\u20e3/g;
const PICTURE = latePattern(String.raw`^\p{Emoji_Presentation}`);
const PICTURE_SOMEWHERE = latePattern(String.raw`\p{Emoji_Presentation}|\u200d|\ufe0f`);
const BARE = latePattern(String.raw`^\P{M}$`);

/** Whether the text has a character that Unicode calls emoji, in colour or as a sign. */
export function hasEmoji(text: string): boolean {
  return MAY_HAVE.test(text) && (text.search(SEQUENCE()) >= 0 || text.search(KEYCAP) >= 0);
}

/** The emoji of the text that are pictures in colour, each once. */
export function picturesOf(text: string): string[] {
  const sequences = [...(text.match(SEQUENCE()) ?? []), ...(text.match(KEYCAP) ?? [])];
  const pictures = sequences.filter(
    (one) => !one.includes(AS_TEXT) && PICTURE_SOMEWHERE().test(one),
  );
  return [...new Set(pictures)];
}

/**
 * The text with a variation selector after every emoji that has none, by which the engine chooses
 * the font: U+FE0F where Unicode presents a picture (😀, flags, sequences), U+FE0E where it
 * presents a sign (☎ ❤ ©). Keycaps stay as the text has them. Selectors have no width.
 *
 * https://unicode.org/reports/tr51/#Presentation_Style
 */
export function withPresentation(text: string, keepsSigns = true): string {
  return text.replace(SEQUENCE(), (sequence) => {
    if (sequence.includes(AS_TEXT)) return sequence;
    if (sequence.includes("\u200d")) return asSequence(sequence);
    if (!BARE().test(sequence))
      return sequence.endsWith(AS_EMOJI) || isTagged(sequence) ? sequence : sequence + AS_EMOJI;
    if (PICTURE().test(sequence)) return sequence + AS_EMOJI;
    return keepsSigns ? sequence + AS_TEXT : sequence;
  });
}

/** Joined emoji: signs in them become pictures, and the last selector decides for the sequence. */
function asSequence(sequence: string): string {
  const qualified = sequence.replace(ELEMENTS(), (element) =>
    BARE().test(element) && !PICTURE().test(element) ? element + AS_EMOJI : element,
  );
  return qualified.endsWith(AS_EMOJI) || isTagged(qualified) ? qualified : qualified + AS_EMOJI;
}

function isTagged(sequence: string): boolean {
  return sequence.endsWith("\u{e007f}");
}
