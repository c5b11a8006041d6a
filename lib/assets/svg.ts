// What an SVG may contain: nothing from elsewhere, and nothing that takes its parser forever.
import { CanvasError, show } from "../errors.ts";
import type { Element } from "./svg-cost.ts";

/**
 * Bounds of an SVG's markup, pictures embedded in it aside; measured on the engine's parser, whose
 * time grows with the square of a tag's attributes, and which expands entities without a bound.
 */
const MAX_MARKUP = 4 * 1024 * 1024;
const MAX_TAGS = 100_000;
const MAX_ATTRIBUTES = 1000;
const MAX_EXPANSION = 1024 * 1024;

/** Whether the bytes begin as SVG does; UTF-8 and its likes, the only encodings the engine reads. */
export function isSvg(file: Buffer): boolean {
  const start = file.toString("latin1", 0, 1024).replace(/^\xef\xbb\xbf/, "");
  return /^\s*<(\?xml[\s?]|!--|!doctype\s+svg|svg[\s>/])/i.test(start) && rootOf(file) === "svg";
}

function rootOf(file: Buffer): string | undefined {
  for (const { name } of tags(file.toString("latin1"))) return name;
  return undefined;
}

/**
 * Refuses what an SVG must not have. `embedded` is asked about each picture that it carries in a
 * data URI. Gives its elements.
 */
export function checkSvg(file: Buffer, embedded: (dataUri: string) => void): Element {
  const text = file.toString("latin1");
  const entities = new Map<string, string>();
  const top: Element = { name: "", attributes: [], children: [] };
  const open = [top];
  let [count, carried] = [0, 0];
  for (const { name, attributes, isClosing, isEmpty } of tags(text, entities)) {
    if (isClosing) {
      if (open.length > 1) open.pop();
      continue;
    }
    const element: Element = { name, attributes: plain(attributes, entities), children: [] };
    open.at(-1)?.children.push(element);
    if (!isEmpty) open.push(element);
    if (++count > MAX_TAGS) throw refuse(`more than ${MAX_TAGS} elements`);
    if (attributes.length > MAX_ATTRIBUTES) throw refuse(`more than ${MAX_ATTRIBUTES} attributes`);
    for (const [attribute, value] of attributes) {
      if (!/(^|:)href$/i.test(attribute) || value.startsWith("#")) continue;
      // A link to click on is never followed.
      if (/(^|:)a$/i.test(name)) continue;
      if (!/^\s*data:/i.test(value))
        throw refuse(`a reference to something outside, ${show(value)}`);
      carried += value.length;
      embedded(value);
    }
  }
  if (text.length - carried > MAX_MARKUP) throw refuse(`more than ${MAX_MARKUP} bytes of markup`);
  let expansion = 0;
  for (const [, name] of text.matchAll(/&([^&;\s<]{1,100});/g)) {
    expansion += entities.get(name as string)?.length ?? 0;
    if (expansion > MAX_EXPANSION) throw refuse("entities that expand without end");
  }
  return top;
}

const PREDEFINED = new Map(Object.entries({ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }));

/** The attributes as the parser reads them: with what their entities stand for. */
function plain(attributes: Tag["attributes"], entities: Map<string, string>): Tag["attributes"] {
  return attributes.map(([name, value]) => {
    if (!value.includes("&") || value.length > MAX_EXPANSION) return [name, value];
    const text = value.replace(/&(#x?)?([^&;\s<]{1,100});/gi, (all, number, name) => {
      if (!number) return entities.get(name) ?? PREDEFINED.get(name) ?? all;
      const code = Number.parseInt(name, number === "#" ? 10 : 16);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
    });
    return [name, text];
  });
}

/** What a pattern with two groups finds. */
type Captures = [all: string, first: string, second: string];

interface Tag {
  name: string;
  attributes: [name: string, value: string][];
  /** Ends the element of its name. */
  isClosing: boolean;
  /** Is its own end. */
  isEmpty: boolean;
}

/** The tags of an XML text, each looked at once; entities are noted as they are declared. */
function* tags(text: string, entities: Map<string, string> = new Map()): Generator<Tag> {
  const skip: [string, string][] = [
    ["<!--", "-->"],
    ["<![CDATA[", "]]>"],
    ["<?", "?>"],
  ];
  const nameAt = /[^\s/>"'=<]+/y;
  const attributeAt = /\s*([^\s=/>"'<]+)\s*=\s*("[^"]*"|'[^']*')/y;
  const emptyAt = /\s*\/>/y;
  for (let at = text.indexOf("<"); at >= 0; at = text.indexOf("<", at)) {
    const [start, end] = skip.find(([opening]) => text.startsWith(opening, at)) ?? [];
    if (start !== undefined && end !== undefined) {
      const closing = text.indexOf(end, at + start.length);
      if (closing < 0) return;
      at = closing + end.length;
      continue;
    }
    if (text.startsWith("<!", at)) {
      at = readDoctype(text, at, entities);
      continue;
    }
    const isClosing = text[at + 1] === "/";
    nameAt.lastIndex = at + (isClosing ? 2 : 1);
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
    emptyAt.lastIndex = attributes.length > 0 ? at : at + name.length;
    yield { name, attributes, isClosing, isEmpty: emptyAt.test(text) };
  }
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
  next(/<!DOCTYPE\s+[^\s>["'<]+(\s+(PUBLIC|SYSTEM)(\s*("[^"]*"|'[^']*'))*)?\s*/iy);
  if (next(/\[/y)) {
    const declaration = /\s*<!ENTITY\s+([^\s"'<>%&]+)\s+("[^"<>&%]*"|'[^'<>&%]*')\s*>/y;
    for (let found = next(declaration); found; found = next(declaration)) {
      const [, name, value] = found as unknown as Captures;
      if (entities.has(name)) throw refuse("an entity that is declared twice");
      entities.set(name, value.slice(1, -1));
    }
    if (!next(/\s*\]\s*/y)) throw refuse("declarations other than plain entities");
  }
  if (at === start || !next(/>/y)) throw refuse("a document type that cannot be read");
  return at;
}

function refuse(what: string): CanvasError {
  return new CanvasError("SOURCE", `the SVG has ${what}`);
}
