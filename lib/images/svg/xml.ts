// XML as far as it must be known to refuse some of it: tags, attributes and plain entities.
import { CanvasError } from "../../errors.ts";

/** What a pattern with two groups finds. */
type Captures = [all: string, first: string, second: string];

/** An opening tag, or the closing of an element; names are as they are written. */
export interface Tag {
  kind: "open" | "empty" | "close";
  name: string;
  attributes: [name: string, value: string][];
  /** Where it begins and ends in the text. */
  start: number;
  end: number;
}

/**
 * The tags of an XML text, each looked at once; entities are noted as they are declared. What is no
 * XML is read somehow: the engine refuses it. White space is XML's, as bytes of UTF-8 are letters.
 */
export function* tags(text: string, entities: Map<string, string> = new Map()): Generator<Tag> {
  const skip: [string, string][] = [
    ["<!--", "-->"],
    ["<![CDATA[", "]]>"],
    ["<?", "?>"],
  ];
  const nameAt = /\/?[^ \t\r\n/>"'=<]+/y;
  const attributeAt = /[ \t\r\n]*([^ \t\r\n=/>"'<]+)[ \t\r\n]*=[ \t\r\n]*("[^"]*"|'[^']*')/y;
  const endAt = /[ \t\r\n]*(\/?)>/y;
  for (let at = text.indexOf("<"); at >= 0; at = text.indexOf("<", at)) {
    const [opening, ending] =
      (/[!?]/.test(text[at + 1] ?? "") && skip.find(([opening]) => text.startsWith(opening, at))) ||
      [];
    if (opening !== undefined && ending !== undefined) {
      const closing = text.indexOf(ending, at + opening.length);
      if (closing < 0) return;
      at = closing + ending.length;
      continue;
    }
    if (text.startsWith("<!", at)) {
      at = readDoctype(text, at, entities);
      continue;
    }
    const start = at;
    nameAt.lastIndex = at + 1;
    const name = nameAt.exec(text)?.[0];
    at++;
    if (name === undefined) continue;
    const attributes: Tag["attributes"] = [];
    attributeAt.lastIndex = at + name.length;
    for (let found = attributeAt.exec(text); found; found = attributeAt.exec(text)) {
      const [, attribute, value] = found as unknown as Captures;
      attributes.push([attribute, value.slice(1, -1)]);
      at = attributeAt.lastIndex;
    }
    endAt.lastIndex = attributes.length > 0 ? at : at + name.length;
    const end = endAt.exec(text);
    if (end) at = endAt.lastIndex;
    if (name.startsWith("/"))
      yield { kind: "close", name: name.slice(1), attributes, start, end: at };
    else yield { kind: end?.[1] ? "empty" : "open", name, attributes, start, end: at };
  }
}

const PLAIN: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** Text as the engine reads it: character references and entities replaced; bytes of UTF-8. */
export function unescaped(text: string, entities: Map<string, string>): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(#x[\da-f]+|#\d+|[^&; \t\r\n<]+);/gi, (_, name: string) => {
    if (!name.startsWith("#")) return PLAIN[name] ?? entities.get(name) ?? "";
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code > 0x10ffff ? "" : Buffer.from(String.fromCodePoint(code)).toString("latin1");
  });
}

/**
 * Reads a document type. Of the declarations that it may hold, drawing programs write plain
 * entities; anything else could hide markup from us, or make gigabytes of a few bytes.
 */
function readDoctype(text: string, start: number, entities: Map<string, string>): number {
  let at = start;
  const next = (pattern: RegExp) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  next(
    /<!DOCTYPE[ \t\r\n]+[^ \t\r\n>["'<]+([ \t\r\n]+(PUBLIC|SYSTEM)([ \t\r\n]*("[^"]*"|'[^']*'))*)?[ \t\r\n]*/iy,
  );
  if (next(/\[/y)) {
    const declaration =
      /[ \t\r\n]*<!ENTITY[ \t\r\n]+([^ \t\r\n"'<>%&]+)[ \t\r\n]+("[^"<>&%]*"|'[^'<>&%]*')[ \t\r\n]*>/y;
    for (let found = next(declaration); found; found = next(declaration)) {
      const [, name, value] = found as unknown as Captures;
      if (entities.has(name)) throw refuse("an entity that is declared twice");
      entities.set(name, value.slice(1, -1));
    }
    if (!next(/[ \t\r\n]*\][ \t\r\n]*/y)) throw refuse("declarations other than plain entities");
  }
  if (at === start || !next(/>/y)) throw refuse("a document type that cannot be read");
  return at;
}

/** A failure that says what an SVG has and must not. */
export function refuse(what: string): CanvasError {
  return new CanvasError("SOURCE", `the SVG has ${what}`);
}
