// What an SVG may contain: nothing from elsewhere, and nothing that takes its parser forever.
import { show } from "../../errors.ts";
import type { LayerElement } from "./layers.ts";
import { checkWeight } from "./weight.ts";
import { refuse, tags, unescaped } from "./xml.ts";

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
export function checkSvg(file: Buffer, embedded: (dataUri: string) => void): LayerElement {
  const text = file.toString("latin1");
  const entities = new Map<string, string>();
  const top: LayerElement = { name: "", attributes: [], children: [] };
  const open = [top];
  let [count, carried] = [0, 0];
  for (const { kind, name, attributes } of tags(text, entities)) {
    if (kind === "close") {
      if (open.length > 1) open.pop();
      continue;
    }
    const element: LayerElement = {
      name,
      attributes: attributes.map(([key, value]) => [key, unescaped(value, entities)]),
      children: [],
    };
    open.at(-1)?.children.push(element);
    if (kind !== "empty") open.push(element);
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
  for (const [, name] of text.matchAll(/&([^&; \t\r\n<]+);/g)) {
    expansion += entities.get(name as string)?.length ?? 0;
    if (expansion > MAX_EXPANSION) throw refuse("entities that expand without end");
  }
  checkWeight(text);
  return top;
}
