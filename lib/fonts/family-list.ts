// Reads the list of families of a CSS font, and writes one.

/** Generic names, which CSS recognizes only without quotes. */
const GENERIC = new Set([
  "sans-serif",
  "serif",
  "monospace",
  "cursive",
  "fantasy",
  "system-ui",
  "ui-sans-serif",
  "ui-serif",
  "ui-monospace",
  "ui-rounded",
  "math",
  "emoji",
  "fangsong",
]);

/** Whether the name is generic: it means a kind of font, not a family. */
export function isGeneric(family: string): boolean {
  return GENERIC.has(family.toLowerCase());
}

/** The names in a list such as `"PingFang SC", sans-serif`, without quotes; drops empty ones. */
export function readFamilies(list: string): string[] {
  const families: string[] = [];
  let name = "";
  let quote = "";
  for (let i = 0; i <= list.length; i++) {
    const character = list.charAt(i);
    if (character === "\\") {
      const [hex, digits = ""] = /^([0-9a-f]{1,6})\s?/i.exec(list.slice(i + 1, i + 8)) ?? [];
      name += hex === undefined ? list.charAt(i + 1) : fromHex(digits);
      i += hex?.length ?? 1;
    } else if (quote !== "" && character === quote) quote = "";
    else if (quote !== "" && character !== "") name += character;
    else if (character === '"' || character === "'") quote = character;
    else if (character !== "," && character !== "") name += character;
    else {
      if (name.trim() !== "") families.push(name.trim());
      name = "";
    }
  }
  return families;
}

/** The list as CSS reads it. */
export function writeFamilies(families: Iterable<string>): string {
  return Array.from(families, (family) =>
    isGeneric(family) ? family : `"${family.replace(/["\\]/g, "\\$&")}"`,
  ).join(", ");
}

/** The character of a CSS escape; an invalid code point becomes U+FFFD. */
function fromHex(hex: string): string {
  const codePoint = Number.parseInt(hex, 16);
  return String.fromCodePoint(codePoint === 0 || codePoint > 0x10ffff ? 0xfffd : codePoint);
}
