// Checks text in a test host: each family and character must come from a font that the test names.
import { createCanvas } from "../engine/engine.ts";
import { show } from "../errors.ts";
import { registerFont, standsForDefault } from "../fonts/families.ts";
import { readFamilies, writeFamilies } from "../fonts/family-list.ts";
import { blankFont } from "./blank-font.ts";
import type { Problems } from "./problems.ts";

export interface StrictText {
  /** Checks a text that is drawn in a CSS font. */
  check(text: string, css: string): void;
  /** Adds a family to the test's fonts. */
  name(family: string): void;
}

export function strictText(problems: Problems): StrictText {
  const named = new Map<string, string>();
  let known = new Map<string, boolean>();

  /**
   * Whether no named font has the character. The last font of the probe is the blank one, which has
   * every character: its width shows that no other font was used.
   */
  function isMissing(character: string): boolean {
    let answer = known.get(character);
    if (answer === undefined) {
      const context = probeContext();
      context.font = `${SIZE}px ${writeFamilies([...named.values(), BLANK_FAMILY])}`;
      answer = Math.abs(context.measureText(character).width - width) < 0.001;
      known.set(character, answer);
    }
    return answer;
  }

  return {
    check(text, css) {
      const family = firstFamily(css);
      const isNamed = named.has(family.toLowerCase());
      if (!isNamed && (named.size === 0 || !standsForDefault(family))) {
        problems.add(
          "fonts",
          `the family ${show(family)} is none of the fonts of the test: this machine's would be used`,
        );
      }
      const missing = [...new Set(String(text))].filter(
        (one) => !UNSEEN.test(one) && isMissing(one),
      );
      if (missing.length > 0) {
        const some = missing.slice(0, 20).join("");
        problems.add(
          "fonts",
          `no font of the test has ${show(some)}: boxes, or fonts of this machine, would be used`,
        );
      }
    },
    name(family) {
      named.set(family.toLowerCase(), family);
      known = new Map();
    },
  };
}

/** Characters that draw nothing, or nothing by themselves. */
const UNSEEN = /[\p{White_Space}\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}]/u;
const SIZE = 20;
/** The font with an empty glyph for every character; other text never falls back to it. */
const BLANK_FAMILY = "wx-canvas-node blank";

let probe: ReturnType<ReturnType<typeof createCanvas>["getContext"]> | undefined;
let width = 0;

function probeContext() {
  if (!probe) {
    registerFont(blankFont(), BLANK_FAMILY, true);
    probe = createCanvas(1, 1).getContext("2d");
    // The width is measured, so that it has the engine's rounding.
    probe.font = `${SIZE}px ${writeFamilies([BLANK_FAMILY])}`;
    width = probe.measureText("a").width;
  }
  return probe;
}

/** The engine writes a font as `italic bold 12px a, "b c"`. */
function firstFamily(font: string): string {
  return readFamilies(font.slice(font.indexOf("px ") + 3))[0] ?? "sans-serif";
}
